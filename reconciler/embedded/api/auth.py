"""The door before every route of the contract: maintenance, then who calls, then the size of the body.

In: any request. Out: 503, 401, 413, or the request with its caller; an accepted write's answer has a name (`X-Request-Id`).
It guards the platform's paths only; what the embedded backend adds for itself (`/embedded/...`, admin pages) is not the
platform's and has its own doors.
"""

import uuid
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.embedded.api.body_limit import body_too_large_problem, declares_large_body, limit_body
from reconciler.embedded.contract.problems import Problem, render
from reconciler.embedded.resources import api_clients as tokens
from reconciler.embedded.services import Services

API = "/admin-api/"
OAUTH = "/oauth/"
AMAZON_PAY = "/amazon-pay/"
CONTRACT = (API, AMAZON_PAY)
"""Paths that need an access token."""


class AuthMiddleware:
    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if _is_guarded(scope) else None
        if refusal is not None:
            await render(refusal)(scope, receive, send)
            return
        limited = limit_body(receive) if _is_guarded(scope) else receive
        await self._app(scope, limited, with_request_id(send) if _writes(scope) else send)

    def _refusal(self, scope: Scope) -> Problem | None:
        found = authenticate_request(scope, self._services)
        if found.maintenance:
            return maintenance_problem()
        if scope["path"].startswith(CONTRACT):
            if found.caller is None:
                return _invalid_token()
            scope.setdefault("state", {})["caller"] = found.caller
        return body_too_large_problem() if declares_large_body(scope) else None


def with_request_id(send: Send) -> Send:
    """Each answer that went well with a name of its own, by which a client's journal and the operator's logs find each other."""

    async def with_name(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] < HTTPStatus.BAD_REQUEST:
            MutableHeaders(scope=message)["X-Request-Id"] = str(uuid.uuid4())
        await send(message)

    return with_name


def authenticate_request(scope: Scope, services: Services) -> tokens.Authentication:
    """Whether anybody is let in, and who asks."""
    token = _bearer(Headers(scope=scope).get("authorization"))
    with services.reading() as connection:
        return tokens.authenticate_token(connection, token, services.now())


def maintenance_problem() -> Problem:
    return Problem("MAINTENANCE", "the platform is under maintenance")


def _invalid_token() -> Problem:
    return Problem(
        "INVALID_TOKEN",
        "the access token is unknown or has expired",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def _writes(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] != "GET" and str(scope["path"]).startswith(CONTRACT)


def _is_guarded(scope: Scope) -> bool:
    return scope["type"] == "http" and str(scope["path"]).startswith((*CONTRACT, OAUTH))


def _bearer(header: str | None) -> str | None:
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
