"""A worker: takes chunks from the queue of its fleet until it is stopped, and cares for the runs every half minute.

In: the place of the queue, what does a chunk and what cares, settings. Out: nothing once it was stopped and the chunks in
progress have ended. Chunks and care are two workers of the library, each with its own connections: many long chunks do not delay
the care. Each is started again where the database was away, or where others took it for dead and removed its row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import field
from typing import Any, Final

import anyio
import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from reconciler.adapters.store.queue.queue_place import QueuePlace
from reconciler.lib.error_location import error_location
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.lib.timeouts import Timer
from reconciler.scale.chunk_jobs import ChunkJobs
from reconciler.scale.queue_app import QueueNames, queue_app
from reconciler.scale.supervision import Restarts, Supervision, WorkerGaveUp
from reconciler.scale.tasks import Care, CareTask, ChunkTasks, RunChunk
from reconciler.scale.worker_status import WorkerStatus

_EXPECTED: Final = (ConnectorException, psycopg.Error)
_OWN_CONNECTIONS: Final = 3
"""Beside one for each chunk: for heartbeats, the next job, and jobs that are put back."""
_POLL: Final = 5.0
_POLL_ALONE: Final = 1.0
"""Seconds between two looks for jobs: with notifications of new ones, and without."""


@frozen
class WorkerOptions:
    """`name` is in the tables of runs. `chunks` at one time. `listen`: the database says when there are new jobs; behind a
    pooler that hands out connections per transaction it cannot. `heartbeat` and `stall` in seconds; a connection is waited for
    `patience` seconds.
    """

    name: str
    chunks: int
    listen: bool = True
    heartbeat: float = 10.0
    patience: float = 10.0
    stall: float = 120.0
    restarts: Restarts = field(default_factory=Restarts)


@frozen
class FleetWorker:
    place: QueuePlace
    fleet: str
    options: WorkerOptions
    run_chunk: RunChunk
    care: Care
    clock: Timer
    status: WorkerStatus

    async def run(self, stopping: anyio.Event) -> None:
        """Until `stopping` is set and what is in progress has ended. Raises WorkerGaveUp."""
        gave_up: list[WorkerGaveUp] = []
        async with anyio.create_task_group() as group:

            async def part(name: str, work: Callable[[anyio.Event], Any]) -> None:
                try:
                    await self._supervision(name, stopping).run(lambda: work(stopping))
                except WorkerGaveUp as error:
                    gave_up.append(error)
                    stopping.set()

            group.start_soon(part, "chunks", self._take_chunks)
            group.start_soon(part, "care", self._take_care)
        if gave_up:
            raise gave_up[0]

    def _supervision(self, name: str, stopping: anyio.Event) -> Supervision:
        def failed(error: Exception | None, wait: float) -> None:
            self.status.restarts[name] += 1
            cause = None if error is None else error_location(error.__cause__ or error)
            log_event("worker-restarts", level="warning", part=name, again_seconds=wait, error=cause)

        return Supervision(
            clock=self.clock,
            stopping=stopping,
            expected=_EXPECTED,
            on_failure=failed,
            restarts=self.options.restarts,
        )

    async def _take_chunks(self, stopping: anyio.Event) -> None:
        app, names = self._app(self.options.chunks)
        jobs = ChunkJobs(app, self.fleet, self.place.store)
        ChunkTasks(run=self.run_chunk, status=self.status, jobs=jobs).add_to(app, names)
        await self._take("chunks", app, [names.look, names.write], self.options.chunks, stopping)

    async def _take_care(self, stopping: anyio.Event) -> None:
        app, names = self._app(1)
        CareTask(care=self.care, status=self.status, stall=self.options.stall).add_to(app, names)
        await self._take("care", app, [names.care], 1, stopping)

    def _app(self, chunks: int) -> tuple[App, QueueNames]:
        return queue_app(self.place, connections=chunks + _OWN_CONNECTIONS, patience=self.options.patience), QueueNames(
            self.fleet
        )

    async def _take(  # what the two parts differ in
        self, part: str, app: App, queues: list[str], chunks: int, stopping: anyio.Event
    ) -> None:
        """Until it is stopped, or the library's worker ends."""
        async with app.open_async():
            self.status.connected.add(part)
            try:
                await _until_stopped(self._library_worker(app, queues, chunks), stopping)
            finally:
                self.status.connected.discard(part)

    async def _library_worker(self, app: App, queues: list[str], chunks: int) -> None:
        await app.run_worker_async(
            queues=queues,
            name=self.options.name,
            concurrency=chunks,
            fetch_job_polling_interval=_POLL if self.options.listen else _POLL_ALONE,
            listen_notify=self.options.listen,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=self.options.heartbeat,
            stalled_worker_timeout=self.options.stall,
        )


async def _until_stopped(work: Any, stopping: anyio.Event) -> None:
    """The library's worker ends jobs in progress before it ends itself, also where it is cancelled."""
    worker = asyncio.create_task(work)
    stopped = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        worker.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait({worker})
    if not worker.cancelled() and (error := worker.exception()) is not None:
        raise error
