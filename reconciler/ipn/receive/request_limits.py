"""A request's body, in bounds: bytes, memory, time.

In: a request. Out: its body, or `RequestRejected` with a status and a word. The first part of every body is always taken; what is
longer comes out of one allowance for all requests, so that large bodies, which no genuine post has, hold up only each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from reconciler.ipn.receive.time_limit import TimeLimit
from reconciler.ipn.verify.reasons import RejectionKind
from reconciler.lib.frozen_class import frozen


@frozen
class RequestLimits:
    """Bytes and seconds. Amazon waits 15 seconds for an answer: `whole` is all that a request may take, `body` its body's."""

    largest: int = 1024 * 1024
    always: int = 64 * 1024
    together: int = 64 * 1024 * 1024
    body: float = 5.0
    whole: float = 13.0


class RequestRejected(Exception):
    def __init__(self, status: HTTPStatus, word: RejectionKind) -> None:
        super().__init__(word)
        self.status = status
        self.word = word


class ShutdownToken:
    """Whether the sidecar is closing; bodies that are still on their way then are not waited for."""

    def __init__(self) -> None:
        self.closing = False
        self._limits: list[TimeLimit] = []

    def ends(self, limit: TimeLimit) -> None:
        """What runs under it ends when the sidecar is closing."""
        self._limits.append(limit)

    def close(self) -> None:
        self.closing = True
        for limit in self._limits:
            limit.end_all()


_PLAIN: Final = ("", "identity")


class BodyLimiter:
    def __init__(self, limits: RequestLimits, closing: ShutdownToken) -> None:
        self.limits = limits
        self._closing = closing
        self._in_time = TimeLimit(limits.body)
        self._held = 0
        closing.ends(self._in_time)

    def room(self) -> Room:
        """What one request may hold; to be left at its end."""
        return Room(self)

    async def body(self, receive: Receive, headers: Mapping[str, str], room: Room) -> bytes:
        """Raises RequestRejected, and ClientDisconnect where the sender goes away before the end."""
        _check_head(headers, self.limits.largest)
        try:
            with self._in_time.block():
                return await room.filled(receive)
        except TimeoutError:
            word = RejectionKind.CLOSING if self._closing.closing else RejectionKind.SLOW_BODY
            raise RequestRejected(HTTPStatus.SERVICE_UNAVAILABLE, word) from None

    def take(self, size: int) -> None:
        if self._held + size > self.limits.together:
            raise RequestRejected(HTTPStatus.SERVICE_UNAVAILABLE, RejectionKind.OVERLOADED)
        self._held += size

    def give_back(self, size: int) -> None:
        self._held -= size


class Room:
    """`_beyond` is what was taken of the common allowance."""

    __slots__ = ("_beyond", "_intake")

    def __init__(self, intake: BodyLimiter) -> None:
        self._intake = intake
        self._beyond = 0

    def leave(self) -> None:
        if self._beyond:
            self._intake.give_back(self._beyond)
            self._beyond = 0

    async def filled(self, receive: Receive) -> bytes:
        """The body as it arrives. One that arrived whole, as genuine ones do, is not copied."""
        content, more = await _part(receive)
        self._check(len(content))
        if not more:
            return content
        parts = bytearray(content)
        while more:
            content, more = await _part(receive)
            parts += content
            self._check(len(parts))
        return bytes(parts)

    def _check(self, size: int) -> None:
        limits = self._intake.limits
        if size <= limits.always:
            return
        if size > limits.largest:
            raise RequestRejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, RejectionKind.TOO_LARGE)
        more = size - limits.always - self._beyond
        self._intake.take(more)
        self._beyond += more


async def _part(receive: Receive) -> tuple[bytes, bool]:
    """The next bytes, and whether there are more. Raises ClientDisconnect."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def _check_head(headers: Mapping[str, str], largest: int) -> None:
    if headers.get("content-encoding", "").strip().lower() not in _PLAIN:
        raise RequestRejected(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, RejectionKind.ENCODED)
    declared = headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and (len(declared) > len(str(largest)) or int(declared) > largest):
        raise RequestRejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, RejectionKind.TOO_LARGE)
