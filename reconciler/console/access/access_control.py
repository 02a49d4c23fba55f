"""Whether a request may see pages: by a session, by the header of a trusted proxy, or because no sign-in is required.

In: a request. Out: a `Visitor`, or None. Sign-in and sign-out are the only things that change anything, and only here.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from reconciler.console.access.caller import Caller, caller_of
from reconciler.console.access.options import ConsoleOptions
from reconciler.console.access.sign_in_attempts import SignInAttempts
from reconciler.console.access.visitor_sessions import VisitorSessions
from reconciler.console.http.cookies import FORM, SESSION, CookieJar, give_cookie, take_cookie
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock


@frozen
class Visitor:
    """`user`: the name that the proxy sent. `sign_out`: the token of the form that ends the session; empty without one."""

    user: str = ""
    sign_out: str = ""


class AccessControl:
    def __init__(self, options: ConsoleOptions, clock: Clock) -> None:
        self._options = options
        self._sessions = VisitorSessions(clock, options.session_time)
        self._attempts = SignInAttempts(clock)
        self._jar = CookieJar()

    def caller(self, request: Request) -> Caller:
        return caller_of(request, self._options.proxy)

    def visitor(self, request: Request) -> Visitor | None:
        user = self.caller(request).user
        if user is not None:
            return Visitor(user=user)
        session = self._jar.read(request, SESSION)
        if self._sessions.knows(session):
            return Visitor(sign_out=self._jar.form_token(session))
        return Visitor() if self._options.open else None

    @property
    def takes_tokens(self) -> bool:
        return self._options.token is not None

    def wait(self, request: Request) -> int:
        """Seconds until this source may try again."""
        return self._attempts.wait(self.caller(request).source)

    def form_cookie(self, request: Request) -> tuple[str, str]:
        """The cookie of the sign-in form, and the token that goes into it."""
        cookie = self._jar.read(request, FORM) or self._jar.new_form_cookie()
        return cookie, self._jar.form_token(cookie)

    def give_form_cookie(self, request: Request, response: Response, cookie: str) -> None:
        give_cookie(response, FORM, cookie, secure=self.caller(request).secure)

    def is_own_sign_in(self, request: Request, csrf: str) -> bool:
        return self._jar.is_own_form(request, self._jar.read(request, FORM), csrf)

    def is_own_sign_out(self, request: Request, csrf: str) -> bool:
        return self._jar.is_own_form(request, self._jar.read(request, SESSION), csrf)

    def is_token(self, request: Request, sent: str) -> bool:
        """Counts a wrong one. How long it takes does not depend on how much of it is right."""
        expected = self._options.token
        source = self.caller(request).source
        if expected is not None and hmac.compare_digest(_digest(expected.reveal()), _digest(sent)):
            self._attempts.forget(source)
            log_event("console-signed-in", source=source)
            return True
        self._attempts.count_wrong(source)
        log_event("console-sign-in-refused", level="warning", source=source)
        return False

    def sign_in(self, request: Request, response: Response) -> None:
        """A new session in any case: one that someone planted is worth nothing."""
        secure = self.caller(request).secure
        self._sessions.end(self._jar.read(request, SESSION))
        give_cookie(response, SESSION, self._sessions.start(), secure=secure, seconds=self._session_seconds)
        take_cookie(response, FORM, secure=secure)

    def sign_out(self, request: Request, response: Response) -> None:
        self._sessions.end(self._jar.read(request, SESSION))
        take_cookie(response, SESSION, secure=self.caller(request).secure)

    @property
    def _session_seconds(self) -> int:
        return int(self._options.session_time.total_seconds())


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
