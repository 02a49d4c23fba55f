"""An event loop without sockets and without time: when nothing is ready to run, it asks what happens next.

In: a hook that is called whenever all tasks wait. Out: the tasks run until the hook returns False. Nothing here depends on
the speed of the machine, so that equal choices give equal runs.
"""

from __future__ import annotations

import asyncio
from asyncio import events
from collections.abc import Callable, Coroutine
from typing import Any, Final

_MOST_ROUNDS: Final = 20_000
"""Rounds of the loop between two questions. More mean that a task spins without ever waiting for a port."""


class SpinningTask(RuntimeError):
    """Tasks stay ready although none of them waits for a port or for time."""


class VirtualLoop(asyncio.BaseEventLoop):
    """`on_idle` is called when every task waits. It makes something ready and returns True, or returns False to end the run."""

    def __init__(self, on_idle: Callable[[], bool]) -> None:
        super().__init__()
        self.on_idle = on_idle
        self._rounds = 0

    def time(self) -> float:
        """Does not move: timeouts of the library never fire; those of the product use its Clock port."""
        return 0.0

    def run(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """`main` starts tasks and returns; then the tasks run until `on_idle` returns False."""
        self._rounds = 0
        self.call_soon(lambda: self.create_task(main()))
        self.run_forever()

    def _run_once(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined]  # of BaseEventLoop: a deque of handles
        if not ready:
            self._rounds = 0
            if not self.on_idle():
                self.stop()
            return
        self._rounds += 1
        if self._rounds > _MOST_ROUNDS:
            raise SpinningTask("tasks are ready again and again, and none of them waits for a port")
        for _ in range(len(ready)):
            handle: events.Handle = ready.popleft()
            if not handle.cancelled():
                handle._run()  # what BaseEventLoop does with a handle

    def _write_to_self(self) -> None:
        """Nothing calls from another thread."""
