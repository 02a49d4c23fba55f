"""Which language a request is answered in: what the reader chose by the switch, and Japanese before that.

In: `?lang=` on a page that is looked at, and the cookie that it leaves. Out: the language of `language.py` for the request. What
the browser prefers is not asked: the platform's screens are Japanese.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from reconciler.embedded.pages.language import JAPANESE, LANGUAGES, PageLanguage, written_in

LANGUAGE_COOKIE: Final = "reconciler_language"
PARAMETER: Final = "lang"
_YEAR: Final = 365 * 24 * 60 * 60


class LanguageChoice:
    """An ASGI middleware around an application of pages, outside of its error pages: they have a language as well."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        wanted = request.query_params.get(PARAMETER, "")
        if _is_look(request) and wanted in LANGUAGES:
            await _chosen(request, wanted)(scope, receive, send)
            return
        asked = request.cookies.get(LANGUAGE_COOKIE, "")
        language = PageLanguage(code=asked if asked in LANGUAGES else JAPANESE)
        switch = _with_language(self._page_address(request), language.other)
        with written_in(PageLanguage(code=language.code, switch=switch)):
            await self._app(scope, receive, send)

    def _page_address(self, request: Request) -> str:
        """Of this page. For the answer to a post: of the page with its form, or of the nearest page above it."""
        own = _path(request)
        if _is_look(request):
            return _address(own, request.url.query)
        came = _referer(request)
        if self._is_page(request, came.path):
            return _address(came.path, came.query)
        return next((path for path in _upwards(own) if self._is_page(request, path)), own)

    def _is_page(self, request: Request, path: str) -> bool:
        if not path.startswith(f"{request.scope.get('root_path', '')}/"):
            return False
        look = {**request.scope, "method": "GET", "path": path}
        return any(route.matches(look)[0] is Match.FULL for route in self._app.router.routes)


def _chosen(request: Request, language: str) -> Response:
    """The same page without the parameter, so that an address that is kept or sent to others chooses nothing."""
    response = RedirectResponse(_address(_path(request), request.url.query), 303)
    secure = request.url.scheme == "https"
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax", secure=secure)
    return response


def _referer(request: Request) -> SplitResult:
    """Of this host, else empty."""
    try:
        came = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return urlsplit("")
    return came if came.netloc == request.headers.get("host") else urlsplit("")


def _is_look(request: Request) -> bool:
    return request.method in ("GET", "HEAD")


def _path(request: Request) -> str:
    """As the browser sent it, that is, quoted."""
    raw: bytes = request.scope["raw_path"]
    return raw.decode("ascii")


def _upwards(path: str) -> Sequence[str]:
    """/admin/shops/K/orders/pay, /admin/shops/K/orders, ... /admin/"""
    parts = path.rstrip("/").split("/")
    shorter = ("/".join(parts[:count]) for count in range(len(parts), 1, -1))
    return [address for path in shorter for address in (path, f"{path}/")]


def _address(path: str, query: str) -> str:
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != PARAMETER]
    return f"{path}?{urlencode(kept)}" if kept else path


def _with_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{PARAMETER}={language}"
