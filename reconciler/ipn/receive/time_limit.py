"""One timer for the time limits of all requests: a timer of the event loop for each costs more than most checks of a message.

In: seconds, and blocks that may take so long. Out: TimeoutError from a block that takes longer, at the place where it waits, as
`asyncio.timeout` does it. All blocks of one limit may take equally long, so the one that started first ends first.
"""

from __future__ import annotations

import asyncio
from types import TracebackType


class TimeLimit:
    """Use: `with limit.block(): ...` within a task."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: dict[_Block, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = False

    def block(self) -> _Block:
        return _Block(self)

    def end_all(self) -> None:
        """The blocks that are running end now, and later ones as soon as they wait."""
        self._ended = True
        for block in tuple(self._running):
            block.expire()

    def enter(self, block: _Block) -> None:
        loop = asyncio.get_running_loop()
        block.until = loop.time() + self._seconds
        self._running[block] = None
        if self._ended:
            loop.call_soon(block.expire)
        elif self._timer is None or self._loop is not loop:
            self._loop, self._timer = loop, loop.call_at(block.until, self._look, loop)

    def leave(self, block: _Block) -> None:
        del self._running[block]

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """No block that ends in time takes the timer back: it ends those that did not, and waits for the next one."""
        self._timer = None
        now = loop.time()
        for block in tuple(self._running):
            if block.until > now:
                self._timer = loop.call_at(block.until, self._look, loop)
                return
            block.expire()


class _Block:
    __slots__ = ("_cancelling", "_expired", "_left", "_limit", "_task", "until")

    _task: asyncio.Task[object]
    _cancelling: int
    until: float

    def __init__(self, limit: TimeLimit) -> None:
        self._limit = limit
        self._expired = self._left = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelling = task, task.cancelling()
        self._limit.enter(self)

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._left = True
        self._limit.leave(self)
        if not self._expired:
            return
        others = self._task.uncancel() > self._cancelling
        if not others and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error

    def expire(self) -> None:
        """Once, and not after the block."""
        if not self._expired and not self._left:
            self._expired = True
            self._task.cancel()
