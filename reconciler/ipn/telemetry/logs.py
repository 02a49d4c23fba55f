"""The sidecar's log: one JSON object per line on stderr, times in UTC.

What is logged are words of closed lists, numbers, and ids whose form was checked; JSON has no raw line ends in it, so nothing can
forge a line. An exception is logged with its kind and place, never with its text, which may quote posted content.
"""

from __future__ import annotations

import atexit
import io
import json
import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TextIO

import structlog

from reconciler.lib.error_location import error_location
from reconciler.lib.log_lines import JSON_LINE, STEPS
from reconciler.lib.output_queue import OutputQueue, QueuedLog
from reconciler.ports import Clock

_FOREIGN: Final = {"uvicorn": logging.ERROR, "asyncio": logging.WARNING}
"""The lowest level. uvicorn warns of every invalid request: their senders must not be able to fill our disk."""


_LAST_LINES: Final = 2.0
"""Seconds that the last lines of the log wait for a reader when the process ends."""


def configure(stream: TextIO | None = None) -> None:
    """Once per process. Messages of uvicorn and asyncio have the same form. Without a stream it is stderr, which is written in a
    thread: an unread log blocks no notification.
    """
    stream = stream or _stderr()
    structlog.configure(
        processors=[*STEPS, JSON_LINE],
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=STEPS,
            processors=[_kind_only, structlog.stdlib.ProcessorFormatter.remove_processors_meta, JSON_LINE],
        )
    )
    for name, level in _FOREIGN.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


def _stderr() -> TextIO:
    try:
        queue = OutputQueue(sys.stderr.fileno(), on_dropped=_dropped_line)
    except (AttributeError, ValueError, io.UnsupportedOperation):  # there is none, or it is memory
        return sys.stderr
    atexit.register(queue.drain, _LAST_LINES)
    return QueuedLog(queue)  # type: ignore[return-value]  # what a logger uses of one


def _dropped_line(count: int) -> bytes:
    line = {
        "level": "warning",
        "event": "log-lines-dropped",
        "count": count,
        "timestamp": datetime.now(UTC).isoformat(),
    }
    return f"{json.dumps(line)}\n".encode()


@contextmanager
def suppressed() -> Iterator[None]:
    """For as long as the block lasts nothing is written: who asked by hand is answered by hand."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=False
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def _kind_only(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    exc_info = event.pop("exc_info", None) or event["_record"].exc_info
    if exc_info:
        event["error"] = error_location(exc_info[1])
    return event


class RateLimitedLog:
    """Whether a line of one sort may still be written: so many a minute of each. Who posts rubbish must not fill our disk."""

    def __init__(self, clock: Clock, a_minute: int = 60) -> None:
        self._clock = clock
        self._a_minute = a_minute
        self._since: datetime | None = None
        self._written: dict[str, int] = {}

    def allow(self, sort: str) -> bool:
        """`sort` is a word of a closed list."""
        now = self._clock.now()
        if self._since is None or not timedelta() <= now - self._since < timedelta(minutes=1):
            self._since, self._written = now, {}
        written = self._written[sort] = self._written.get(sort, 0) + 1
        return written <= self._a_minute
