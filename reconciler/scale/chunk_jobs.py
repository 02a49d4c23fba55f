"""Puts chunks into the queue: implements the port `ChunkQueue`.

In: chunks by run and number. Out: a job for each one that has none waiting: two statements for many chunks, in one transaction
each. A job has no lock and is never retried by the queue: who works on a shop is decided by leases, and what is unfinished by the
tables.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job

from reconciler.adapters.store.queue.queue_place import QueuePlace
from reconciler.core.diagnostics.messages import msg
from reconciler.core.fleet.fleet_run import FleetRunKind
from reconciler.ports import SetupError
from reconciler.scale.job_arguments import job_arguments
from reconciler.scale.queue_app import CONNECT, QueueNames, queue_app

LOOK_TASK: Final = "look_chunk"
APPLY_TASK: Final = "apply_chunk"
_PRIORITIES: Final = {FleetRunKind.LOOK: 0, FleetRunKind.APPLY: 10}
AT_ONCE: Final = 10_000
"""Jobs of one statement."""
_WAITING: Final = """
SELECT args ->> 'run' AS run, args ->> 'number' AS number FROM procrastinate_jobs
WHERE status = 'todo' AND (args ->> 'run', args ->> 'number') IN (SELECT * FROM unnest(%(runs)s::text[], %(numbers)s::text[]))
"""

Chunk = tuple[str, int]


class ChunkJobs:
    """Of one fleet, over an open application."""

    def __init__(self, app: App, fleet: str, store: str) -> None:
        self._app = app
        self._names = QueueNames(fleet)
        self._store = store

    async def enqueue(self, chunks: Sequence[Chunk], *, kind: FleetRunKind) -> None:
        """Raises SetupError."""
        with _translated(self._store):
            for start in range(0, len(chunks), AT_ONCE):
                await self._enqueue(list(dict.fromkeys(chunks[start : start + AT_ONCE])), kind)

    async def _enqueue(self, chunks: list[Chunk], kind: FleetRunKind) -> None:
        waiting = await self._waiting(chunks)
        jobs = [self._job(run, number, kind) for run, number in chunks if (run, number) not in waiting]
        if jobs:
            await self._app.job_manager.batch_defer_jobs_async(jobs)

    async def _waiting(self, chunks: list[Chunk]) -> frozenset[Chunk]:
        rows = await self._app.connector.execute_query_all_async(
            _WAITING, runs=[run for run, _ in chunks], numbers=[str(number) for _, number in chunks]
        )
        return frozenset((row["run"], int(row["number"])) for row in rows)

    def _job(self, run: str, number: int, kind: FleetRunKind) -> Job:
        looks = kind is FleetRunKind.LOOK
        return Job(
            queue=self._names.look if looks else self._names.write,
            task_name=LOOK_TASK if looks else APPLY_TASK,
            priority=_PRIORITIES[kind],
            lock=None,
            queueing_lock=None,
            task_kwargs=job_arguments(run, number),
        )


@asynccontextmanager
async def open_chunk_jobs(place: QueuePlace, fleet: str, *, patience: float = CONNECT) -> AsyncIterator[ChunkJobs]:
    """Raises SetupError, where the database goes away after `patience` seconds."""
    app = queue_app(place, patience=patience)
    with _translated(place.store):
        await app.open_async()
    try:
        yield ChunkJobs(app, fleet, place.store)
    finally:
        await app.close_async()


@contextmanager
def _translated(store: str) -> Iterator[None]:
    try:
        yield
    except (ConnectorException, psycopg.Error):
        # Not chained: a driver's message may quote the whole address.
        raise SetupError(
            msg("The queue in {store} does not answer", store=store),
            hint=msg("Check the database, then run the command again: the run is stored and continues"),
        ) from None
