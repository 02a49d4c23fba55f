"""The codes of problem documents, each with its status, as `docs/backend.md` lists them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

STATUS_OF_PROBLEM: Final[Mapping[str, int]] = MappingProxyType(
    {
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
)
"""Every refusal of the contract. `INTERNAL_ERROR` is none: how far the backend came is not known."""
