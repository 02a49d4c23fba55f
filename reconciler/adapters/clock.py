"""The real time. Tests inject another clock through the port."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

import anyio

_ELAPSED: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""With the time of suspension of the machine, if the system measures it: a shop is closed during it too."""


class SystemClock:
    """Implements ports.Clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.clock_gettime(_ELAPSED)

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)
