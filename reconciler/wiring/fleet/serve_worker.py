"""A worker with its processes and its port, until it is stopped."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.command import CommandResult, DoneResult
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.wiring.fleet.care_process import care_once
from reconciler.wiring.fleet.check_worker import check_worker
from reconciler.wiring.fleet.chunk_process import prepare_process, run_one
from reconciler.wiring.runtime import clock
from reconciler.wiring.services.listening import ListenAddress, listening

if TYPE_CHECKING:
    from reconciler.adapters.settings.settings import Settings
    from reconciler.adapters.store.queue.queue_place import QueuePlace
    from reconciler.core.fleet.chunk_end import ChunkEnd
    from reconciler.scale.chunk_processes import ChunkProcesses
    from reconciler.scale.worker import FleetWorker
    from reconciler.scale.worker_status import WorkerStatus
    from reconciler.workflows.session import Session


async def serve_worker(
    session: Session,
    settings: Settings,
    address: ListenAddress,
    announce: Callable[[str], None],
    log: str | None = None,
) -> CommandResult:
    """Until a request to stop, and the end of what is in progress. `log` is the form of its log, if it has one. Raises
    SetupError: before it is announced where it cannot start, later where it gave up.
    """
    place = check_worker(settings)
    from reconciler.scale.chunk_processes import ChunkProcesses
    from reconciler.scale.supervision import WorkerGaveUp

    prepare = partial(prepare_process, log)
    chunks = ChunkProcesses(run_one, settings.scale.chunks, prepare)
    care = ChunkProcesses(care_once, 1, prepare)
    worker = _fleet_worker(session, settings, place, chunks, care)
    with listening(address) as listener:
        try:
            await _WorkerService(session, worker, (chunks, care)).run(listener, address, announce)
        except WorkerGaveUp as error:
            raise _gave_up(worker.options.restarts.most, error.cause) from None
    return DoneResult()


def _fleet_worker(
    session: Session, settings: Settings, place: QueuePlace, chunks: ChunkProcesses, care: ChunkProcesses
) -> FleetWorker:
    """The worker whose chunks and whose care run in these processes. `place` is the store's."""
    from reconciler.scale.worker import FleetWorker, WorkerOptions
    from reconciler.scale.worker_status import WorkerStatus

    name, scale, place_of_settings = _own_name(), settings.scale, settings.file or settings.root
    status = WorkerStatus()

    async def run_chunk(run: str, number: int) -> ChunkEnd:
        end: ChunkEnd = await chunks.run(place_of_settings, run, number, name)
        return end

    async def care_for_runs() -> None:
        await care.run(place_of_settings)
        status.cared_at = time.time()

    return FleetWorker(
        place=place,
        fleet=session.target.fleet_name,
        options=WorkerOptions(name=name, chunks=scale.chunks, listen=scale.listen_notify, stall=scale.stall),
        run_chunk=run_chunk,
        care=care_for_runs,
        clock=clock(),
        status=status,
    )


@frozen(kw_only=False)
class _WorkerService:
    session: Session
    worker: FleetWorker
    processes: tuple[ChunkProcesses, ...]

    async def run(self, listener: socket.socket, address: ListenAddress, announce: Callable[[str], None]) -> None:
        from reconciler.serving.listener import http_address, port_of

        stopping, url = anyio.Event(), http_address(address.host, port_of(listener))

        def stop() -> None:
            self.worker.status.stopping = True
            stopping.set()
            self._stop_processes()

        served = anyio.Event()
        async with (
            self.processes[0].opened(),
            self.processes[1].opened(),
            self.session.stop_signals.listening(stop, self._stop_processes),
            anyio.create_task_group() as group,
        ):
            group.start_soon(self._serve, listener, served, lambda: announce(url))
            try:
                await self.worker.run(stopping)
            finally:
                self._stop_processes()
                served.set()

    def _stop_processes(self) -> None:
        for each in self.processes:
            each.stop()

    async def _serve(self, listener: socket.socket, stop: anyio.Event, on_ready: Callable[[], None]) -> None:
        from reconciler.serving.server import serve

        await serve(self._health(), [listener], on_ready=lambda _port: on_ready(), stop=stop)

    def _health(self) -> Any:
        from reconciler.serving.health import READY, ReadyState, make_health_app, not_ready
        from reconciler.views.worker_metrics import render_worker_metrics

        status, worker = self.worker.status, self.worker

        async def ready() -> ReadyState:
            return READY if status.ready else not_ready(_word(status))

        def metrics() -> bytes:
            return render_worker_metrics(status.numbers(worker.fleet, worker.options.chunks)).encode()

        return make_health_app(ready, metrics)


def _word(status: WorkerStatus) -> str:
    if status.stopping:
        return "stopping"
    return "failing" if status.restarts else "starting"


def _own_name() -> str:
    """Of this process, also after a restart of its host with the same number."""
    return f"{socket.gethostname()[:128]}-{os.getpid()}-{os.urandom(3).hex()}"


def _gave_up(failures: int, cause: Exception | None) -> SetupError:
    return SetupError(
        msg(
            "The worker gave up after {count} failures in a row ({kind})",
            count=failures,
            kind="-" if cause is None else type(cause.__cause__ or cause).__name__,
        ),
        hint=msg("Check the database of the store, then start the worker again: chunks that did not end are kept"),
        code=codes.WORKER_GAVE_UP,
    )
