"""Chunks in the queue: many in one statement, one waiting job each, in a queue of their fleet."""

from __future__ import annotations

import pytest

from reconciler.core.fleet.fleet_run import FleetRunKind
from reconciler.ports import SetupError
from reconciler.scale.chunk_jobs import open_chunk_jobs
from tests.scale.conftest import FLEET, Queue, opened_queue
from tests.support.postgres import running

pytestmark = [pytest.mark.system, pytest.mark.anyio]
LOOK, APPLY = FleetRunKind.LOOK, FleetRunKind.APPLY


async def test_a_job_names_a_chunk_and_nothing_else(queue: Queue) -> None:
    async with open_chunk_jobs(queue.place, FLEET) as jobs:
        await jobs.enqueue([("r1", 3)], kind=LOOK)
        await jobs.enqueue([("r2", 4)], kind=APPLY)

    assert queue.jobs() == [
        ("todo", "look_chunk", 0, {"version": 1, "run": "r1", "number": "3"}),
        ("todo", "apply_chunk", 10, {"version": 1, "run": "r2", "number": "4"}),
    ]
    assert queue.sql("SELECT DISTINCT lock, queueing_lock, scheduled_at FROM procrastinate_jobs") == [
        (None, None, None)
    ]


async def test_many_chunks_are_one_statement(queue: Queue) -> None:
    async with open_chunk_jobs(queue.place, FLEET) as jobs:
        await jobs.enqueue([("r", number) for number in range(2_000)], kind=LOOK)

    assert queue.sql("SELECT count(*), count(DISTINCT xmin::text) FROM procrastinate_jobs") == [(2_000, 1)]


async def test_a_chunk_that_waits_gets_no_second_job_and_one_that_was_taken_does(queue: Queue) -> None:
    async with open_chunk_jobs(queue.place, FLEET) as jobs:
        await jobs.enqueue([("r", 1), ("r", 2), ("r", 1)], kind=LOOK)
        queue.sql("UPDATE procrastinate_jobs SET status = 'doing' WHERE args ->> 'number' = '2'")
        await jobs.enqueue([("r", 1), ("r", 2), ("s", 1)], kind=LOOK)

    waiting = [(args["run"], args["number"]) for status, _, _, args in queue.jobs() if status == "todo"]
    assert waiting == [("r", "1"), ("r", "2"), ("s", "1")]


async def test_fleets_of_one_store_have_queues_of_their_own(queue: Queue) -> None:
    for fleet in (FLEET, "語" * 200):
        async with open_chunk_jobs(queue.place, fleet) as jobs:
            await jobs.enqueue([(fleet[:5], 1)], kind=LOOK)

    names = [row[0] for row in queue.sql("SELECT queue_name FROM procrastinate_jobs")]
    assert len(set(names)) == 2
    assert all(name.startswith("look-") for name in names)


async def test_a_database_that_is_away_is_named_without_its_address() -> None:
    with running() as server:
        with opened_queue(server.fresh()) as queue:
            pass
        async with open_chunk_jobs(queue.place, FLEET, patience=0.5) as jobs:
            with server.stopped(), pytest.raises(SetupError, match="does not answer") as refused:
                await jobs.enqueue([("r", 1)], kind=LOOK)
            await jobs.enqueue([("r", 1)], kind=LOOK)

    assert queue.place.parameters["host"] not in str(refused.value)
