"""The watcher of a simulated fleet, as the tool makes it for one process, and the policy in both spellings: the tool's and the
judges'.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import httpx

from reconciler.adapters.backend import BackendConfig
from reconciler.adapters.backend.change_feed import HttpChangeFeed
from reconciler.adapters.git.checkout import GitCheckout
from reconciler.adapters.settings.settings import Settings
from reconciler.adapters.store.watch.watch_states import StoreWatchState
from reconciler.core.healing.policy import HealingMode, HealingPolicy, HealingRule
from reconciler.core.watch.watch_settings import WatchSettings
from reconciler.wiring.store import open_run_store
from reconciler.workflows.session import Session
from reconciler.workflows.watch.sources import WatchSources
from reconciler.workflows.watch.watcher import Watcher
from tests.simulation.watched.healing_judge import Permission, Policy
from tests.simulation.world_log import EMAIL, LABEL, PRE_ORDER

HOUR = 3600
POLL = HOUR // 2
PERIOD = 24 * HOUR
_SETTINGS = WatchSettings(period=PERIOD, complete=2 * PERIOD, poll=POLL, batch=50, requests_per_second=1000)
_POLICY = HealingPolicy(
    rules=(
        HealingRule(name="texts-rule", fields=("amazon.messages.*",)),
        HealingRule(name="mail-rule", fields=(EMAIL,), window=(9 * 60, 18 * 60)),
        HealingRule(name="sales-rule", fields=(PRE_ORDER,), mode=HealingMode.PROPOSE),
    ),
    max_per_look=2,
    max_share=0.34,
)
POLICY = Policy(
    permissions=(
        Permission(name="texts-rule", field=LABEL),
        Permission(name="mail-rule", field=EMAIL, hours=(9, 18)),
        Permission(name="sales-rule", field=PRE_ORDER, heals=False),
    ),
    max_per_look=2,
    max_share=0.34,
)


@dataclass(frozen=True, slots=True)
class StatesOfStore:
    """Implements ports.watch.WatchStates over the store of the fleet."""

    settings: Settings

    @contextmanager
    def open(self) -> Iterator[StoreWatchState]:
        with open_run_store(self.settings) as store:
            yield StoreWatchState(store)


def with_policy(session: Session) -> Session:
    return replace(session, healing=_POLICY)


def watcher_of(
    settings: Settings, session: Session, config: BackendConfig, transport: httpx.AsyncBaseTransport
) -> Watcher:
    """`session` has the policy."""
    sources = WatchSources(
        states=StatesOfStore(settings),
        feed=HttpChangeFeed(config, session.clock, transport),
        checkout=GitCheckout(settings.manifests),
    )
    return Watcher(session, sources, _SETTINGS)
