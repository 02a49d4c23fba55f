"""Templates to responses, and the headers that each page has.

In: the name of a template and its values. Out: HTML. Everything is escaped; nothing is loaded from another host, and no script
but the one file of ours runs.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.embedded.pages.formats import page_delivery, page_moment, page_money, page_time
from reconciler.embedded.pages.language import _, _c, language_switch, page_language

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
    """An ASGI application around another one: the headers above on every response, also on that of an unforeseen failure."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                message["headers"] += [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            await send(message)

        await self.app(scope, receive, with_headers)


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("reconciler.embedded.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["time"] = page_time
    found.filters["moment"] = page_moment
    found.filters["money"] = page_money
    found.filters["delivery"] = page_delivery
    found.globals["_"] = _
    found.globals["_c"] = _c
    found.globals["page_language"] = page_language
    found.globals["language_switch"] = language_switch
    return found


@cache
def _static_text(name: str) -> str:
    return (files("reconciler.embedded.pages") / "templates" / name).read_text(encoding="utf-8")
