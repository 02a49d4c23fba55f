"""What an inbox needs from time to time: to be counted for the metrics, and to forget what is too old to be believed again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog

from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.ports import Clock
from reconciler.ports.inbox import Inbox, InboxUnavailable
from reconciler.ports.inbox_admin import InboxAdmin

_LOOK: Final = 15.0
_PRUNE: Final = timedelta(hours=1)
_MARGIN: Final = timedelta(days=1)
"""Longer than a clock is wrong: an id must be known for as long as its message could be believed."""

_log = structlog.get_logger()


class Housekeeping:
    def __init__(self, inbox: Inbox, catalogue: InboxAdmin, metrics: Metrics, clock: Clock, max_age: timedelta) -> None:
        self._inbox = inbox
        self._catalogue = catalogue
        self._metrics = metrics
        self._clock = clock
        self._keep = max_age + _MARGIN
        self._pruned: datetime | None = None

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self._look()
            except InboxUnavailable as error:
                _log.warning("inbox-unavailable", why=str(error))
            await self._clock.sleep(_LOOK)

    async def _look(self) -> None:
        now = self._clock.now()
        self._metrics.set_inbox_gauges(await self._catalogue.counts(), now)
        if self._pruned is not None and timedelta() <= now - self._pruned < _PRUNE:
            return
        self._pruned = now
        gone = await self._inbox.prune(now - self._keep)
        if gone:
            _log.info("pruned", messages=gone)
