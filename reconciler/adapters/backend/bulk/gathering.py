"""What several tasks ask for at the same time is asked together.

In: items, each from its own task. Out: each one's answer, its error, or `ALONE`: then the task asks for itself. An item
that comes without others is always alone, and never waits. If several have been sharing, the next ones wait a moment for more
(like `adapters/store/db/group_commit.py`), by the event loop's clock: the `Clock` port is for waits with a meaning.

The asking is done by a task of its own, which no caller's deadline or cancellation reaches: the others still want their answers.
A caller that is cancelled withdraws an item that was not asked yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Generic, TypeVar

import anyio

GATHER_SECONDS: Final = 0.005

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Alone(Enum):
    """The item is to be asked for by itself."""

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
        """Ends what is still asked: nobody waits for it any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for waiting in self._queue:
            _settle(waiting.answer, ALONE)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, context=self._context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _collect(self) -> None:
        await anyio.sleep(self.gather if self._shared else 0)
        self._collecting = False
        waiting = [each for each in self._queue if not each.answer.done()]
        self._queue = []
        self._shared = len(waiting) > 1
        for batch in self._batches(waiting):
            self._start(self._ask(batch))

    def _batches(self, waiting: Sequence[_Pending[Item, Answer]]) -> Iterator[Sequence[_Pending[Item, Answer]]]:
        batch: list[_Pending[Item, Answer]] = []
        weight = 0
        for each in waiting:
            if batch and (len(batch) == self.most or weight + each.weight > self.room):
                yield batch
                batch, weight = [], 0
            batch.append(each)
            weight += each.weight
        if batch:
            yield batch

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
