"""How long a shop that is closed and should not be is tried to be reopened, and with what waits in between.

In: an attempt, a clock, seconds, and whether somebody has had enough. Out: what the attempt gave, or the error of the last
one. It does not know what is tried.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from reconciler.core.diagnostics.messages import say
from reconciler.ports import BackendError, Clock

T = TypeVar("T")

FEWEST: Final = 3
"""Attempts that are made whatever happened before them, if need be without a wait."""
_LONGEST: Final = 30.0
"""Seconds of a wait that the backend did not ask for."""
_NAP: Final = 1.0
"""Seconds of a wait after which it is looked whether it is over."""


@dataclass(slots=True, kw_only=True)
class Patience:
    """`seconds` in all, from when it was made. Also where the clock stands or is set back: the waits are counted by themselves.

    `over` is looked at during a wait: it ends it.
    """

    clock: Clock
    seconds: float
    over: Callable[[], bool]
    spent: float = 0.0
    until: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.clock.now() + timedelta(seconds=self.seconds)

    async def persist(self, attempt: Callable[[], Awaitable[T]]) -> T | BackendError:
        tries = 0
        while True:
            tries += 1
            try:
                return await attempt()
            except BackendError as error:
                last = error
            except Exception as fault:  # noqa: BLE001  # whatever it is, the shop is closed; its message may hold anything
                last = BackendError(say("An internal fault: {kind}", kind=type(fault).__name__), happened=None)
            if not await self._again(tries, last):
                return last

    async def _again(self, tries: int, error: BackendError) -> bool:
        """Whether to, once the wait is over. What the backend asks for is waited, as far as the seconds reach."""
        left = min(self.seconds - self.spent, (self.until - self.clock.now()).total_seconds())
        if left > 0 and not self.over():
            await self._wait(min(left, max(_growing(tries), error.retry_after or 0.0)))
            return tries < FEWEST or not self.over()
        return tries < FEWEST

    async def _wait(self, seconds: float) -> None:
        while seconds > 0 and not self.over():
            nap = min(seconds, _NAP)
            await self.clock.sleep(nap)
            self.spent += nap
            seconds -= nap


def _growing(tries: int) -> float:
    """1, 2, 4 ... 30 seconds."""
    return min(2.0 ** min(tries - 1, 10), _LONGEST)
