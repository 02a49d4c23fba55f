"""Answers that went well, as responses: compact JSON, always with an entity tag.

Bodies are written as they are: their shapes are checked by mypy and by the contract tests, not once more at run time.

Where the next page starts: opaque text, and an absolute `nextUrl`.

In: the last key of a page. Out: the present request's own URL with another `cursor`, so that a client's filters are kept.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.problems import Problem, field_problem


def reply(body: Mapping[str, Any], version: str, status: int = 200) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, headers={"ETag": etags.format_etag(version)}, media_type="application/json")


def reply_to_read(body: Mapping[str, Any], version: str, if_none_match: str | None) -> Response:
    """The body, or 304 for a reader who holds this version."""
    if etags.is_fresh(if_none_match, version):
        return Response(status_code=304, headers={"ETag": etags.format_etag(version)})
    return reply(body, version)


def encode_cursor(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _not_ours() from error


def decode_number(cursor: str) -> int:
    text = decode_cursor(cursor)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _not_ours()
    return int(text)


def next_url(request: Request, last: str) -> str:
    return str(request.url.include_query_params(cursor=encode_cursor(last)))


def _not_ours() -> Problem:
    return field_problem("VALIDATION_ERROR", "cursor", "invalid cursor: use nextUrl as returned")
