"""What programs ask a server: whether it lives (/healthz), whether it does its work (/readyz), what it counted (/metrics).

In: two functions. Out: an ASGI application with these paths, alone or beside another application. An answer is one word of a
closed list, never a name, an address or a reason in words of others.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from reconciler.lib.frozen_class import frozen

HEALTH_PATHS: Final = ("/healthz", "/readyz", "/metrics")
_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_NOT_KEPT: Final = {"cache-control": "no-store"}


@frozen
class ReadyState:
    """`word` says why it is not ready, or in which state it is ready, for example `standby`."""

    ready: bool = True
    word: str = "ok"


READY: Final = ReadyState()

ReadyCheck = Callable[[], Awaitable[ReadyState]]
"""Called for each request to /readyz. Raises nothing, and answers within a second or so."""


def not_ready(word: str) -> ReadyState:
    return ReadyState(ready=False, word=word)


def make_health_app(ready: ReadyCheck, metrics: Callable[[], bytes]) -> Starlette:
    """`metrics` is in Prometheus's text format, and does not wait for anything."""

    def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_NOT_KEPT)

    async def readyz(_request: Request) -> Response:
        state = await ready()
        return PlainTextResponse(f"{state.word}\n", status_code=200 if state.ready else 503, headers=_NOT_KEPT)

    def metrics_page(_request: Request) -> Response:
        return Response(metrics(), media_type=_METRICS_TYPE)

    pages = dict(zip(HEALTH_PATHS, (healthz, readyz, metrics_page), strict=True))
    app = Starlette(routes=[Route(path, page) for path, page in pages.items()])
    app.router.redirect_slashes = False  # a redirect would lead to the host that the request names
    return app


def with_health(app: ASGIApp, health: ASGIApp) -> ASGIApp:
    """`health` answers its own paths, `app` all others, and the lifespan."""

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = health if scope["type"] == "http" and scope["path"] in HEALTH_PATHS else app
        await chosen(scope, receive, send)

    return choose
