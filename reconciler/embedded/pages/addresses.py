"""Where a person goes on to: addresses of these pages only, and only such as answer a GET.

In: a request. Out: an address for a browser, ready to be a `Location`. A form may be posted to an address that shows nothing;
after a sign-in, or a reload without its fields, the person comes to the page that the form was on.
"""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from starlette.requests import Request
from starlette.routing import Match
from starlette.types import Scope

_PATH: Final = "/:@!$&'()*+,;=~"


def own_address(request: Request) -> str:
    """The address that was asked for, written as a browser writes it."""
    query = request.scope["query_string"].decode("ascii", "replace")
    path = quote(request.scope["path"], safe=_PATH)
    return f"{path}?{query}" if query else path


def address_after_form(request: Request) -> str:
    """The page that the form was on, as far as the browser says; else the nearest page above the form's address."""
    found = (each for each in (_page_before(request), *_upwards(request)) if each and _shows_a_page(request, each))
    return next(found, request.scope["root_path"] + "/")


def _page_before(request: Request) -> str | None:
    """From `Referer`, which a browser sends along to the same host."""
    scheme, _, rest = request.headers.get("referer", "").partition("://")
    host, slash, path = rest.partition("/")
    return f"/{path}" if scheme and slash and host == request.headers.get("host") else None


def _upwards(request: Request) -> Iterator[str]:
    path = quote(request.scope["path"], safe=_PATH)
    while path.count("/") > 1:
        yield path
        path = path.rpartition("/")[0]


def _shows_a_page(request: Request, address: str) -> bool:
    path = urlsplit(address).path
    if not path.startswith(request.scope["root_path"] + "/"):
        return False
    scope: Scope = {**request.scope, "path": unquote(path), "method": "GET"}
    return any(route.matches(scope)[0] == Match.FULL for route in request.app.routes)
