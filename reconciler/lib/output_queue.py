"""Output to a file descriptor that is written in a thread, so that the caller never waits for the reader.

In: bytes, or work that writes directly. Out: the bytes in the same order, as soon as the reader takes them. What must not be
lost is kept without limit (`write`, `put`); what may be lost is dropped while more than `limit` bytes wait (`offer`). Only
`drain` waits. The thread ends when nothing is left to write, and does not keep the process alive.
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

LIMIT: Final = 1 << 20
"""Bytes that wait for a reader before output that may be lost is dropped."""


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
        self._changed = threading.Condition()
        self._jobs: deque[tuple[Callable[[], None], int]] = deque()
        self._waiting = 0
        self._dropped = 0
        self._writing = False
        self._abandoned = False

    def write(self, data: bytes) -> None:
        """Is never dropped."""
        self._add(lambda: self.printer(data), len(data))

    def put(self, job: Callable[[], None]) -> None:
        """Work that writes directly, for example a display that is redrawn. Its exceptions are dropped."""
        self._add(lambda: _quietly(job), 0)

    def offer(self, data: bytes) -> bool:
        """Whether there was room for it."""
        with self._changed:
            if self._waiting + len(data) > self._limit:
                self._dropped += 1
                return False
        self.write(data)
        return True

    def drain(self, patience: float | None = None) -> bool:
        """Waits until all is written, for so many seconds or without limit. Returns whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._writing, patience)

    def abandon(self) -> None:
        """What is not written yet never is, and nothing more is accepted."""
        with self._changed:
            self._abandoned = True
            self._jobs.clear()

    def _add(self, job: Callable[[], None], size: int) -> None:
        with self._changed:
            if self._abandoned:
                return
            dropped, self._dropped = self._dropped, 0
            if dropped:
                self._jobs.append((lambda: self.printer(self._on_dropped(dropped)), 0))
            self._jobs.append((job, size))
            self._waiting += size
            if not self._writing:
                self._writing = True
                threading.Thread(target=self._write_jobs, name="output", daemon=True).start()

    def _write_jobs(self) -> None:
        while True:
            with self._changed:
                if not self._jobs:
                    self._writing = False
                    self._changed.notify_all()
                    return
                job, size = self._jobs.popleft()
            if self.error is None:
                try:
                    job()
                except OSError as error:
                    self.error = error
            with self._changed:
                self._waiting -= size


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
