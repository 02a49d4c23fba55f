"""Output to a file descriptor that is written in a thread, so that the caller never waits for the reader.

In: bytes, or work that writes directly. Out: the bytes in the same order, as soon as the reader takes them. What must not be
lost is kept without limit (`write`, `put`); what may be lost is dropped while more than `limit` bytes wait (`offer`). Only
`drain` waits. Bytes that wait together are written together. The thread ends when there was nothing to write for a moment, and
does not keep the process alive.
"""

from __future__ import annotations

import io
import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

Write = Callable[[bytes], None]
Job = Callable[[], None]

LIMIT: Final = 1 << 20
"""Bytes that wait for a reader before output that may be lost is dropped."""

_TOGETHER: Final = 1 << 16
"""Bytes of one write at most, unless one piece alone has more."""

_TICK: Final = 0.05
_TICKS: Final = 20
"""For so many times as many seconds the thread looks for more. To start it, or to wake it, for each line of a log costs more than
the line.
"""


class OutputQueue:
    """`on_dropped` turns the number of dropped writes into a line about them; it is written before the next one.

    After an error of the descriptor nothing more is written; `error` says which it was.
    """

    def __init__(
        self, descriptor: int, *, limit: int = LIMIT, on_dropped: Callable[[int], bytes] = lambda _count: b""
    ) -> None:
        self.descriptor = descriptor
        self.error: OSError | None = None
        self.printer: Write = partial(write_all, descriptor)
        self._limit = limit
        self._on_dropped = on_dropped
        lock = threading.Lock()
        self._changed = threading.Condition(lock)
        self._wanted = threading.Condition(lock)
        self._jobs: deque[Job | bytes] = deque()
        self._waiting = 0
        self._dropped = 0
        self._writing = False
        self._lingering = False
        self._abandoned = False

    def write(self, data: bytes) -> None:
        """Is never dropped."""
        with self._changed:
            self._add(data, len(data))
            self._wanted.notify()

    def put(self, job: Callable[[], None]) -> None:
        """Work that writes directly, for example a display that is redrawn. Its exceptions are dropped."""
        with self._changed:
            self._add(lambda: _quietly(job), 0)
            self._wanted.notify()

    def offer(self, data: bytes) -> bool:
        """Whether there was room for it. It is written a moment later, so that several are written together."""
        with self._changed:
            if self._waiting + len(data) > self._limit:
                self._dropped += 1
                return False
            self._add(data, len(data))
        return True

    def drain(self, patience: float | None = None) -> bool:
        """Waits until all is written, for so many seconds or without limit. Returns whether it is."""
        with self._changed:
            self._wanted.notify()
            return self._changed.wait_for(lambda: not self._writing, patience)

    def abandon(self) -> None:
        """What is not written yet never is, and nothing more is accepted."""
        with self._changed:
            self._abandoned = True
            self._jobs.clear()

    def _add(self, job: Job | bytes, size: int) -> None:
        """The lock is held."""
        if self._abandoned:
            return
        dropped, self._dropped = self._dropped, 0
        if dropped:
            line = self._on_dropped(dropped)
            self._jobs.append(line)
            size += len(line)
        self._jobs.append(job)
        self._waiting += size
        if self._writing:
            return
        self._writing = True
        if not self._lingering:
            threading.Thread(target=self._write_jobs, name="output", daemon=True).start()

    def _write_jobs(self) -> None:
        while (job := self._next()) is not None:
            if self.error is None:
                try:
                    self.printer(job) if isinstance(job, bytes) else job()
                except OSError as error:
                    self.error = error
            with self._changed:
                self._waiting -= len(job) if isinstance(job, bytes) else 0

    def _next(self) -> Job | bytes | None:
        """Work, or all bytes that wait before the next work; None: the thread ends."""
        with self._changed:
            if not self._jobs and not self._more():
                return None
            job = self._jobs.popleft()
            if not isinstance(job, bytes):
                return job
            pieces, size = [job], len(job)
            while self._jobs and isinstance(piece := self._jobs[0], bytes) and size + len(piece) <= _TOGETHER:
                pieces.append(piece)
                size += len(piece)
                self._jobs.popleft()
            return b"".join(pieces)

    def _more(self) -> bool:
        """Whether there was more to write after a while."""
        self._writing, self._lingering = False, True
        self._changed.notify_all()
        for _ in range(_TICKS):
            if self._wanted.wait_for(lambda: bool(self._jobs), _TICK):
                break
        self._lingering = False
        return bool(self._jobs)


class QueuedLog(io.TextIOBase):
    """The stream of a logging handler: each write is one line of the log, which is dropped while the output is not read."""

    def __init__(self, queue: OutputQueue) -> None:
        self._queue = queue

    def write(self, text: str) -> int:
        self._queue.offer(text.encode("utf-8", errors="backslashreplace"))
        return len(text)


def write_all(descriptor: int, data: bytes) -> None:
    """Not through Python's own buffers: a thread that waits in one of them would block the interpreter at its end."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _quietly(job: Callable[[], None]) -> None:
    with suppress(Exception):
        job()
