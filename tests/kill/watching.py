"""A tick before and after each step of a watcher, beside those of requests, the journal and leases: for `child_process`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.adapters.store.findings.heals import StoreHeals
from reconciler.adapters.store.reviews.review_store import StoreReviews
from reconciler.adapters.store.watch.watch_states import StoreWatchState
from tests.kill import alerting

_STEPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (StoreFindings, ("begin_look", "record_look")),
    (StoreAlerts, ("queue", "claim", "mark")),
    (StoreHeals, ("begin_heals", "end_heals", "propose")),
    (StoreReviews, ("mark_applied",)),
    (StoreWatchState, ("save",)),
)


def install(folder: Path, tick: Callable[[], None], later: float) -> None:
    for owner, names in _STEPS:
        for name in names:
            setattr(owner, name, alerting.ticking(getattr(owner, name), tick))
    alerting.install_channels(folder, tick, later)
