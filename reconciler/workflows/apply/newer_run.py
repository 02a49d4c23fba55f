"""Whether another run was at work on shops of a run that did not come to its end, since.

In: what the journal remembers, the run, its shops. Out: the first run that was, or None. A run that was refused a shop, or only
put back what another had left, was not at work on it.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import takewhile
from typing import Final

from reconciler.core.runs.events import ShopEvent, ShopSkipped
from reconciler.core.values import ShopKey
from reconciler.ports import History, RunInfo

_FAR_ENOUGH: Final = 1000
"""Runs."""


def newer_run_on(history: History, run: str, since: datetime, shops: AbstractSet[ShopKey]) -> RunInfo | None:
    """`since` is when the run to be continued started to write, to the second: for a journal that does not have `run`."""
    later = takewhile(lambda info: info.run != run, (record.info for record in history.runs(limit=_FAR_ENOUGH)))
    others = [info for info in later if info.started >= since and info.command == "apply"]
    return next((info for info in reversed(others) if _touches(history, info, shops)), None)


def _touches(history: History, info: RunInfo, shops: AbstractSet[ShopKey]) -> bool:
    recorded_events = (recorded.event for recorded in history.events(info.run))
    return any(
        isinstance(event, ShopEvent) and not isinstance(event, ShopSkipped) and event.shop in shops
        for event in recorded_events
    )
