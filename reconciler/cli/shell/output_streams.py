"""Standard output and standard error, written so that an event loop never waits for a terminal, a pipe or a file.

On an event loop a write is queued. Off it, stdout returns once the reader has taken it, as a plain write does; messages on stderr
are waited for a moment, so that the two stay in order, and block no result: `finish` waits for them. Nothing that is queued is
lost while the output is read, except progress, of which only a limited amount is kept for a slow reader.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import field
from typing import Final, Literal, TextIO

from reconciler.cli.shell.typed_secrets import hide_words, typed_secrets
from reconciler.lib.frozen_class import frozen
from reconciler.lib.output_queue import OutputQueue

_IN_ORDER: Final = 2.0
"""Seconds that a message on stderr is waited for before what follows it is written."""
STOP_PATIENCE: Final = 5.0
"""Seconds that messages on stderr wait for a reader after the process was asked to stop."""


class OutputStream:
    """One of the two streams. `patience` is for how many seconds unread output is waited for at the end; None: without limit."""

    def __init__(self, name: Literal["stdout", "stderr"]) -> None:
        self.patience: float | None = None
        self.on_dropped: Callable[[int], str] = lambda _count: ""
        self._name = name
        self._queue: OutputQueue | None = None
        self._unread = False

    def write(self, text: str, *, encoding: str | None = None, droppable: bool = False) -> None:
        """In the stream's own encoding, unless another is given."""
        stream: TextIO | None = getattr(sys, self._name)
        if stream is None:  # it was closed when the process started
            return
        data = _encoded(hide_words(text, typed_secrets()), stream, encoding)
        queue = self.queue()
        if queue is None:
            stream.flush()
            stream.buffer.write(data)
            stream.flush()
            return
        if droppable:
            queue.offer(data)
        else:
            queue.write(data)
        if not _on_event_loop():
            self.settle()

    def queue(self) -> OutputQueue | None:
        """None for a stream without a descriptor, which is in memory and never blocks."""
        stream: TextIO | None = getattr(sys, self._name)
        descriptor = _descriptor(stream)
        if descriptor is None:
            return None
        if self._queue is None or self._queue.descriptor != descriptor:
            self._queue = OutputQueue(descriptor, on_dropped=self._dropped_line)
        return self._queue

    def settle(self) -> None:
        """Waits for the reader as long as what follows has to be in order."""
        if self._queue is None:
            return
        if self._name == "stdout":
            self._queue.drain()
        else:
            self._unread = not self._queue.drain(0.0 if self._unread else _IN_ORDER)
        self._check(self._queue)

    def finish(self) -> None:
        """Waits for the reader, at the end of the process; after it was asked to stop no longer than `patience`."""
        if self._queue is None:
            return
        if not self._queue.drain(self.patience):
            self._queue.abandon()
        self._check(self._queue)

    def _check(self, queue: OutputQueue) -> None:
        """A reader that closed the pipe ends the writing, not the command."""
        error, queue.error = queue.error, None
        if error is None:
            return
        if not isinstance(error, BrokenPipeError) and self._name == "stdout":
            raise error
        _discard(queue.descriptor)  # also where the terminal is gone: messages must not cost the run its report

    def _dropped_line(self, count: int) -> bytes:
        return self.on_dropped(count).encode("utf-8", errors="backslashreplace")


@frozen(kw_only=False)
class OutputStreams:
    stdout: OutputStream = field(default_factory=lambda: OutputStream("stdout"))
    stderr: OutputStream = field(default_factory=lambda: OutputStream("stderr"))


def _encoded(text: str, stream: TextIO, encoding: str | None) -> bytes:
    return text.encode(encoding or stream.encoding or "utf-8", errors="backslashreplace")


def _descriptor(stream: TextIO | None) -> int | None:
    try:
        return None if stream is None else stream.fileno()
    except (AttributeError, ValueError, io.UnsupportedOperation):
        return None


def _on_event_loop() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001  # the public form raises where there is none


def _discard(descriptor: int) -> None:
    """The reader is gone: buffered output is dropped, also when the interpreter closes the stream at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
