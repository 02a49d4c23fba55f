"""Whether an answer is a refusal of the contract (docs/backend.md, "Rules for all routes").

In: an answer and its body. Out: yes or no. Only such a refusal can say that a write did not take place: a proxy, a gateway or a
firewall may answer with any status after the backend acted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reconciler.adapters.backend.http.messages import RawResponse

MEDIA_TYPE: Final = "application/problem+json"
STATUS_OF_CODE: Final[Mapping[str, int]] = {
    "DUPLICATE_KEY": 400,
    "INVALID_CLIENT": 401,
    "INVALID_TOKEN": 401,
    "SHOP_KEY_MISMATCH": 403,
    "SHOP_NOT_FOUND": 404,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ENTITLED": 409,
    "TOKEN_PRE_SET": 409,
    "IDEMPOTENCY_KEY_REUSED": 409,
    "ORDER_CANCELLED": 409,
    "PRECONDITION_FAILED": 412,
    "FENCE_OUTDATED": 412,
    "BODY_TOO_LARGE": 413,
    "VALIDATION_ERROR": 422,
    "DERIVED_FIELD": 422,
    "UNKNOWN_PART": 422,
    "AMAZON_API_ERROR": 422,
    "SHOP_OPEN": 423,
    "PRECONDITION_REQUIRED": 428,
    "TOO_MANY_REQUESTS": 429,
    "MAINTENANCE": 503,
}
"""Every refusal of the contract. `INTERNAL_ERROR` is none: how far the backend came is not known."""


def is_refusal(answer: RawResponse, body: object) -> bool:
    """Whether the backend itself refused the request: a problem document with a code of the contract and that code's status."""
    if answer.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        return False
    if not isinstance(body, Mapping):
        return False
    code: Any = body.get("code")
    return isinstance(code, str) and STATUS_OF_CODE.get(code) == answer.status
