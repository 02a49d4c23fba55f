"""Signing in with a token, and out again."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from reconciler.console.access.access_control import AccessControl
from reconciler.console.http.query import page_address
from reconciler.console.markup import Frame
from reconciler.console.pages.messages import NO_USER, TOO_OFTEN, message_page, token_page
from reconciler.console.responses import local_address, page_response, redirect, visit_of
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.ports import Clock

LONGEST_FORM: Final = 8_192
"""Bytes."""
_FORM_TYPE: Final = "application/x-www-form-urlencoded"
_WRONG: Final = msg("This is not the token. Check it and try again.")
_OLD_FORM: Final = msg("The form was not sent by this page, or it is too old. Try again.")
_WAIT: Final = msg("Wait, then try again. Seconds to wait: {seconds}")


class SignInPages:
    def __init__(self, fleet: str, access: AccessControl, clock: Clock) -> None:
        self._fleet = fleet
        self._access = access
        self._clock = clock

    async def sign_in(self, request: Request) -> Response:
        if not self._access.takes_tokens:
            return self._without_tokens(request)
        if request.method == "POST":
            return await self._try(request)
        wanted = local_address(request.query_params.get("next", "/"))
        if self._access.visitor(request) is not None:
            return redirect(wanted)
        return self._form(request, wanted, None, 200)

    async def sign_out(self, request: Request) -> Response:
        fields = await _fields(request) if request.method == "POST" else {}
        response = redirect("/sign-in" if self._access.takes_tokens else "/")
        if self._access.is_own_sign_out(request, fields.get("csrf", "")):
            self._access.sign_out(request, response)
        return response

    async def _try(self, request: Request) -> Response:
        fields = await _fields(request)
        wanted = local_address(fields.get("next", "/"))
        wait = self._access.wait(request)
        if wait:
            return self._blocked(request, wait)
        if not self._access.is_own_sign_in(request, fields.get("csrf", "")):
            return self._form(request, wanted, _OLD_FORM, 403)
        if not self._access.is_token(request, fields.get("token", "")):
            return self._form(request, wanted, _WRONG, 403)
        response = redirect(wanted)
        self._access.sign_in(request, response)
        return response

    def _form(self, request: Request, wanted: str, wrong: Message | None, status: int) -> Response:
        visit = visit_of(request, self._clock)
        cookie, token = self._access.form_cookie(request)
        page = token_page(visit.context, wrong, status)

        def with_form(frame: Frame) -> Frame:
            switch = page_address(("sign-in",), {"next": wanted, "lang": frame.other})
            return replace(frame, sign_in=token, next=wanted, switch=switch)

        response = page_response(page, visit, self._fleet, None, with_form)
        self._access.give_form_cookie(request, response, cookie)
        return response

    def _blocked(self, request: Request, seconds: int) -> Response:
        visit = visit_of(request, self._clock)
        hint = Message(_WAIT.template, (("seconds", seconds),))
        page = message_page(TOO_OFTEN, (), visit.context, status=429, hint=hint)
        response = page_response(page, visit, self._fleet, None)
        response.headers["retry-after"] = str(seconds)
        return response

    def _without_tokens(self, request: Request) -> Response:
        if self._access.visitor(request) is not None:
            return redirect("/")
        visit = visit_of(request, self._clock)
        return page_response(message_page(NO_USER, (), visit.context, status=403), visit, self._fleet, None)


async def _fields(request: Request) -> dict[str, str]:
    """Of a form, each field once; nothing where it is too long or no form."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM_TYPE:
        return {}
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            return {}
    try:
        sent = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=10, errors="strict")
    except ValueError:
        return {}
    return {name: values[0] for name, values in sent.items() if len(values) == 1}
