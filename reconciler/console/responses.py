"""Responses of the console: pages in their frame, in the reader's language; redirects; the style sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from reconciler import __version__
from reconciler.console.access.access_control import Visitor
from reconciler.console.elements import ConsolePage
from reconciler.console.http.cookies import LANGUAGE_COOKIE, give_cookie
from reconciler.console.http.language_choice import OWN_NAMES, is_chosen, language_of, other_language
from reconciler.console.http.query import Query, page_address
from reconciler.console.markup import Frame, page_html, style_name, style_sheet
from reconciler.console.menu import menu_entries
from reconciler.console.visit import PageVisit
from reconciler.lib.utc import format_utc
from reconciler.ports import Clock
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language

REFRESH_SECONDS: Final = "60"
_FOR_EVER: Final = "private, max-age=31536000, immutable"
_A_YEAR: Final = 31_536_000


def visit_of(request: Request, clock: Clock, query: Query | None = None) -> PageVisit:
    """Its query is empty until it was read."""
    parts = tuple(part for part in request.scope["path"].split("/") if part)
    context = RenderContext(language=language(language_of(request)))
    return PageVisit(context=context, now=format_utc(clock.now()), path=parts, query=query or Query({}))


def page_response(
    page: ConsolePage,
    visit: PageVisit,
    fleet: str,
    visitor: Visitor | None,
    change: Callable[[Frame], Frame] = lambda frame: frame,
) -> HTMLResponse:
    """`visitor` None: there is no session, so there is no menu. `change` puts more into the frame."""
    code = visit.context.language.code
    frame = Frame(
        context=visit.context,
        fleet=fleet,
        style=f"/static/{style_name()}",
        now=visit.now,
        version=__version__,
        other=other_language(code),
        other_name=OWN_NAMES[other_language(code)],
        switch=visit.here(lang=other_language(code)),
    )
    if visitor is not None:
        frame = _signed_in(frame, page, visit, visitor)
    html = page_html(page, change(frame))
    return HTMLResponse(html, status_code=page.status, headers={"vary": "accept-language, cookie"})


def _signed_in(frame: Frame, page: ConsolePage, visit: PageVisit, visitor: Visitor) -> Frame:
    """A page of an error is not loaded again automatically."""
    refreshes = visit.query.text("refresh") == REFRESH_SECONDS
    link = visit.here(refresh=None if refreshes else REFRESH_SECONDS)
    shown = page.status == 200  # OK
    return replace(
        frame,
        menu=menu_entries(page, visit.context),
        user=visitor.user,
        sign_out=visitor.sign_out,
        refresh=REFRESH_SECONDS if refreshes and shown else "",
        refresh_link=link if shown else "",
    )


def remember_language(request: Request, response: Response, *, secure: bool) -> None:
    if is_chosen(request):
        chosen = request.query_params["lang"]
        give_cookie(response, LANGUAGE_COOKIE, chosen, secure=secure, seconds=_A_YEAR)


def redirect(path: str) -> RedirectResponse:
    """`path` is one of ours."""
    return RedirectResponse(path, status_code=303)


def sign_in_address(request: Request) -> str:
    """Sign-in, then the page that was asked for."""
    wanted = request.scope["path"]
    if request.scope["query_string"]:
        wanted = f"{wanted}?{request.scope['query_string'].decode('latin-1')}"
    return "/sign-in" if wanted == "/" else page_address(("sign-in",), {"next": wanted})


def local_address(text: str) -> str:
    """The same, if it is a path of this console; else the first page."""
    safe = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if safe and not text.startswith("/sign-") else "/"


def style_response(request: Request) -> Response:
    tag = f'"{style_name()}"'
    headers = {"etag": tag, "cache-control": _FOR_EVER}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(style_sheet(), media_type="text/css", headers=headers)
