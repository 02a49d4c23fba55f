"""Combines what several tasks request at the same time into few requests.

In: items, each from its own task. Out: each one's answer, its error, or `ALONE`: then the task asks for itself. An item
that comes without others is always alone, and never waits. If several have been sharing, the next ones wait a moment for more
(like `adapters/store/db/group_commit.py`), by the event loop's clock: the `Clock` port is for waits with a meaning.

Many items are not asked for in one request: all would be answered at the same moment, and asking and answering would take turns.
A request holds a third of the items, and two are under way, so that both sides work: the backend has one to answer and one to go
on with, while the callers of the last third do theirs. Halves take turns again, quarters are more requests than that needs.

The asking is done by a task of its own, which no caller's deadline or cancellation reaches: the others still want their answers.
A caller that is cancelled withdraws an item that was not asked yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from enum import Enum
from itertools import accumulate, takewhile
from typing import Any, Final, Generic, TypeVar

import anyio

GATHER_SECONDS: Final = 0.005
_UNDER_WAY: Final = 2
_SHARE: Final = 3
_ALWAYS_TOGETHER: Final = 16
"""So many items are one request in any case."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Alone(Enum):
    """The item needs a request of its own."""

    ALONE = "alone"


ALONE: Final = Alone.ALONE


@dataclass(slots=True, eq=False)
class _Pending(Generic[Item, Answer]):
    item: Item
    weight: int
    answer: asyncio.Future[Answer | Alone]


@dataclass(slots=True, kw_only=True)
class Gatherer(Generic[Item, Answer]):
    """`ask` gets at least `fewest` items and answers each in its place, also with an error; what it raises is a fault of ours.
    One request holds at most `most` items, and of more than one item at most `room`, in the unit of `weigh`.
    """

    ask: Callable[[Sequence[Item]], Awaitable[Sequence[Answer | Alone | Exception]]]
    weigh: Callable[[Item], int]
    most: int
    room: int
    fewest: int = 2
    gather: float = GATHER_SECONDS
    _queue: list[_Pending[Item, Answer]] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _asked: dict[asyncio.Task[None], int] = field(default_factory=dict)
    """Requests that are under way, with the number of their items."""
    _collecting: bool = False
    _shared: bool = False
    _context: Context = field(default_factory=copy_context)
    """That in which the backend was opened: a shared request belongs to no single shop."""

    async def answer(self, item: Item) -> Answer | Alone:
        """Raises what `ask` answered for the item."""
        loop = asyncio.get_running_loop()
        waiting: _Pending[Item, Answer] = _Pending(item, self.weigh(item), loop.create_future())
        self._queue.append(waiting)
        if not self._collecting:
            self._collecting = True
            self._start(self._collect())
        return await waiting.answer

    async def aclose(self) -> None:
        """Ends the requests in progress: no task waits for them any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for waiting in self._queue:
            _settle(waiting.answer, ALONE)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, context=self._context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _collect(self) -> None:
        await anyio.sleep(self.gather if self._shared else 0)
        while waiting := self._waiting():
            if len(self._asked) >= _UNDER_WAY:
                await asyncio.wait(self._asked, return_when=asyncio.FIRST_COMPLETED)
                continue
            self._shared = len(waiting) > 1 or bool(self._asked)
            batch = self._first(waiting[: self._together(len(waiting))])
            self._queue = waiting[len(batch) :]
            asking = self._start(self._ask(batch))
            self._asked[asking] = len(batch)
            asking.add_done_callback(self._asked.pop)
        self._collecting = False

    def _together(self, waiting: int) -> int:
        """How many go into the next request. None is left that would be alone."""
        together = max(_ALWAYS_TOGETHER, (waiting + sum(self._asked.values())) // _SHARE)
        return waiting if waiting - together < self.fewest else together

    def _waiting(self) -> list[_Pending[Item, Answer]]:
        self._queue = [each for each in self._queue if not each.answer.done()]
        return self._queue

    def _first(self, waiting: list[_Pending[Item, Answer]]) -> list[_Pending[Item, Answer]]:
        """As many as one request has room for; one in any case."""
        sums = accumulate(each.weight for each in waiting)
        fitting = sum(1 for _ in takewhile(lambda weight: weight <= self.room, sums))
        return waiting[: max(1, min(fitting, self.most))]

    async def _ask(self, batch: Sequence[_Pending[Item, Answer]]) -> None:
        if len(batch) < self.fewest:
            for each in batch:
                _settle(each.answer, ALONE)
            return
        answers: Sequence[Answer | Alone | Exception] = [RuntimeError("a shared request ended unanswered")] * len(batch)
        try:
            answers = await self.ask([each.item for each in batch])
        except Exception as fault:  # noqa: BLE001  # a fault of ours is that of each caller, as it would be alone
            answers = [fault] * len(batch)
        finally:
            for each, answer in zip(batch, answers, strict=True):
                _settle(each.answer, answer)


def _settle(future: asyncio.Future[Answer | Alone], answer: Answer | Alone | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
