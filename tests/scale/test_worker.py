"""A worker on a real queue: what it does with lost, doubled, foreign and old jobs, and where its database goes away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.to_thread
import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.core.fleet.chunk_end import ChunkEnd, ChunkEnding
from reconciler.core.fleet.fleet_run import FleetRunKind
from reconciler.scale.chunk_jobs import open_chunk_jobs
from reconciler.scale.chunk_processes import ProcessDied, WorkFailed
from reconciler.scale.job_arguments import job_arguments
from reconciler.scale.queue_app import QueueNames
from reconciler.scale.supervision import Restarts, WorkerGaveUp
from reconciler.scale.worker import FleetWorker, WorkerOptions
from reconciler.scale.worker_status import WorkerStatus
from tests.scale.conftest import FLEET, Queue, opened_queue
from tests.support.postgres import running
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
LOOK, APPLY = FleetRunKind.LOOK, FleetRunKind.APPLY
AT_ONCE = Restarts(first=0.01, longest=0.01, most=1_000)


@dataclass
class Chunks:
    """Chunks that were started, in order; how one ends is up to `becomes`, at once as done without it."""

    becomes: Callable[[str, int], Awaitable[ChunkEnding]] | None = None
    started: list[tuple[str, int]] = field(default_factory=list)
    ended: list[tuple[str, int]] = field(default_factory=list)
    cared: int = 0

    async def run(self, run: str, number: int) -> ChunkEnd:
        self.started.append((run, number))
        ending = ChunkEnding.DONE if self.becomes is None else await self.becomes(run, number)
        self.ended.append((run, number))
        return ChunkEnd(run=run, number=number, ending=ending)

    async def care(self) -> None:
        self.cared += 1


@dataclass
class Working:
    worker: FleetWorker
    stopping: anyio.Event

    @property
    def status(self) -> WorkerStatus:
        return self.worker.status

    async def ready(self) -> None:
        await until(lambda: self.status.connected == {"chunks", "care"})


@asynccontextmanager
async def working(queue: Queue, work: Chunks, **options: Any) -> AsyncIterator[Working]:
    """A worker that is stopped in order at the end of the block."""
    chosen = WorkerOptions(**{"name": "host-1", "chunks": 2, "restarts": AT_ONCE, "listen": False, **options})
    worker = FleetWorker(
        place=queue.place,
        fleet=FLEET,
        options=chosen,
        run_chunk=work.run,
        care=work.care,
        clock=SystemClock(),
        status=WorkerStatus(),
    )
    stopping = anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(worker.run, stopping)
        yield Working(worker, stopping)
        stopping.set()


async def enqueue(queue: Queue, *chunks: tuple[str, int], kind: FleetRunKind = LOOK) -> None:
    async with open_chunk_jobs(queue.place, FLEET) as jobs:
        await jobs.enqueue(chunks, kind=kind)


def put(queue: Queue, arguments: dict[str, Any]) -> None:
    """As another version of the tool would."""
    import json  # noqa: PLC0415

    statement = "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES (%s, 'look_chunk', %s)"
    queue.sql(statement, QueueNames(FLEET).look, json.dumps(arguments))


async def test_chunks_are_done_and_leave_nothing_behind(queue: Queue) -> None:
    chunks = Chunks()
    await enqueue(queue, ("r", 1), ("r", 2))
    await enqueue(queue, ("s", 1), kind=APPLY)
    async with working(queue, chunks) as worker:
        await until(lambda: len(chunks.ended) == 3)
        await until(lambda: not queue.chunk_jobs())

    assert chunks.started[0] == ("s", 1), "applies go first"
    assert sorted(chunks.ended) == [("r", 1), ("r", 2), ("s", 1)]
    assert worker.status.ended == {("look", "done"): 2, ("apply", "done"): 1}
    assert queue.workers() == []


@pytest.mark.parametrize("listen", [True, False])
async def test_a_job_that_comes_later_is_taken(queue: Queue, listen: bool) -> None:
    chunks = Chunks()
    async with working(queue, chunks, listen=listen) as worker:
        await worker.ready()
        await enqueue(queue, ("r", 1))
        await until(lambda: chunks.ended)


async def test_at_most_so_many_chunks_at_one_time(queue: Queue) -> None:
    go_on = anyio.Event()

    async def wait(_run: str, _number: int) -> ChunkEnding:
        await go_on.wait()
        return ChunkEnding.DONE

    chunks = Chunks(wait)
    await enqueue(queue, *[("r", number) for number in range(5)])
    async with working(queue, chunks, chunks=2) as worker:
        await until(lambda: worker.status.running == 2)
        await until(lambda: chunks.cared)
        assert len(chunks.started) == 2, "the care for runs does not wait for chunks, and is none"
        go_on.set()
        await until(lambda: len(chunks.ended) == 5)


async def test_a_job_that_is_delivered_twice_is_done_twice_and_says_so_to_nobody(queue: Queue) -> None:
    """The tables refuse the second claim: see the tests of the chunk."""
    chunks = Chunks()
    for _ in range(2):
        put(queue, job_arguments("r", 1))
    async with working(queue, chunks):
        await until(lambda: len(chunks.ended) == 2)
        await until(lambda: not queue.chunk_jobs())


async def test_a_job_of_another_version_is_dropped_and_counted(queue: Queue) -> None:
    chunks = Chunks()
    put(queue, {"version": 2, "shops": ["kyoto-tea"]})
    put(queue, job_arguments("r", 1))
    async with working(queue, chunks) as worker:
        await until(lambda: chunks.ended)
        await until(lambda: not queue.chunk_jobs())

    assert chunks.started == [("r", 1)]
    assert worker.status.ended == {("look", "unknown-version"): 1, ("look", "done"): 1}


@pytest.mark.parametrize(("error", "word"), [(ProcessDied(-9), "died"), (WorkFailed("OSError at x:1"), "error")])
async def test_a_chunk_that_fails_ends_its_job_and_no_other(queue: Queue, error: Exception, word: str) -> None:
    async def fail(_run: str, number: int) -> ChunkEnding:
        if number == 1:
            raise error
        return ChunkEnding.DONE

    chunks = Chunks(fail)
    await enqueue(queue, ("r", 1), ("r", 2))
    async with working(queue, chunks) as worker:
        await until(lambda: chunks.ended == [("r", 2)])
        await until(lambda: not queue.chunk_jobs())

    assert worker.status.ended == {("look", word): 1, ("look", "done"): 1}
    assert worker.status.restarts == {}


async def test_a_stop_waits_for_chunks_and_puts_back_what_was_given_back(queue: Queue) -> None:
    stopped = anyio.Event()

    async def drained(_run: str, _number: int) -> ChunkEnding:
        await stopped.wait()
        return ChunkEnding.GIVEN_BACK

    chunks = Chunks(drained)
    await enqueue(queue, ("r", 1))
    async with working(queue, chunks) as worker:
        await until(lambda: chunks.started)
        worker.stopping.set()
        await enqueue(queue, ("r", 2))
        stopped.set()

    assert chunks.started == [("r", 1)], "nothing is taken any more"
    assert [(status, args["number"]) for status, _, _, args in queue.chunk_jobs()] == [("todo", "2"), ("todo", "1")]
    assert queue.workers() == []


async def test_a_worker_whose_row_was_pruned_while_it_lived_goes_on(queue: Queue) -> None:
    """It is refused when it takes its next job, since it is not known any more."""
    go_on = anyio.Event()

    async def wait(_run: str, number: int) -> ChunkEnding:
        if number == 1:
            await go_on.wait()
        return ChunkEnding.DONE

    chunks = Chunks(wait)
    await enqueue(queue, ("r", 1))
    async with working(queue, chunks, chunks=1) as worker:
        await until(lambda: chunks.started)
        # In a thread: where the worker is taking a job, the row is locked until its own loop goes on.
        await anyio.to_thread.run_sync(queue.sql, "DELETE FROM procrastinate_workers")
        doing = "DELETE FROM procrastinate_jobs WHERE status = 'doing'"
        await anyio.to_thread.run_sync(queue.sql, doing)  # as others' care for runs does
        go_on.set()
        await enqueue(queue, ("r", 2))
        await until(lambda: ("r", 2) in chunks.ended)
        assert worker.status.restarts["chunks"] == 1


async def test_jobs_of_a_worker_that_is_gone_are_removed_by_the_care_for_runs(queue: Queue) -> None:
    """What of their chunks did not end is put in again from the tables."""
    chunks = Chunks()
    queue.sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
    put(queue, job_arguments("r", 1))
    put(queue, job_arguments("r", 2))
    queue.sql("UPDATE procrastinate_jobs SET status = 'doing'")
    queue.sql("UPDATE procrastinate_jobs SET worker_id = (SELECT id FROM procrastinate_workers) WHERE id = 1")
    async with working(queue, chunks):
        await until(lambda: chunks.cared)
        await until(lambda: not queue.chunk_jobs())

    assert chunks.started == []
    assert queue.workers() == []


async def test_a_care_for_runs_that_fails_is_counted_and_stops_nothing(queue: Queue) -> None:
    chunks = Chunks()

    async def fail() -> None:
        raise WorkFailed("the store does not answer")

    chunks.care = fail  # type: ignore[method-assign]
    await enqueue(queue, ("r", 1))
    async with working(queue, chunks) as worker:
        await until(lambda: worker.status.care_failures)
        await until(lambda: chunks.ended)

    assert worker.status.restarts == {}


async def test_a_database_that_restarts_is_waited_for() -> None:
    """Chunks in progress do not notice: they have connections of their own."""
    chunks = Chunks()
    with running() as server:
        url = server.fresh()
        with opened_queue(url) as queue:
            pass
        async with working(queue, chunks, patience=0.5) as worker:
            await worker.ready()
            await enqueue(queue, ("r", 1))
            await until(lambda: chunks.ended)
            with server.stopped():
                await until(lambda: worker.status.connected != {"chunks", "care"})
            await worker.ready()
            await enqueue(queue, ("r", 2))
            await until(lambda: len(chunks.ended) == 2)

    assert sum(worker.status.restarts.values()) >= 1


async def test_after_many_failures_in_a_row_it_gives_up() -> None:
    with running() as server:
        with opened_queue(server.fresh()) as queue:
            queue.sql("DROP TABLE procrastinate_workers CASCADE")
        with pytest.raises(ExceptionGroup) as group:
            async with working(queue, Chunks(), restarts=Restarts(first=0.01, longest=0.01, most=3)):
                await anyio.sleep_forever()

    assert [type(each) for each in group.value.exceptions] == [WorkerGaveUp]
