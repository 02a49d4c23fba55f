"""Answers that went well, as responses: compact JSON, always with an entity tag.

Bodies are written as they are: their shapes are checked by mypy and by the contract tests, not once more at run time.
"""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from reconciler.embedded import etags


def reply(body: Mapping[str, Any], version: str, status: int = 200) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, headers={"ETag": etags.quoted(version)}, media_type="application/json")


def reply_to_read(body: Mapping[str, Any], version: str, if_none_match: str | None) -> Response:
    """The body, or 304 for a reader who holds this version."""
    if etags.is_fresh(if_none_match, version):
        return Response(status_code=304, headers={"ETag": etags.quoted(version)})
    return reply(body, version)
