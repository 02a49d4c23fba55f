"""A clock that is set by the test."""

from datetime import datetime, timedelta

import anyio

from tests.support.auto_clock import elapsed
from tests.support.sns_signer import NOW


class HandClock:
    """Implements ports.Clock; sleeping sets it on. A wait of `renewal` seconds is a lease's, which ends with the work: how often
    it is renewed depends on the machine, and must not set the clock on.
    """

    def __init__(self, now: datetime = NOW, *, renewal: float | None = None) -> None:
        self._now = now
        self._renewal = renewal

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return elapsed(self._now)

    async def sleep(self, seconds: float) -> None:
        if seconds == self._renewal:
            await anyio.sleep_forever()
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
