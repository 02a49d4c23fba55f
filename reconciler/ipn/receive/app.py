"""The sidecar over HTTP: limits first, then the receiver, then a short response.

Two applications, distinguished by the address of the connection, which no header can forge: the one that Amazon posts to, where a
path belongs to a shop or to none, and the one for operators (`serving/health.py`), which must not be public. A
response holds only its status in words: the reason is in the log.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Final, Protocol

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.ipn.receive.receiver import HttpAnswer, IncomingPost, Receiver
from reconciler.ipn.receive.request_limits import BodyLimiter, RequestRejected, ShutdownToken
from reconciler.ipn.receive.time_limit import TimeLimit
from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.ipn.verify.reasons import AckReason, RejectionKind
from reconciler.lib.error_location import error_location
from reconciler.ports.inbox import InboxUnavailable, WorkQueue
from reconciler.ports.shop_directory import ShopIdentity
from reconciler.serving.health import READY, ReadyCheck, ReadyState, not_ready


class Directory(Protocol):
    @property
    def loaded(self) -> datetime | None:
        """As of when it knows the shops; None: never."""
        ...


_TEXTS: Final = {
    200: "ok",
    404: "not found",
    405: "method not allowed",
    413: "too large",
    415: "unsupported",
    503: "later",
}
_REFUSED: Final = "refused"
_USED: Final = {name.encode(): name for name in ("host", "content-encoding", "content-length", "x-amz-sns-rawdelivery")}
_CUT_OFF: Final = HttpAnswer(HTTPStatus.BAD_REQUEST, RejectionKind.CUT_OFF)
_log = structlog.get_logger()


class PublicApp:
    """The face that Amazon posts to: an ASGI application."""

    def __init__(self, receiver: Receiver, intake: BodyLimiter, metrics: Metrics, *, whole: float) -> None:
        self._receiver = receiver
        self._intake = intake
        self._metrics = metrics
        self._in_time = TimeLimit(whole)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        answer = await self._answer(scope, receive)
        self._metrics.count_answer(answer.word, answer.status, time.perf_counter() - began)
        start, text = _response(answer.status)
        await send(start)
        await send(text)

    async def _answer(self, scope: Scope, receive: Receive) -> HttpAnswer:
        """Raises nothing: what is not understood is our trouble."""
        try:
            with self._in_time.block():
                return await self._bounded(scope, receive)
        except TimeoutError:
            return self._receiver.logged(HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, RejectionKind.TOO_SLOW))
        except RequestRejected as rejected:
            return self._receiver.logged(HttpAnswer(rejected.status, rejected.word))
        except ClientDisconnect:
            return self._receiver.logged(_CUT_OFF)
        except Exception as error:  # noqa: BLE001  # a fault of ours must not make Amazon give up
            _log.error("internal-error", error=error_location(error))
            return HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, AckReason.FAULT)

    async def _bounded(self, scope: Scope, receive: Receive) -> HttpAnswer:
        if scope["method"] != "POST":
            raise RequestRejected(HTTPStatus.METHOD_NOT_ALLOWED, RejectionKind.METHOD)
        path = _path(scope)
        headers = _headers(scope)
        shop = await self._receiver.shop_at(path, headers.get("host", ""))
        if not isinstance(shop, ShopIdentity):
            return shop
        room = self._intake.room()
        try:
            body = await self._intake.body(receive, headers, room)
            return await self._receiver.receive(shop, IncomingPost(path=path, headers=headers, body=body))
        finally:
            room.leave()


def readiness_check(closing: ShutdownToken, directory: Directory, desk: WorkQueue) -> ReadyCheck:
    """What a new notification would miss."""

    async def ready() -> ReadyState:
        if closing.closing:
            return not_ready(RejectionKind.CLOSING)
        if directory.loaded is None:
            return not_ready(AckReason.NO_DIRECTORY)
        try:
            await desk.next_due()
        except InboxUnavailable:
            return not_ready(AckReason.NO_INBOX)
        return READY

    return ready


class PortDispatcher:
    """Hands each request to the face whose port was connected to; the lifespan to `lifespan`."""

    def __init__(self, lifespan: ASGIApp, front: ASGIApp, operators: ASGIApp, operators_port: int) -> None:
        self._lifespan = lifespan
        self._front = front
        self._operators = operators
        self._operators_port = operators_port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["server"][1] == self._operators_port:
            await self._operators(scope, receive, send)
        else:
            await self._front(scope, receive, send)


def _path(scope: Scope) -> str:
    """As it was sent: nothing in it is decoded, so one path has one spelling."""
    raw: bytes = scope["raw_path"]
    return raw.decode("latin-1")


def _headers(scope: Scope) -> Mapping[str, str]:
    """Those that are looked at; names are in lower case, as ASGI has them. Of several with one name the last."""
    return {_USED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in _USED}


@cache
def _response(status: int) -> tuple[Message, Message]:
    """Its head and its text: there are only a few."""
    text = f"{_TEXTS.get(status, _REFUSED)}\n".encode()
    headers = [(b"content-length", str(len(text)).encode()), (b"content-type", b"text/plain; charset=utf-8")]
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append((b"allow", b"POST"))
    return (
        {"type": "http.response.start", "status": int(status), "headers": headers},
        {"type": "http.response.body", "body": text},
    )
