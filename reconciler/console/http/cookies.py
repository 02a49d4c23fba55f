"""Cookies of the console, and tokens that tie a form to the browser it was made for.

A cookie that comes twice counts as none: one of the two may have been planted.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

SESSION: Final = "reconciler_console"
"""Of a visitor who signed in."""
FORM: Final = "reconciler_console_form"
"""Of a visitor who may sign in: it proves nothing but that the form and its answer come from one browser."""
LANGUAGE_COOKIE: Final = "reconciler_console_language"
CSRF: Final = "csrf"


class CookieJar:
    """Reads and gives cookies. The key of its forms is of this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def read(self, request: Request, name: str) -> str:
        sent = (part.partition("=") for header in request.headers.getlist("cookie") for part in header.split(";"))
        values = [value.strip() for key, _, value in sent if key.strip() == name]
        return values[0] if len(values) == 1 else ""

    def form_token(self, cookie: str) -> str:
        return hmac.new(self._key, cookie.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def is_own_form(self, request: Request, cookie: str, token: str) -> bool:
        """Whether this form was made here, for this browser, and is sent by a page of this origin."""
        sent = token.encode("utf-8", "surrogatepass")
        return bool(cookie) and hmac.compare_digest(self.form_token(cookie).encode(), sent) and _same_origin(request)

    def new_form_cookie(self) -> str:
        return secrets.token_urlsafe(16)


def give_cookie(response: Response, name: str, value: str, *, secure: bool, seconds: int | None = None) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="strict")


def take_cookie(response: Response, name: str, *, secure: bool) -> None:
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")


def _same_origin(request: Request) -> bool:
    """By what the browser says of the page that sent it; browsers without these headers have the cookie's SameSite."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    except ValueError:
        return False
