"""A clock that is set by the test."""

from datetime import datetime, timedelta

from tests.support.auto_clock import elapsed
from tests.support.sns_signer import NOW


class HandClock:
    """Implements ports.Clock; sleeping sets it on."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return elapsed(self._now)

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
