"""Many that wait for the disk share one trip to it.

In: items, each from a task of its own. Out: each one's answer, once the transaction that holds it is durable. Whoever comes first
commits everything that waits by then, in the order it came; the rest find theirs done. The work is done in a thread, one
transaction at a time, so the event loop goes on. Once asked for, an item is seen through: cancellation waits (`submit`), or goes
its way at once and leaves the commit to be ended behind it (`hand_over`, for who must not wait longer than it can).

A trip costs the same with one item or with many. So where several have been sharing, the next trip waits a moment for company
(`gather`, as PostgreSQL's commit_delay does); who comes alone never waits. It waits by the event loop's clock, not the `Clock`
port: that is for waits that mean something.

It does not know what a commit is. If one fails, it fails for all whose items were in it. One that takes longer than `deadline`
seconds counts as failed: nobody waits for it any longer, and until its thread has ended nothing else is committed, so that the
order of what is committed stays as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import anyio
import anyio.to_thread

GATHER_SECONDS: Final = 0.01
"""Seconds that a shop's intent, outcome or lease waits for company: little beside a request to a backend over the network."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Item, Answer]):
    item: Item
    answer: tuple[Answer] | None = None
    error: BaseException | None = None


class GroupCommit(Generic[Item, Answer]):
    """`commit` is called in a thread with one or more items and answers each in its place. `gather` and `deadline` are in
    seconds. `overdue` makes the error of what took too long.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Sequence[Answer]],
        *,
        gather: float = 0.0,
        deadline: float | None = None,
        overdue: Callable[[], Exception] = TimeoutError,
    ) -> None:
        self._commit = commit
        self._gather = gather
        self._deadline = deadline
        self._overdue = overdue
        self._running: asyncio.Task[Sequence[Answer]] | None = None
        self._shared = False
        self._queue: list[_Waiting[Item, Answer]] = []
        self._turn = anyio.Lock()
        self._behind: set[asyncio.Task[None]] = set()
        self._thread = anyio.CapacityLimiter(1)  # ours: not behind others' slow work in the common pool

    async def submit(self, item: Item) -> Answer:
        """Raises what `commit` raised."""
        waiting = self._queued(item)
        with anyio.CancelScope(shield=True):
            await self._see_through(waiting)
        return _outcome(waiting)

    async def submit_cancellable(self, item: Item) -> Answer:
        """As `submit`, on asyncio. Who is cancelled takes along what nobody has begun on, so no more waits than who asks.

        What was begun on is ended; nobody is told of it.
        """
        waiting = self._queued(item)
        task = asyncio.create_task(self._see_through(waiting))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if waiting in self._queue:
                self._queue.remove(waiting)
                task.cancel()
            raise
        return _outcome(waiting)

    def _queued(self, item: Item) -> _Waiting[Item, Answer]:
        waiting: _Waiting[Item, Answer] = _Waiting(item)
        self._queue.append(waiting)
        return waiting

    async def _see_through(self, waiting: _Waiting[Item, Answer]) -> None:
        async with self._turn:
            if waiting.answer is None and waiting.error is None:
                await self._commit_all()

    async def _commit_all(self) -> None:
        if self._gather and self._shared:
            await anyio.sleep(self._gather)
        batch, self._queue = self._queue, []
        self._shared = len(batch) > 1
        try:
            items = [waiting.item for waiting in batch]
            answers = await self._in_time(items)
        except BaseException as error:
            for waiting in batch:
                waiting.error = error
            if not isinstance(error, Exception):
                raise
        else:
            for waiting, answer in zip(batch, answers, strict=True):
                waiting.answer = (answer,)

    async def _in_time(self, items: Sequence[Item]) -> Sequence[Answer]:
        if self._running is not None:
            await self._ended(self._running)
        self._running = asyncio.create_task(self._in_thread(items))
        await self._ended(self._running)
        return self._running.result()

    async def _ended(self, running: asyncio.Task[Sequence[Answer]]) -> None:
        if not running.done():
            await asyncio.wait({running}, timeout=self._deadline)
        if not running.done():
            running.add_done_callback(_seen)
            raise self._overdue()

    async def _in_thread(self, items: Sequence[Item]) -> Sequence[Answer]:
        return await anyio.to_thread.run_sync(self._commit, items, limiter=self._thread)


def _seen(task: asyncio.Task[Any]) -> None:
    """Nobody waits for what it raised."""
    if not task.cancelled():
        task.exception()


def _outcome(waiting: _Waiting[Item, Answer]) -> Answer:
    if waiting.error is not None:
        raise waiting.error
    assert waiting.answer is not None
    return waiting.answer[0]
