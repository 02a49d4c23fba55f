"""A connection to PostgreSQL on which nothing waits longer than a deadline, in any state of the server.

The server's own timeouts do not work if the server is stopped, paused behind a pooler, or on a stalled disk, while its kernel
still answers TCP. So each wait for a response is bounded here; a connection without a response is closed.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection


def connection_class(seconds: float) -> type[Connection[Any]]:
    """The driver is imported when a server is used. `deadline` of a connection is None where it may wait as long as it takes."""
    from psycopg import Connection, OperationalError  # noqa: PLC0415  # an extra, and heavy to import

    class BoundedConnection(Connection[Any]):
        deadline: float | None = seconds

        def wait(self, gen: Generator[Any, Any, Any], *args: Any, **options: Any) -> Any:
            if self.deadline is None:
                return super().wait(gen, *args, **options)
            try:
                return super().wait(_bounded(gen, time.monotonic() + self.deadline), *args, **options)
            except _NoAnswer:
                self.pgconn.finish()
                raise OperationalError("no answer came before the deadline") from None

    return BoundedConnection


class _NoAnswer(Exception):
    """The deadline of a wait has passed."""


def _bounded(waiting: Generator[Any, Any, Any], until: float) -> Generator[Any, Any, Any]:
    """The driver resumes what waits at least ten times a second, with a false value where nothing came."""
    ready = None
    while True:
        try:
            wanted = next(waiting) if ready is None else waiting.send(ready)
        except StopIteration as ended:
            return ended.value
        ready = yield wanted
        if not ready and time.monotonic() >= until:
            waiting.close()
            raise _NoAnswer
