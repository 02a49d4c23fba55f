"""Where a programmed fault happens to a request.

In: a request and the fault it meets. Out: a refusal, a delay, a stale response, another actor's change, or no response.

A cut connection starts a response, sends less than its declared length, and raises `ConnectionResetError`: over a socket the
server closes the connection in the middle of the answer; over an in-process transport the error reaches the caller.
CUT_BEFORE cuts instead of handling the request; CUT_AFTER handles it, throws the answer away, and cuts. PARTIAL_JSON
handles it and answers half of the body; UNAVAILABLE is a gateway's bare 503. SLOW has read the whole request before it
waits, so that it is handled late, also if the client has disconnected. A STALE_READ belongs to a client, not to a
token: after a new login it reads the same.
"""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

import anyio
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.embedded.actors.world import World
from reconciler.embedded.api.auth import CONTRACT, OAUTH, authenticate_request, maintenance_problem
from reconciler.embedded.contract.problems import Problem, render
from reconciler.embedded.faults.faults import Answer, Fault, Faults, Question
from reconciler.embedded.services import Services


class InjectedDisconnect(ConnectionResetError):
    """Ends the application in the middle of an answer, so that its server ends the connection."""


class HideInjectedDisconnects(logging.Filter):
    """For a server's log: what was cut on order is no fault of the application."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], InjectedDisconnect))


class FaultMiddleware:
    def __init__(
        self, app: ASGIApp, services: Services, faults: Faults, sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    ) -> None:
        self._app = app
        self._services = services
        self._world = World(services)
        self._faults = faults
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith((*CONTRACT, OAUTH)):
            await self._app(scope, receive, send)
            return
        fault = self._faults.draw(scope["method"], scope["path"])
        if fault is None:
            await self._handle(scope, receive, send)
        else:
            await self._fail(fault, scope, receive, send)

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case "TOO_MANY_REQUESTS" | "INTERNAL_ERROR" | "MAINTENANCE" | "UNAVAILABLE":
                await _refusal(fault)(scope, receive, send)
            case "SLOW":
                taken_in = await _taken_in(receive)
                await self._sleep(fault.seconds)
                await self._handle(scope, taken_in, send)
            case "CUT_BEFORE":
                await _cut(send)
            case "CUT_AFTER":
                await self._app(scope, receive, _nowhere)
                await _cut(send)
            case "PARTIAL_JSON":
                await self._partial(scope, receive, send)
            case "BEHIND_BACK":
                await self._behind_back(fault, scope, receive, send)
            case "STALE_READ":
                await self._stale(fault, scope, receive, send)

    async def _behind_back(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        mutation = fault.mutation
        assert mutation is not None
        if mutation.when == "before":
            self._world.merchant_edits(mutation.shop_key, mutation.changes, by=mutation.by)
        await self._handle(scope, receive, send)
        if mutation.when == "after":
            self._world.merchant_edits(mutation.shop_key, mutation.changes, by=mutation.by)

    async def _stale(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        earlier = self._earlier(scope) if scope["method"] == "GET" else None
        if earlier is None:
            self._faults.rearm(fault)
            await self._handle(scope, receive, send)
            return
        for message in earlier:
            await send(message)

    def _earlier(self, scope: Scope) -> Answer | None:
        question = self._question(scope)
        return None if question is None else self._faults.previous_response(question)

    def _question(self, scope: Scope) -> Question | None:
        """None: the client is unknown."""
        caller = authenticate_request(scope, self._services).caller
        if caller is None:
            return None
        return (scope["path"], scope["query_string"], caller.client_id, Headers(scope=scope).get("x-shop-key", ""))

    async def _partial(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle the request, and answer the first half of what there is to say as if that were all."""
        messages: list[Message] = []

        async def note(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, note)
        start = messages[0]
        body = b"".join(message.get("body", b"") for message in messages[1:])
        half = body[: len(body) // 2]
        headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        await send({**start, "headers": [*headers, (b"content-length", str(len(half)).encode())]})
        await send({"type": "http.response.body", "body": half})

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle the request; while stale reads are armed, remember the first good answer to each question."""
        if scope["method"] != "GET" or not self._faults.records_responses():
            await self._app(scope, receive, send)
            return
        messages: list[Message] = []

        async def note(message: Message) -> None:
            messages.append(message)
            await send(message)

        await self._app(scope, receive, note)
        question = self._question(scope)
        if question is not None and messages and messages[0].get("status") == HTTPStatus.OK:
            self._faults.remember(question, messages)


def _refusal(fault: Fault) -> Response:
    retry = {"Retry-After": str(fault.retry_after)}
    match fault.kind:
        case "TOO_MANY_REQUESTS":
            return render(Problem("TOO_MANY_REQUESTS", "too many requests", headers=retry))
        case "MAINTENANCE":
            return render(maintenance_problem())
        case "UNAVAILABLE":
            return Response(
                "upstream is not available", status_code=HTTPStatus.SERVICE_UNAVAILABLE, media_type="text/plain"
            )
        case _:
            return render(Problem("INTERNAL_ERROR", "internal error of the backend"))


async def _taken_in(receive: Receive) -> Receive:
    """Reads the request to its end; returns a `receive` that repeats it, and then continues with the original one."""
    messages = [await receive()]
    while messages[-1]["type"] == "http.request" and messages[-1].get("more_body", False):
        messages.append(await receive())
    waiting = iter(messages)

    async def again() -> Message:
        message = next(waiting, None)
        return message if message is not None else await receive()

    return again


async def _nowhere(_message: MutableMapping[str, Any]) -> None:
    return


async def _cut(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    raise InjectedDisconnect("the connection was cut by a programmed fault")
