"""A request's body, in bounds: bytes, memory, time.

In: a request. Out: its body, or `RequestRejected` with a status and a word. The first part of every body is always taken; what is
longer comes out of one allowance for all requests, so that large bodies, which no genuine post has, hold up only each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeVar

from starlette.requests import Request

from reconciler.ipn.verify.reasons import RejectionKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
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
        self._waiting: set[asyncio.Timeout] = set()

    def close(self) -> None:
        self.closing = True
        for waiting in tuple(self._waiting):
            waiting.reschedule(asyncio.get_running_loop().time())

    async def wait(self, seconds: float, work: Awaitable[T]) -> T | None:
        """What the work gives; None where it took longer, or the sidecar is closing."""
        try:
            async with asyncio.timeout(0 if self.closing else seconds) as waiting:
                self._waiting.add(waiting)
                try:
                    return await work
                finally:
                    self._waiting.discard(waiting)
        except TimeoutError:
            return None


_PLAIN: Final = ("", "identity")


class BodyLimiter:
    def __init__(self, limits: RequestLimits, closing: ShutdownToken) -> None:
        self._limits = limits
        self._closing = closing
        self._held = 0

    @contextmanager
    def room(self) -> Iterator[_Room]:
        """What one request may hold, given back at the end."""
        room = _Room(self, self._limits)
        try:
            yield room
        finally:
            self._held -= room.beyond

    async def body(self, request: Request, headers: Mapping[str, str], room: _Room) -> bytes:
        """Raises RequestRejected, and ClientDisconnect where the sender goes away before the end."""
        _check_head(headers, self._limits.largest)
        content = await self._closing.wait(self._limits.body, room.filled(request))
        if content is not None:
            return content
        word = RejectionKind.CLOSING if self._closing.closing else RejectionKind.SLOW_BODY
        raise RequestRejected(HTTPStatus.SERVICE_UNAVAILABLE, word)

    def take(self, size: int) -> None:
        if self._held + size > self._limits.together:
            raise RequestRejected(HTTPStatus.SERVICE_UNAVAILABLE, RejectionKind.OVERLOADED)
        self._held += size


class _Room:
    """`beyond` is what was taken of the common allowance."""

    def __init__(self, intake: BodyLimiter, limits: RequestLimits) -> None:
        self._intake = intake
        self._limits = limits
        self.beyond = 0

    async def filled(self, request: Request) -> bytes:
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > self._limits.largest:
                raise RequestRejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, RejectionKind.TOO_LARGE)
            more = len(content) - self._limits.always - self.beyond
            if more > 0:
                self._intake.take(more)
                self.beyond += more
        return bytes(content)


def _check_head(headers: Mapping[str, str], largest: int) -> None:
    if headers.get("content-encoding", "").strip().lower() not in _PLAIN:
        raise RequestRejected(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, RejectionKind.ENCODED)
    declared = headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and (len(declared) > len(str(largest)) or int(declared) > largest):
        raise RequestRejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, RejectionKind.TOO_LARGE)
