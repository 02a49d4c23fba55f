"""What the problem codes of the backend contract mean, so that a refusal is readable in the reader's language.

In: a code of docs/backend.md. Out: a sentence. The adapter quotes the own sentence of the backend beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg

REQUEST_PROBLEMS: Final[Mapping[str, Message]] = {
    "DUPLICATE_KEY": msg("a key occurs twice in the body"),
    "INVALID_CLIENT": msg("the client id or the client secret is wrong"),
    "INVALID_TOKEN": msg("the access token is unknown or has expired"),
    "SHOP_KEY_MISMATCH": msg("this client may not do this for this shop"),
    "SHOP_NOT_FOUND": msg("no shop has this shop key"),
    "NOT_FOUND": msg("not found"),
    "METHOD_NOT_ALLOWED": msg("this method is not allowed here"),
    "NOT_ENTITLED": msg("the shop has not applied for this feature"),
    "TOKEN_PRE_SET": msg("Amazon holds this token; it cannot be changed"),
    "IDEMPOTENCY_KEY_REUSED": msg("the Idempotency-Key was used for another request"),
    "ORDER_CANCELLED": msg("a cancelled order cannot be marked as paid"),
    "PRECONDITION_FAILED": msg("the resource was changed since it was read"),
    "FENCE_OUTDATED": msg("another run holds a newer lease of this shop"),
    "BODY_TOO_LARGE": msg("the body of the request is too large"),
    "VALIDATION_ERROR": msg("the request is invalid"),
    "DERIVED_FIELD": msg("this field follows another one and cannot be written"),
    "UNKNOWN_PART": msg("unknown system part"),
    "AMAZON_API_ERROR": msg("Amazon does not accept these values; nothing was written"),
    "SHOP_OPEN": msg("this can be changed only while the shop is closed (要閉店)"),
    "PRECONDITION_REQUIRED": msg("If-Match is missing"),
    "TOO_MANY_REQUESTS": msg("too many requests"),
    "INTERNAL_ERROR": msg("internal error of the backend"),
    "MAINTENANCE": msg("the platform is under maintenance"),
}
"""Of a refused request."""

FIELD_PROBLEMS: Final[Mapping[str, Message]] = {
    **REQUEST_PROBLEMS,
    "UNKNOWN_KEY": msg("unknown key"),
    "MISSING": msg("missing"),
    "INVALID_JSON": msg("not valid JSON"),
    "INVALID": msg("invalid value"),
    "VALIDATION_ERROR": msg("invalid value"),
    "AMAZON_API_ERROR": msg("Amazon does not know this value"),
    "ACCESS_REVOKED": msg("Amazon revoked the access to this seller"),
    "OTHER_SELLER": msg("this client id belongs to another seller"),
    "TOKEN_REVOKED": msg("Amazon revoked this token"),
}
"""Of one field of a refused request."""
