"""What keeps a browser's session apart from other people's pages: cookies, CSRF tokens, the origin of a post.

A CSRF token is derived from the session's token, so nothing is stored for it. A visitor who is not signed in has a token of
no meaning, which sign-in replaces: a session that someone planted is worth nothing.
"""

import hashlib
import hmac
import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from reconciler.lib.frozen_class import frozen

CSRF_FIELD: Final = "csrf"


@frozen
class SessionCookie:
    """The cookie of one application: it is sent to the addresses below `path` only."""

    name: str
    path: str

    def token_of(self, request: Request) -> str:
        """Empty also where the request has several of this name: one of them may have been planted beside ours."""
        sent = (part.partition("=") for header in request.headers.getlist("cookie") for part in header.split(";"))
        alone = sum(key.strip() == self.name for key, _, _ in sent) == 1
        return request.cookies.get(self.name, "") if alone else ""

    def is_genuine(self, request: Request, csrf: str) -> bool:
        """Was this form made by a page of ours, for this browser?"""
        token = self.token_of(request)
        sent = csrf.encode("utf-8", "replace")
        return bool(token) and hmac.compare_digest(csrf_token(token).encode(), sent) and is_same_origin(request)

    def give(self, response: Response, request: Request, token: str) -> None:
        response.set_cookie(
            self.name, token, httponly=True, samesite="lax", path=self.path, secure=request.url.scheme == "https"
        )

    def take_back(self, response: Response) -> None:
        response.delete_cookie(self.name, path=self.path, httponly=True, samesite="lax")


ADMIN_COOKIE: Final = SessionCookie(name="reconciler_admin", path="/admin")
AMAZON_COOKIE: Final = SessionCookie(name="reconciler_amazon", path="/amazon")


def shop_cookie(shop_key: str) -> SessionCookie:
    return SessionCookie(name="reconciler_shop", path=f"/shop/{shop_key}/")


def preview_cookie(shop_key: str) -> SessionCookie:
    return SessionCookie(name="reconciler_preview", path=f"/shop/{shop_key}/")


def new_visitor() -> str:
    return secrets.token_urlsafe(32)


def csrf_token(cookie: str) -> str:
    return hmac.new(cookie.encode("utf-8", "surrogatepass"), b"csrf", hashlib.sha256).hexdigest()


def is_admin_path(path: str) -> bool:
    """An address of the admin screens, to go on to after signing in; nothing of another host."""
    return path.isprintable() and "\\" not in path and path.startswith("/admin/")


def is_same_origin(request: Request) -> bool:
    """A browser names the origin of each post; what names none is no page of another site."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    return origin.partition("://")[2] == request.headers.get("host")
