"""Something that is held until a moment, and renewed until another holder has it or it cannot be renewed in time.

In: a clock, how to renew, and until when it is held. Out: it returns when the holder must not rely on it any more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from reconciler.lib.frozen_class import frozen
from reconciler.lib.timeouts import Timer


@frozen
class Renewal:
    """It is renewed after `every` seconds, after a failure already after `again`. It counts as over `margin` before its end.

    `renew` raises `taken` if another holds it now, `failed` if the renewal got no answer; `on_failure` is called for the latter.
    """

    renew: Callable[[], Awaitable[None]]
    expires: Callable[[], datetime]
    taken: type[Exception]
    failed: type[Exception]
    every: float
    again: float
    margin: timedelta = timedelta()
    on_failure: Callable[[Exception], None] = lambda _error: None

    async def until_lost(self, clock: Timer, *, due: bool = False) -> bool:
        """Returns when it is another's (True), or was not renewed before its end (False). `due`: it is renewed at once first."""
        pause = self.every
        while True:
            if not due:
                await clock.sleep(pause)
            due = False
            try:
                await self.renew()
                pause = self.every
            except self.taken:
                return True
            except self.failed as error:
                pause = self.again
                self.on_failure(error)
                if clock.now() >= self.expires() - self.margin:
                    return False
