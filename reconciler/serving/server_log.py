"""What the server itself reports: an exception of the application, for example, with its kind and place and never with its text.

With a log of events it is an event there, else a line on stderr. An unread stderr blocks no response.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from reconciler.lib.error_location import error_location
from reconciler.lib.event_log import Level, log_event, logging_events
from reconciler.lib.output_queue import OutputQueue, QueuedLog

_LEVELS: Final = {"uvicorn": logging.ERROR, "asyncio": logging.WARNING}
"""The lowest level. uvicorn warns of every invalid request: their senders must not be able to fill our disk."""


@contextmanager
def server_log() -> Iterator[None]:
    """While the block lasts, unless another server of the process has set it up already."""
    if any(isinstance(handler, _ServerLogHandler) for handler in logging.getLogger("uvicorn").handlers):
        yield
        return
    handler = _ServerLogHandler()
    loggers = [logging.getLogger(name) for name in _LEVELS]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(_LEVELS[logger.name])
    try:
        yield
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate


def stderr_stream() -> TextIO:
    """For a handler of logging: lines are written in a thread, and dropped while stderr is not read."""
    try:
        return QueuedLog(OutputQueue(sys.stderr.fileno()))  # type: ignore[return-value]  # what a handler uses of one
    except (AttributeError, ValueError, OSError):  # there is none, or it is memory
        return sys.stderr


class _ServerLogHandler(logging.StreamHandler[TextIO]):
    def __init__(self) -> None:
        super().__init__(stderr_stream())

    def emit(self, record: logging.LogRecord) -> None:
        if logging_events():
            level: Level = "error" if record.levelno >= logging.ERROR else "warning"
            log_event("server-error", level=level, error=self.format(record))
        else:
            super().emit(record)

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        return record.getMessage().strip() if error is None else error_location(error)
