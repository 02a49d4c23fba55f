"""What the database reads for each statement of the queue, with many jobs: an index, never the whole table.

The server logs the plan of each statement, also of those within functions and of foreign keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import anyio
import pytest
from procrastinate import App

from reconciler.core.fleet.fleet_run import FleetRunKind
from reconciler.scale.chunk_jobs import ChunkJobs
from reconciler.scale.queue_app import QueueNames, queue_app
from reconciler.scale.tasks import remove_lost_jobs
from tests.scale.conftest import FLEET, Queue, opened_queue
from tests.support.postgres import Cluster

JOBS = 100_000
EXPLAIN = (
    "ALTER DATABASE {name} SET session_preload_libraries = 'auto_explain'",
    "ALTER DATABASE {name} SET auto_explain.log_min_duration = 0",
    "ALTER DATABASE {name} SET auto_explain.log_nested_statements = on",
    "ALTER DATABASE {name} SET client_min_messages = log",
)


@pytest.fixture(scope="module")
def full(cluster: Cluster) -> Iterator[Queue]:
    """All jobs wait, each with a lock of its own: the worst case of the library."""
    with opened_queue(cluster.fresh()) as queue:
        fill(queue)
        yield queue


def fill(queue: Queue) -> None:
    queue.sql("ALTER TABLE procrastinate_jobs DISABLE TRIGGER USER")  # they only cost time here
    queue.sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)"
        f" SELECT '{QueueNames(FLEET).look}', 'look_chunk', 'lock-' || n,"
        " jsonb_build_object('version', 1, 'run', 'r', 'number', n::text)"
        f" FROM generate_series(1, {JOBS}) n"
    )
    queue.sql("ALTER TABLE procrastinate_jobs ENABLE TRIGGER USER")
    queue.sql("ANALYZE procrastinate_jobs")
    for each in EXPLAIN:
        queue.sql(each.format(name=queue.place.parameters["dbname"]))


def plans(queue: Queue, work: Callable[[App], Any]) -> str:
    """The plans of all statements that read jobs."""
    found: list[str] = []

    async def configured(connection: Any) -> None:
        connection.add_notice_handler(lambda notice: found.append(notice.message_primary or ""))

    async def main() -> None:
        app = queue_app(queue.place, configure=configured)
        async with app.open_async():
            await work(app)

    anyio.run(main)
    return "\n".join(each for each in found if "procrastinate_jobs" in each)


@contextmanager
def nothing_kept(queue: Queue) -> Iterator[int]:
    """A worker that has a job, until the end of the block."""
    worker = queue.sql("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")[0][0]
    queue.sql(f"UPDATE procrastinate_jobs SET status = 'doing', worker_id = {worker} WHERE id = 1")
    yield worker
    queue.sql("UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE status = 'doing'")
    queue.sql("DELETE FROM procrastinate_workers")


async def fetched(worker: int, app: App) -> None:
    names = QueueNames(FLEET)
    assert await app.job_manager.fetch_job([names.look, names.write], worker) is not None


async def ended(worker: int, app: App) -> None:
    await app.job_manager.unregister_worker(worker)


async def cared(_worker: int, app: App) -> None:
    await remove_lost_jobs(app, 1e6)


async def aborts(_worker: int, app: App) -> None:
    await app.job_manager.list_jobs_to_abort_async()


async def enqueued(_worker: int, app: App) -> None:
    await ChunkJobs(app, FLEET, "the store").enqueue([("r", 5), ("r", 6)], kind=FleetRunKind.LOOK)


@pytest.mark.parametrize(
    ("work", "index"),
    [
        (fetched, "procrastinate_jobs_lock_waiting"),
        (ended, "procrastinate_jobs_worker"),
        (cared, "procrastinate_jobs_doing"),
        (aborts, "procrastinate_jobs_doing"),
        (enqueued, "procrastinate_jobs_chunk_waiting"),
    ],
)
def test_many_waiting_jobs_are_not_read(full: Queue, work: Callable[..., Any], index: str) -> None:
    with nothing_kept(full) as worker:
        found = plans(full, partial(work, worker))

    assert index in found
    assert "Seq Scan on procrastinate_jobs" not in found
