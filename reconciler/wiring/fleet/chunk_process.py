"""One chunk in a process of its own, as the pool of a worker starts it. Everything here can be pickled."""

from __future__ import annotations

import atexit
import signal
import sys
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import anyio

from reconciler.adapters.backend.http.fleet_rate import FleetRate
from reconciler.adapters.settings.settings import Settings
from reconciler.adapters.settings.settings_path import FILE_NAME
from reconciler.core.fleet.chunk_end import ChunkEnd
from reconciler.lib.frozen_class import frozen
from reconciler.lib.output_queue import OutputQueue, QueuedLog, write_all
from reconciler.ports import SetupError
from reconciler.ports.fleet.shared_limits import ClosureSlots
from reconciler.wiring.fleet.commit_session import session_at
from reconciler.wiring.runtime import clock, load_settings
from reconciler.wiring.scale.runs import fleet_runs_over
from reconciler.wiring.session import writing_log
from reconciler.wiring.store import open_run_store
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.fleet.run_chunk import ChunkTools, run_chunk

if TYPE_CHECKING:
    from reconciler.adapters.store.db.database import Store
    from reconciler.core.fleet.fleet_run import FleetRun
    from reconciler.ports.executor import StopRequest
    from reconciler.workflows.session import Session

_STOP: Final = StopToken()
"""Of this process."""
_LOG: Final = ExitStack()
"""Of this process, until its end."""
_LAST_LINES: Final = 2.0
"""Seconds that the last lines of the log wait for a reader."""


def prepare_process(log: str | None) -> None:
    """Called once in each process of a pool, before its first chunk. SIGTERM and SIGINT then end the present chunk in order:
    shops in progress are finished, the chunk is given back, and every further one is refused at once. `log` is the form of the
    worker's log, `json` or `text`: what the process does goes to the same place.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _request_stop)
    if log is not None:
        _start_log(log)


def _start_log(log: str) -> None:
    """A log that is not read, or whose reader is gone, must neither stop a chunk nor fail it: a shop may be closed."""
    output = OutputQueue(sys.stderr.fileno())
    output.printer = partial(_write_lines, output.descriptor)
    lines = QueuedLog(output)
    atexit.register(output.drain, _LAST_LINES)
    _LOG.enter_context(writing_log(log, lambda text: lines.writelines((text,))))


def _write_lines(descriptor: int, data: bytes) -> None:
    """One by one: several processes write to the same place, and a short write to a pipe is not divided."""
    for line in data.splitlines(keepends=True):
        write_all(descriptor, line)


def _request_stop(_number: int, _frame: object) -> None:
    """Any number of times: a shop that is closed is reopened in any case."""
    _STOP.signalled = True


def run_one(folder: Path, run: str, number: int, worker: str) -> ChunkEnd:
    """Does a chunk, from its claim to its recorded end. `folder` is that of the worker's settings, or their file; `worker` is
    its name in the tables.

    Raises SetupError where nothing can be claimed at all: the settings or the store cannot be used. What goes wrong after the
    claim is recorded in the chunk, or leads to another attempt.
    """
    settings = load_settings(folder / FILE_NAME if folder.is_dir() else folder)
    if isinstance(settings, tuple):
        raise SetupError(settings[0].summary, code=settings[0].code, hint=settings[0].hint, origin=settings[0].origin)
    with open_run_store(settings) as opened:
        return anyio.run(run_chunk, chunk_tools(settings, opened, _STOP), run, number, worker)


def chunk_tools(settings: Settings, opened: Store, stop: StopRequest) -> ChunkTools:
    """What `run_chunk` needs, over an open store."""
    shared = _Shared(settings=settings, opened=opened)
    return ChunkTools(
        runs=fleet_runs_over(settings, opened),
        session_at=shared.session_at,
        slots=shared.slots,
        clock=clock(),
        stop=stop,
        silence=settings.scale.stall / 2,
    )


@frozen
class _Shared:
    """What all workers share, as rows of the store."""

    settings: Settings
    opened: Store

    def session_at(self, run: FleetRun) -> AbstractContextManager[Session]:
        from reconciler.adapters.store.fleet.shared_requests import StoreSharedRequests

        most = self.settings.scale.requests_per_second
        shared = StoreSharedRequests(self.opened, run.fleet, most, clock())
        return session_at(self.settings, run, FleetRate(clock(), shared, most))

    def slots(self, run: FleetRun, most: int) -> ClosureSlots:
        """A slot outlives the lease of its shop: where it is free, no write of its former holder can be sent any more."""
        from reconciler.adapters.store.fleet.closure_slots import StoreClosureSlots

        seconds = max(self.settings.scale.stall, 2 * self.settings.lease_seconds)
        return StoreClosureSlots(self.opened, run.id, most, clock(), seconds=seconds)
