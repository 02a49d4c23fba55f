"""Refusals: problem documents with a stable code."""

from __future__ import annotations

from typing import Any, Final

STATUS: Final = {
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
    "INTERNAL_ERROR": 500,
    "MAINTENANCE": 503,
}


class Refusal(Exception):
    """The request is refused: nothing was written."""

    def __init__(self, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.status = STATUS[code]
        self.detail = detail
        self.errors = errors or []

    @property
    def document(self) -> dict[str, Any]:
        return {
            "type": f"https://second.example/problems/{self.code.lower()}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "errors": self.errors,
        }


def field(name: str, code: str, message: str) -> dict[str, str]:
    return {"field": name, "code": code, "message": message}


def wrong(name: str, message: str, code: str = "INVALID") -> Refusal:
    return Refusal("VALIDATION_ERROR", f"{name}: {message}", [field(name, code, message)])


def concerning(name: str, code: str, detail: str) -> Refusal:
    """A refusal because of one field."""
    return Refusal(code, detail, [field(name, code, detail)])
