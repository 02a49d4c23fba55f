"""The real time. Tests inject another clock through the port."""

from __future__ import annotations

from datetime import UTC, datetime

import anyio


class SystemClock:
    """Implements ports.Clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)
