"""The door before every route of the contract: maintenance, then who calls.

In: any request. Out: 503, 401, or the request with its caller. It guards the platform's paths only; what the embedded
backend adds for itself (`/embedded/...`, admin pages) is not the platform's and has its own doors.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from reconciler.embedded import tokens
from reconciler.embedded.problems import Problem, render
from reconciler.embedded.services import Services

API = "/admin-api/"
OAUTH = "/oauth/"


class Gate:
    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if _is_guarded(scope) else None
        if refusal is not None:
            await render(refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Problem | None:
        token = _bearer(Headers(scope=scope).get("authorization"))
        with self._services.reading() as connection:
            door = tokens.look(connection, token, self._services.now())
        if door.maintenance:
            return maintenance()
        if scope["path"].startswith(API):
            if door.caller is None:
                return _invalid_token()
            scope.setdefault("state", {})["caller"] = door.caller
        return None


def maintenance() -> Problem:
    return Problem("MAINTENANCE", "the platform is under maintenance: neither shops nor their administration answer")


def _invalid_token() -> Problem:
    return Problem(
        "INVALID_TOKEN",
        "this access token is unknown or has expired: ask /oauth/token for another",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def _is_guarded(scope: Scope) -> bool:
    return scope["type"] == "http" and str(scope["path"]).startswith((API, OAUTH))


def _bearer(header: str | None) -> str | None:
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
