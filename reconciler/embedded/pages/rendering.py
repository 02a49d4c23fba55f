"""Templates to responses, and the headers that each page has.

In: the name of a template and its values. Out: HTML. Everything is escaped; nothing is loaded from another host, and no script
but the one file of ours runs.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.embedded.contract.times import FORMAT

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STATIC: Final[Mapping[str, str]] = {"style.css": "text/css", "pages.js": "text/javascript"}


def render_template(template: str, status: int = 200, **values: Any) -> Response:
    text = _environment().get_template(template).render(**values)
    return Response(text, status, media_type="text/html; charset=utf-8")


def static_file(name: str) -> Response:
    return Response(_static_text(name), media_type=f"{STATIC[name]}; charset=utf-8")


class PageHeaders:
    """An ASGI middleware: the headers above on every response, a static file excepted from `no-store`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                message["headers"] += [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            await send(message)

        await self._app(scope, receive, with_headers)


def japanese_time(stamp: str) -> str:
    """The platform's stamp as people read it: 2026/11/28 15:25."""
    return datetime.strptime(stamp, FORMAT).strftime("%Y/%m/%d %H:%M")  # noqa: DTZ007 - the platform's times carry no zone


def japanese_money(amount: str) -> str:
    whole, point, rest = amount.partition(".")
    return f"{int(whole):,}{point}{rest}円"


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("reconciler.embedded.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["time"] = japanese_time
    found.filters["money"] = japanese_money
    return found


@cache
def _static_text(name: str) -> str:
    return (files("reconciler.embedded.pages") / "templates" / name).read_text(encoding="utf-8")
