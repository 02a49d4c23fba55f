"""Where the next page begins: opaque text, and an absolute `nextUrl`.

In: the last key of a page. Out: the present request's own URL with another `cursor`, so that a client's filters go on.
"""

import base64
import binascii

from starlette.requests import Request

from reconciler.embedded.problems import Problem, refuse_field


def write(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def read(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _not_ours() from error


def read_number(cursor: str) -> int:
    text = read(cursor)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _not_ours()
    return int(text)


def next_url(request: Request, last: str) -> str:
    return str(request.url.include_query_params(cursor=write(last)))


def _not_ours() -> Problem:
    return refuse_field("VALIDATION_ERROR", "cursor", "this is no cursor of ours: take nextUrl as it was answered")
