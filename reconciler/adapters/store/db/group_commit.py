"""Several tasks that wait for the disk share one sync.

In: items, each from its own task. Out: each one's result, once the transaction that holds it is durable. One task commits
everything that waits by then, in its order, and then what has come meanwhile. The work is done in a thread, one transaction at a
time, so the event loop continues. A started item is always finished: cancellation waits (`submit`), or returns at once and leaves
the commit to finish (`submit_cancellable`, for callers that must not wait).

A sync costs the same with one item or with many. So if several have been sharing, the next sync waits a moment for more
(`gather`, like PostgreSQL's commit_delay); a single item never waits. It waits by the event loop's clock, not the `Clock`
port: that is for waits with a meaning.

It does not know what a commit is. If one fails, it fails for all its items. One that takes longer than `deadline` seconds counts
as failed: no task waits for it any longer, and until its thread has ended nothing else is committed, so that the
order of commits is kept.
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
    answer: asyncio.Future[Answer]


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
        self._committing: asyncio.Task[None] | None = None
        self._thread = anyio.CapacityLimiter(1)  # ours: not behind others' slow work in the common pool

    async def submit(self, item: Item) -> Answer:
        """Raises what `commit` raised."""
        answer = self._queued(item)
        with anyio.CancelScope(shield=True):
            await answer
        return answer.result()

    async def submit_cancellable(self, item: Item) -> Answer:
        """As `submit`. A cancelled caller withdraws an item that was not started, so no item waits without a caller.

        A started item is finished; its result is dropped.
        """
        return await self._queued(item)

    def _queued(self, item: Item) -> asyncio.Future[Answer]:
        """Its answer; cancelled, it is not started any more. One task commits for all, as long as there is something."""
        loop = asyncio.get_running_loop()
        waiting: _Waiting[Item, Answer] = _Waiting(item, loop.create_future())
        self._queue.append(waiting)
        if self._committing is None or self._committing.done():
            self._committing = loop.create_task(self._commit_all())
        return waiting.answer

    async def _commit_all(self) -> None:
        while self._queue:
            if self._gather and self._shared:
                await anyio.sleep(self._gather)
            batch = [waiting for waiting in self._queue if not waiting.answer.done()]
            self._queue = []
            self._shared = len(batch) > 1
            if batch:
                await self._commit_batch(batch)

    async def _commit_batch(self, batch: Sequence[_Waiting[Item, Answer]]) -> None:
        try:
            answers = await self._in_time([waiting.item for waiting in batch])
        except BaseException as error:
            for waiting in batch:
                if not waiting.answer.done():
                    waiting.answer.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for waiting, answer in zip(batch, answers, strict=True):
                if not waiting.answer.done():
                    waiting.answer.set_result(answer)

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
    """No task waits for its exception."""
    if not task.cancelled():
        task.exception()
