"""HTTP/1.1 by h11, with bounds on what a peer may send, and on how long it may take for it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD: Final = 5.0
"""Seconds from a connection, or from a request's first byte, to the end of its head."""

LONGEST_HEAD: Final = 16 * 1024
"""Bytes of a request line and its headers, up to the empty line that ends them."""

_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")


class BoundedHeadConnection(h11.Connection):
    """h11 bounds what is incomplete; this also bounds a head that arrives whole, before a line of it is parsed."""

    def next_event(self) -> type[h11.NEED_DATA | h11.PAUSED] | h11.Event:
        if self.their_state is h11.IDLE:
            head = self.trailing_data[0]
            if len(head) > LONGEST_HEAD and _END_OF_HEAD.search(head, 0, LONGEST_HEAD) is None:
                raise h11.RemoteProtocolError("the head is too large", error_status_hint=431)
        return super().next_event()


class SlowHeaderProtocol(H11Protocol):
    """Gives up on a peer that keeps a connection busy without a whole head, or goes on sending what was answered already."""

    head_within: float = HEAD
    on_malformed: Callable[[], None]
    _deadline: asyncio.TimerHandle | None = None
    _began = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn = BoundedHeadConnection(h11.SERVER, LONGEST_HEAD)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it too
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def send_400_response(self, msg: str) -> None:
        """To what is no HTTP: no request came of it that anybody else could count."""
        self.on_malformed()
        super().send_400_response(msg)

    def on_response_complete(self) -> None:
        self._began = True
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._disarm()

    def _look(self) -> None:
        """The time runs from the moment at which the data was due, however often a byte arrives."""
        if not self._owes():
            self._disarm()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.head_within, self.transport.abort)

    def _owes(self) -> bool:
        if self.conn.their_state is h11.IDLE:
            return not self._began or bool(self.conn.trailing_data[0])
        return self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def bounded_protocol(head_within: float, on_malformed: Callable[[], None]) -> type[H11Protocol]:
    """For uvicorn. `on_malformed` is called for each answer to what is no HTTP."""
    return type(
        "Protocol",
        (SlowHeaderProtocol,),
        {"head_within": head_within, "on_malformed": staticmethod(on_malformed)},
    )
