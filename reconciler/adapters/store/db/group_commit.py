"""Several tasks that wait for the disk share one sync.

In: items, each from its own task. Out: each one's result, once the transaction that holds it is durable. One task commits
everything that waits by then, in its order, and then what was added since. The work is done in a thread, one transaction at a
time, so the event loop continues. A started item is always finished: cancellation waits (`submit`), or returns at once and leaves
the commit to finish (`submit_cancellable`, for callers that must not wait).

A sync costs the same with one item or with many. So if several have been sharing, the next sync waits a moment for more
(`gather`, like PostgreSQL's commit_delay); a single item never waits. It waits by the event loop's clock, not the `Clock`
port: that is for waits with a meaning. With `enough` items the commit starts at once, within the same iteration of the loop:
tasks that are answered together submit together, so loop and thread would otherwise take turns.

It does not know what a commit is. If one fails, it fails for all its items. One that takes longer than `deadline` seconds counts
as failed: no task waits for it any longer, and until its thread has ended nothing else is committed, so that the
order of commits is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import anyio

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
    seconds; `enough` is a number of items, None: always wait. `overdue` makes the error of what took too long.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Sequence[Answer]],
        *,
        gather: float = 0.0,
        enough: int | None = None,
        deadline: float | None = None,
        overdue: Callable[[], Exception] = TimeoutError,
    ) -> None:
        self._commit = commit
        self._gather = gather
        self._enough = enough
        self._deadline = deadline
        self._overdue = overdue
        self._running: Future[Sequence[Answer]] | None = None
        self._shared = False
        self._queue: list[_Waiting[Item, Answer]] = []
        self._collecting: asyncio.Task[None] | None = None
        self._settling: set[asyncio.Task[None]] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")  # ours: not behind others' slow work

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
        if self._has_enough and self._is_free:
            self._start(loop)
        elif self._collecting is None or self._collecting.done():
            self._collecting = loop.create_task(self._collect())
        return waiting.answer

    @property
    def _has_enough(self) -> bool:
        return self._enough is not None and len(self._queue) >= self._enough

    @property
    def _is_free(self) -> bool:
        """As the thread knows it: the loop hears of the end of a commit only in its next turn."""
        return self._running is None or self._running.done()

    async def _collect(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            if self._running is not None and not self._is_free:
                if not await self._ended(self._running):
                    self._refuse(self._queue)
                    self._queue = []
                continue
            if self._gather and self._shared and not self._has_enough:
                await anyio.sleep(self._gather)
            if self._queue and self._is_free:
                self._start(loop)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        batch = [waiting for waiting in self._queue if not waiting.answer.done()]
        self._queue = []
        self._shared = len(batch) > 1
        if batch:
            self._running = self._thread.submit(self._commit, [waiting.item for waiting in batch])
            settling = loop.create_task(self._settle(batch, self._running))
            self._settling.add(settling)
            settling.add_done_callback(self._settling.discard)

    async def _settle(self, batch: Sequence[_Waiting[Item, Answer]], running: Future[Sequence[Answer]]) -> None:
        try:
            if not await self._ended(running):
                self._refuse(batch)
                return
        except asyncio.CancelledError as cancelled:
            _fail(batch, cancelled)
            raise
        if (error := running.exception()) is not None:
            _fail(batch, error)
            return
        for waiting, answer in zip(batch, running.result(), strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(answer)

    async def _ended(self, running: Future[Sequence[Answer]]) -> bool:
        """Whether `running` ended before the deadline, with a result or an error."""
        ended = asyncio.wrap_future(running)
        ended.add_done_callback(_seen)
        await asyncio.wait({ended}, timeout=self._deadline)
        return ended.done()

    def _refuse(self, waiting: Sequence[_Waiting[Item, Answer]]) -> None:
        _fail(waiting, self._overdue())


def _fail(waiting: Sequence[_Waiting[Item, Answer]], error: BaseException) -> None:
    for each in waiting:
        if not each.answer.done():
            each.answer.set_exception(error)


def _seen(ended: asyncio.Future[Sequence[Answer]]) -> None:
    """The callers get the exception."""
    if not ended.cancelled():
        ended.exception()
