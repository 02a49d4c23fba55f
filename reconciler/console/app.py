"""The console as an ASGI application.

In: options, sources, a clock. Each request passes the same checks in the same order: host, size and method; who it is; the query;
then its page. Errors are pages too. `/healthz`, `/readyz` and `/metrics` are answered by what is in front of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from reconciler.console.access.access_control import AccessControl, Visitor
from reconciler.console.access.options import ConsoleOptions
from reconciler.console.elements import ConsolePage
from reconciler.console.http.query import BadQueryError, Query
from reconciler.console.http.request_checks import check_request
from reconciler.console.http.security_headers import SecurityHeaders
from reconciler.console.markup import style_name
from reconciler.console.pages.messages import BAD_QUERY, INTERNAL, NO_USER, NOT_FOUND, STORE_FAILED, message_page
from reconciler.console.responses import (
    page_response,
    redirect,
    remember_language,
    sign_in_address,
    style_response,
    visit_of,
)
from reconciler.console.routes import ROUTES, PageRoute
from reconciler.console.sign_in import SignInPages
from reconciler.console.sources import ConsoleSources
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.event_log import log_event
from reconciler.ports import Clock, SetupError

Endpoint = Callable[[Request], Awaitable[Response]]


def create_console(options: ConsoleOptions, sources: ConsoleSources, clock: Clock) -> ASGIApp:
    console = Console(options, sources, clock)
    routes = [
        *(Route(each.path, console.checked(partial(console.page, each)), methods=_ANY) for each in ROUTES),
        Route("/sign-in", console.checked(console.sign_in.sign_in), methods=_ANY),
        Route("/sign-out", console.checked(console.sign_in.sign_out), methods=_ANY),
        Route(f"/static/{style_name()}", console.checked(console.style), methods=_ANY),
        Route("/{path:path}", console.checked(console.not_found), methods=_ANY),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: console.refused_by_framework})
    return SecurityHeaders(app)


_ANY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""Each is answered by a page: what may not be done is said there."""


class Console:
    def __init__(self, options: ConsoleOptions, sources: ConsoleSources, clock: Clock) -> None:
        self._options = options
        self._sources = sources
        self._clock = clock
        self._access = AccessControl(options, clock)
        self.sign_in = SignInPages(options.fleet, self._access, clock)

    def checked(self, endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            refused = check_request(request, self._options.hosts, local=self._options.open)
            if refused is not None:
                visit = visit_of(request, self._clock)
                page = message_page(refused.text, (), visit.context, status=refused.status, hint=refused.hint)
                response = self._shown(page, visit, None)
                if refused.allow:
                    response.headers["allow"] = refused.allow
                return response
            response = await endpoint(request)
            remember_language(request, response, secure=self._access.caller(request).secure)
            return response

        return checked

    async def page(self, route: PageRoute, request: Request) -> Response:
        visitor = self._access.visitor(request)
        if visitor is None:
            return self._not_signed_in(request)
        visit = visit_of(request, self._clock)
        try:
            query = Query.read(request.query_params.multi_items(), route.parts)
            visit = visit_of(request, self._clock, query)
            page = await route.make(self._sources, visit, request.path_params.get("name", ""))
        except BadQueryError as wrong:
            page = message_page(BAD_QUERY, (wrong.text,), visit.context, status=400, hint=_FROM_MENU)
        except SetupError as failed:
            page = message_page(STORE_FAILED, (failed.text,), visit.context, status=503, hint=failed.hint or _LOG)
        except Exception as error:  # noqa: BLE001  # after any error, other pages are still shown
            log_event("console-page-failed", level="error", page=route.path, error=type(error).__name__)
            page = message_page(INTERNAL, (), visit.context, status=500, hint=_LOG)
        return self._shown(page or _nowhere(visit), visit, visitor)

    async def style(self, request: Request) -> Response:
        return style_response(request)

    async def not_found(self, request: Request) -> Response:
        visitor = self._access.visitor(request)
        if visitor is None:
            return self._not_signed_in(request)
        visit = visit_of(request, self._clock)
        return self._shown(_nowhere(visit), visit, visitor)

    async def refused_by_framework(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        visit = visit_of(request, self._clock)
        return self._shown(message_page(NOT_FOUND, (), visit.context, status=status), visit, None)

    def _not_signed_in(self, request: Request) -> Response:
        """To the form where there is one; else only the proxy can say who it is."""
        if self._access.takes_tokens:
            return redirect(sign_in_address(request))
        visit = visit_of(request, self._clock)
        hint = msg("Open the console through the proxy that signs you in (`console.proxy`)")
        return self._shown(message_page(NO_USER, (), visit.context, status=403, hint=hint), visit, None)

    def _shown(self, page: ConsolePage, visit: PageVisit, visitor: Visitor | None) -> Response:
        return page_response(page, visit, self._options.fleet, visitor)


def _nowhere(visit: PageVisit) -> ConsolePage:
    return message_page(NOT_FOUND, (), visit.context, status=404, hint=_FROM_MENU)


_FROM_MENU = msg("Choose a page from the menu")
_LOG = msg("Look at the messages of the console's process")
