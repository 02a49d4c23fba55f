"""Metrics of drift on the sidecar's page of metrics: read from the store in a thread from time to time, shown from memory.

In: what reads them. Out: the last text. A store that fails or answers late delays neither notifications nor the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import anyio
import structlog

from reconciler.ports import Clock, SetupError

_INTERVAL: Final = 15.0
_log = structlog.get_logger()


class DriftMetricsCache:
    """`read` may block; it returns an empty text where no drift check was ever recorded."""

    def __init__(self, read: Callable[[], str], clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._one = anyio.CapacityLimiter(1)
        self.text = ""

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                self.text = await anyio.to_thread.run_sync(self._read, abandon_on_cancel=True, limiter=self._one)
            except SetupError as error:
                self.text = ""
                _log.warning("findings-unavailable", code=error.code.number)
            await self._clock.sleep(_INTERVAL)
