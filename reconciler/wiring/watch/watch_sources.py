"""What the watcher works with: the feed, the checkout, its place in the store, and one rate for all requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reconciler.adapters.settings.manifest_roots import common_folder
from reconciler.adapters.settings.settings import Settings
from reconciler.lib.frozen_class import frozen
from reconciler.wiring.backends import OWN_KINDS, backend, backend_connection, observer
from reconciler.wiring.runtime import clock
from reconciler.wiring.store import open_run_store
from reconciler.workflows.watch.sources import WatchSources

if TYPE_CHECKING:
    from reconciler.adapters.backend.http.shared_rate import SharedRate
    from reconciler.ports.watch.change_feed import ChangeFeed
    from reconciler.ports.watch.watch_states import WatchState
    from reconciler.workflows.session import Session


@frozen(kw_only=False)
class ConfiguredWatchStates:
    """Implements ports.watch.WatchStates over the store of the settings."""

    settings: Settings

    @contextmanager
    def open(self) -> Iterator[WatchState]:
        from reconciler.adapters.store.watch.watch_states import StoreWatchState

        with open_run_store(self.settings) as opened:
            yield StoreWatchState(opened)


@asynccontextmanager
async def watch_sources(settings: Settings, session: Session) -> AsyncIterator[tuple[Session, WatchSources]]:
    """The session whose requests share one rate with the feed, and the sources. Raises SetupError, SecretMissing."""
    from reconciler.adapters.backend.http.shared_rate import SharedRate
    from reconciler.adapters.git.checkout import GitCheckout

    rate = SharedRate(clock(), settings.watch.requests_per_second)
    paced = replace(
        session, observing=partial(observer, settings, rate=rate), writing=partial(backend, settings, rate=rate)
    )
    async with _feed(settings, session, rate) as feed:
        yield (
            paced,
            WatchSources(
                states=ConfiguredWatchStates(settings),
                feed=feed,
                checkout=GitCheckout(common_folder(settings.manifest_roots)),
                pace=rate,
            ),
        )


@asynccontextmanager
async def _feed(settings: Settings, session: Session, rate: SharedRate) -> AsyncIterator[ChangeFeed | None]:
    """A backend found by entry point has none: regular looks see its changes."""
    if settings.backend.kind not in OWN_KINDS:
        yield None
        return
    from reconciler.adapters.backend.change_feed import HttpChangeFeed

    config, transport = backend_connection(settings)
    async with HttpChangeFeed(config, clock(), transport, session.listener.on_request, rate) as feed:
        yield feed
