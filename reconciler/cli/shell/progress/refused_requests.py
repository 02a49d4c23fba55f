"""A notice that the backend refuses requests for the time being: without it, a command would say nothing for a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import Message, msg

if TYPE_CHECKING:
    from reconciler.core.results.request_log import RequestLogEntry

_TOO_BUSY: Final = frozenset({429, 503})
"""After these a request that can be repeated is sent again later."""
_LONG: Final = 5.0
"""Seconds without any other answer, after which there is a notice."""


class RefusedRequests:
    """Follows the answers to all requests of a command: one notice, and another one only after requests were answered."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None
        self._said = False

    def notice(self, entry: RequestLogEntry) -> Message | None:
        """What is to be shown after this answer."""
        if entry.status not in _TOO_BUSY:
            self._since, self._said = None, False
            return None
        if self._since is None:
            self._since = self._clock()
        seconds = self._clock() - self._since
        if self._said or seconds < _LONG:
            return None
        self._said = True
        return msg(
            "The backend has refused requests for {seconds} s (HTTP {status}); what can be repeated is sent again after a wait",
            seconds=round(seconds),
            status=entry.status,
        )
