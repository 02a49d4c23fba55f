"""For how long a shop is closed by us, and for how long it may be.

In: a clock and the longest time allowed. Out: requests that are cancelled when it is over, and the time measured. It starts when
the closing is sent and ends when a reopening is acknowledged. A reopening has its own time limit: it is never cancelled because
of earlier steps. It decides nothing about what is written.

For how long, and with what waits, the reopening of a shop is retried.

In: an attempt, a clock, seconds, and whether to give up. Out: the result of the attempt, or the error of the last one. It does
not know what is tried.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import ShopKey
from reconciler.lib.backoff import backoff
from reconciler.lib.timeouts import DeadlineExceeded, with_deadline
from reconciler.ports import BackendError, Clock

T = TypeVar("T")

MAX_CLOSED_SECONDS: Final = 300.0
"""Seconds that a shop may be closed, where nothing else is said."""
REOPEN_TIMEOUT: Final = 90.0
"""Seconds that one attempt to reopen a shop may take; more than the waits that a backend is granted for one request."""
READ_TIMEOUT: Final = 30.0
"""Seconds that reading a shop before its reopening may take: it can be reopened blindly."""


class ClosureTimeout(BackendError):
    """The shop has been closed for as long as it may be. `happened` as for every error of a backend."""

    code = codes.CLOSED_TOO_LONG


@dataclass(slots=True, kw_only=True)
class ClosureTimer:
    """`longest` in seconds. `since` is the clock's monotonic time at which the closing that still holds was sent."""

    clock: Clock
    longest: float = MAX_CLOSED_SECONDS
    since: float | None = None

    def begin(self) -> None:
        self.since = self.clock.monotonic() if self.since is None else self.since

    def end(self) -> int | None:
        """For how many milliseconds the shop was closed; None where it was not."""
        since, self.since = self.since, None
        return None if since is None else max(0, round((self.clock.monotonic() - since) * 1000))

    async def with_deadline(self, ask: Callable[[], Awaitable[T]], *, happened: bool | None) -> T:
        """The result of `ask`. Raises ClosureTimeout: `happened` of a cancelled request, False if none was started."""
        if self.since is None:
            return await ask()
        until = self.since + self.longest
        if until <= self.clock.monotonic():
            raise self._overdue(happened=False)
        try:
            return await with_deadline(self.clock, until, ask)
        except DeadlineExceeded:
            raise self._overdue(happened=happened) from None

    async def with_reopen_timeout(self, ask: Callable[[], Awaitable[T]], *, seconds: float = REOPEN_TIMEOUT) -> T:
        """What `ask` gives, within a patience that has nothing to do with how long the shop has been closed."""
        try:
            return await with_deadline(self.clock, self.clock.monotonic() + seconds, ask)
        except DeadlineExceeded:
            raise BackendError(msg("no answer within {seconds} s", seconds=round(seconds)), happened=None) from None

    def _overdue(self, *, happened: bool | None) -> ClosureTimeout:
        return ClosureTimeout(
            msg(
                "The limit of {seconds} s since the request to close the shop was reached: nothing more was written, "
                "and the shop was to be reopened",
                seconds=f"{self.longest:g}",
            ),
            happened=happened,
        )


WaitNotice = Callable[[ShopKey, Message, float], None]
"""Hears of a shop whose reopening has to wait: why, and for how many seconds at most."""


def unheard(_shop: ShopKey, _why: Message, _seconds: float) -> None:
    """For callers that show nothing of it."""


MIN_ATTEMPTS: Final = 3
"""Attempts that are always made, if necessary without a wait."""
_FIRST_BACKOFF: Final = 1.0
_MAX_BACKOFF: Final = 30.0
"""Seconds of the waits that the backend did not ask for: the first one, and the longest."""
_POLL_INTERVAL: Final = 1.0
"""Seconds of a wait between checks whether it is over."""


@dataclass(slots=True, kw_only=True)
class ReopenRetry:
    """`seconds` in total, from its creation. Also if the clock stops or is set back: the waits are counted too.

    `give_up` is checked during a wait: it ends it. `on_wait` is called once, before the first wait, with what failed.
    """

    clock: Clock
    seconds: float
    give_up: Callable[[], bool]
    on_wait: Callable[[BackendError], None] = lambda _error: None
    spent: float = 0.0
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.clock.monotonic() + self.seconds

    async def retry(self, attempt: Callable[[], Awaitable[T]]) -> T | BackendError:
        tries = 0
        while True:
            tries += 1
            try:
                return await attempt()
            except BackendError as error:
                last = error
            except Exception as fault:  # noqa: BLE001  # after any error the shop is still closed; the message may hold anything
                last = BackendError(msg("Internal error: {kind}", kind=type(fault).__name__), happened=None)
            if not await self._again(tries, last):
                return last

    async def _again(self, tries: int, error: BackendError) -> bool:
        """Whether to, once the wait is over. What the backend asks for is waited, as far as the seconds reach."""
        left = min(self.seconds - self.spent, self.until - self.clock.monotonic())
        if left > 0 and not self.give_up():
            if tries == 1:
                self.on_wait(error)
            await self._wait(
                min(left, max(backoff(tries, first=_FIRST_BACKOFF, longest=_MAX_BACKOFF), error.retry_after or 0.0))
            )
            return tries < MIN_ATTEMPTS or not self.give_up()
        return tries < MIN_ATTEMPTS

    async def _wait(self, seconds: float) -> None:
        while seconds > 0 and not self.give_up():
            nap = min(seconds, _POLL_INTERVAL)
            await self.clock.sleep(nap)
            self.spent += nap
            seconds -= nap
