"""Processes that do chunks, one at a time each, so that the loop of a worker never waits for parsing.

In: a function of a module. Out: what it returned. The processes are started once, by `spawn`, and hold nothing of the worker's.
Asked to stop, a process gets SIGTERM, and its function finishes what is in progress. A process that dies fails its chunk alone
and is replaced; one whose worker has died gets SIGTERM as well, and ends. `concurrent.futures` has neither: one dead process
breaks its pool, and processes without a parent stay.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, Final

from reconciler.lib.error_location import error_location
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError

Work = Callable[..., Any]
"""Of a module, so that a process finds it by name."""

_STOP: Final = "stop"
_ENDING: Final = 10.0
"""Seconds for a process without work to end."""


class ProcessDied(Exception):
    """The process of a chunk ended: killed, out of memory, crashed. `code` is its exit code, negative for a signal."""

    def __init__(self, code: int | None) -> None:
        super().__init__(str(code))
        self.code = code


class WorkFailed(Exception):
    """The function raised. `place` is the text of a SetupError, else the kind of the error and where it was raised."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


@frozen(kw_only=False)
class _Answer:
    value: Any = None
    error: str | None = None


class ChunkProcesses:
    """`size` processes, to be used within the context of `opened`. Each calls `prepare` before its first work."""

    def __init__(self, work: Work, size: int, prepare: Callable[[], None]) -> None:
        self._all = [_ChunkProcess(work, prepare) for _ in range(size)]
        self._free: asyncio.Queue[_ChunkProcess] = asyncio.Queue()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ChunkProcesses]:
        for each in self._all:
            each.start()
            self._free.put_nowait(each)
        try:
            yield self
        finally:
            await asyncio.gather(*(each.close() for each in self._all))

    async def run(self, *arguments: Any) -> Any:
        """Waits for a free process. Raises ProcessDied, WorkFailed."""
        process = await self._free.get()
        try:
            return await process.run(arguments)
        finally:
            self._free.put_nowait(process)

    def stop(self) -> None:
        """What is in progress is finished. Work that is given to them afterwards hears of it as well."""
        for each in self._all:
            each.stop()


class _ChunkProcess:
    def __init__(self, work: Work, prepare: Callable[[], None]) -> None:
        self._work = work
        self._prepare = prepare
        self._stopped = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chunk")
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._prepare, self._work))
        self._process.start()
        theirs.close()
        if self._stopped:
            self._send(_STOP)

    async def run(self, arguments: tuple[Any, ...]) -> Any:
        if self._process is None:
            self.start()
        self._send(arguments)
        answer = await asyncio.get_running_loop().run_in_executor(self._thread, self._receive)
        if answer is None:
            raise ProcessDied(await self._buried())
        if answer.error is not None:
            raise WorkFailed(answer.error)
        return answer.value

    def stop(self) -> None:
        if not self._stopped:
            self._stopped = True
            self._send(_STOP)

    async def close(self) -> None:
        """Its work has ended, or is not waited for."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            await self._buried()
        self._thread.shutdown(wait=False)

    def _send(self, message: Any) -> None:
        if self._pipe is not None:
            with suppress(OSError, ValueError):  # it is gone, which `_receive` finds out
                self._pipe.send(message)

    def _receive(self) -> _Answer | None:
        pipe = self._pipe
        assert pipe is not None  # it was started
        try:
            answer: _Answer = pipe.recv()
        except (EOFError, OSError):
            return None
        return answer

    async def _buried(self) -> int | None:
        process, self._process, self._pipe = self._process, None, None
        if process is None:
            return None
        await asyncio.get_running_loop().run_in_executor(self._thread, process.join, _ENDING)
        if process.exitcode is None:
            process.kill()
            await asyncio.get_running_loop().run_in_executor(self._thread, process.join)
        code = process.exitcode
        process.close()
        return code


# In the process


def _serve(pipe: Connection, prepare: Callable[[], None], work: Work) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ignore)
    prepare()
    jobs: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, jobs), name="worker", daemon=True).start()
    while (arguments := jobs.get()) is not None:
        with suppress(OSError):  # nothing waits for it any more
            pipe.send(_answer(work, arguments))


def _ignore(_number: int, _frame: object) -> None:
    """Until `prepare` was called. Unlike SIG_IGN, it is not inherited by programs that the work starts."""


def _listen(pipe: Connection, jobs: queue.SimpleQueue[tuple[Any, ...] | None]) -> None:
    with suppress(EOFError, OSError):
        while True:
            message = pipe.recv()
            if message == _STOP:
                os.kill(os.getpid(), signal.SIGTERM)
            else:
                jobs.put(message)
    os.kill(os.getpid(), signal.SIGTERM)
    jobs.put(None)


def _answer(work: Work, arguments: tuple[Any, ...]) -> _Answer:
    try:
        return _Answer(work(*arguments))
    except SetupError as error:
        return _Answer(error=str(error))
    except Exception as error:  # noqa: BLE001  # any error is reported to the worker
        return _Answer(error=error_location(error))
