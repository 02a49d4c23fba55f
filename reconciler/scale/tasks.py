"""The tasks of the queue: a chunk of a look, a chunk of an apply, and the care for runs every half minute.

In: what does a chunk, what cares, and the status that counts. Out: an application that has the tasks. No job is retried by the
queue and none holds a lock: a chunk that did not end is put in again by the care for runs, as the tables of runs say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from reconciler.core.fleet.chunk_end import ChunkEnd, ChunkEnding
from reconciler.core.fleet.fleet_run import FleetRunKind
from reconciler.lib.error_location import error_location
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.scale.chunk_jobs import APPLY_TASK, LOOK_TASK, ChunkJobs
from reconciler.scale.chunk_processes import ProcessDied, WorkFailed
from reconciler.scale.job_arguments import ChunkName, read_arguments
from reconciler.scale.queue_app import QueueNames
from reconciler.scale.worker_status import WorkerStatus

CARE_TASK: Final = "care"
_EVERY_HALF_MINUTE: Final = "* * * * * */30"
"""The library's sixth column is of seconds."""


RunChunk = Callable[[str, int], Awaitable[ChunkEnd]]
"""From the run and the number of a chunk. Raises ProcessDied, WorkFailed."""
Care = Callable[[], Awaitable[None]]
"""Raises ProcessDied, WorkFailed."""


@frozen
class ChunkTasks:
    """With any result of a chunk, its job ends and is deleted."""

    run: RunChunk
    status: WorkerStatus
    jobs: ChunkJobs

    def add_to(self, app: App, names: QueueNames) -> None:
        @app.task(name=LOOK_TASK, queue=names.look)
        async def look_chunk(**arguments: Any) -> None:
            await self._do(FleetRunKind.LOOK, arguments)

        @app.task(name=APPLY_TASK, queue=names.write)
        async def apply_chunk(**arguments: Any) -> None:
            await self._do(FleetRunKind.APPLY, arguments)

    async def _do(self, kind: FleetRunKind, arguments: dict[str, Any]) -> None:
        _log_lost_job()
        chunk = read_arguments(arguments)
        if chunk is None:
            version = str(arguments.get("version"))[:16]
            log_event("chunk-job-unknown", level="warning", version=version)
            self.status.ended[kind.value, "unknown-version"] += 1
            return
        self.status.running += 1
        try:
            ended = await self._ended(chunk)
        finally:
            self.status.running -= 1
        self.status.ended[kind.value, ended] += 1
        if ended == ChunkEnding.GIVEN_BACK:
            await self._put_back(chunk, kind)

    async def _ended(self, chunk: ChunkName) -> str:
        try:
            return (await self.run(chunk.run, chunk.number)).ending.value
        except ProcessDied as died:
            self.status.died += 1
            log_event("chunk-process-died", level="error", run=chunk.run, chunk=chunk.number, exit_code=died.code)
            return "died"
        except WorkFailed as failed:
            log_event("chunk-failed", level="error", run=chunk.run, chunk=chunk.number, error=failed.place)
            return "error"

    async def _put_back(self, chunk: ChunkName, kind: FleetRunKind) -> None:
        """Where the queue does not answer, the care for runs does it."""
        try:
            await self.jobs.enqueue([(chunk.run, chunk.number)], kind=kind)
        except SetupError:
            log_event("chunk-not-put-back", level="warning", run=chunk.run, chunk=chunk.number)


@frozen
class CareTask:
    """`stall`: seconds without a heartbeat after which a worker counts as gone."""

    care: Care
    status: WorkerStatus
    stall: float

    def add_to(self, app: App, names: QueueNames) -> None:
        @app.periodic(cron=_EVERY_HALF_MINUTE, periodic_id=names.care)
        @app.task(name=CARE_TASK, queue=names.care, queueing_lock=names.care)
        async def care(timestamp: int) -> None:  # noqa: ARG001  # the library's shape
            _log_lost_job()
            await remove_lost_jobs(app, self.stall)
            await self._care()

    async def _care(self) -> None:
        try:
            await self.care()
        except (ProcessDied, WorkFailed) as error:
            self.status.care_failures += 1
            log_event("care-failed", level="error", error=str(error))


def _log_lost_job() -> None:
    """The library's task of a job fails where the job is gone when it ends, and nothing else reports why."""
    task = asyncio.current_task()
    assert task is not None  # jobs are tasks
    task.add_done_callback(_note_failure)


def _note_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log_event("job-lost", level="warning", error=error_location(error.__cause__ or error))


async def remove_lost_jobs(app: App, stall: float) -> None:
    """Jobs of workers that are gone: their chunks, if they did not end, are put in again. Also the rows of these workers."""
    await app.job_manager.prune_stalled_workers(stall)
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stall):
        try:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        except ConnectorException:  # it has already ended
            continue
