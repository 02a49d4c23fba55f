"""What keeps a browser's session apart from other people's pages: cookies, CSRF tokens, the origin of a post.

A CSRF token is derived from the session's token, so nothing is stored for it. A visitor who is not signed in has a token of
no meaning, which sign-in replaces: a session that somebody planted is worth nothing.
"""

import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

COOKIE: Final = "reconciler_admin"
CSRF_FIELD: Final = "csrf"


def cookie_of(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def new_visitor() -> str:
    return secrets.token_urlsafe(32)


def csrf_token(cookie: str) -> str:
    return hmac.new(cookie.encode("utf-8", "surrogatepass"), b"csrf", hashlib.sha256).hexdigest()


def is_genuine(request: Request, token: str) -> bool:
    """Was this form made by a page of ours, for this browser?"""
    cookie = cookie_of(request)
    sent = token.encode("utf-8", "replace")
    return bool(cookie) and hmac.compare_digest(csrf_token(cookie).encode(), sent) and _same_origin(request)


def set_cookie(response: Response, request: Request, token: str) -> None:
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="lax", path="/admin", secure=request.url.scheme == "https"
    )


def clear_cookie(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/admin", httponly=True, samesite="lax")


def is_local_path(path: str) -> bool:
    """An address of these pages, to go on to after signing in; nothing of another host."""
    parts = urlsplit(path) if path.isprintable() and "\\" not in path else None
    return parts is not None and not parts.scheme and not parts.netloc and parts.path.startswith("/admin/")


def _same_origin(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
