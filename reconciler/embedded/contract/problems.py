"""Refusals, as problem documents (`application/problem+json`).

In: a `Problem` raised anywhere below a route. Out: its wire form.
A problem never carries a value from a request: only field names and fixed sentences, so no secret can be in it.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import Response
from typing_extensions import TypedDict  # pydantic asks for this one below Python 3.12

MEDIA_TYPE = "application/problem+json"

STATUS_OF_CODE: Mapping[str, int] = {
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


_RENAMED: Mapping[int, str] = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""As RFC 9110 calls them; Python does from 3.13 on."""


def reason_phrase(status: int) -> str:
    return _RENAMED.get(status, HTTPStatus(status).phrase)


class FieldError(TypedDict):
    field: str
    code: str
    message: str


class ProblemBody(TypedDict):
    """A refusal. `code` is stable; `title` and `detail` are for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError]


class Problem(Exception):
    """Raised to refuse a request; the transaction it leaves is rolled back."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        return STATUS_OF_CODE[self.code]

    def body(self) -> ProblemBody:
        return {
            "type": "urn:reconciler:problem:" + self.code.lower().replace("_", "-"),
            "title": reason_phrase(self.status),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "errors": list(self.errors),
        }


def field_problem(code: str, field: str, message: str) -> Problem:
    """A problem about one field."""
    return Problem(code, message, errors=[{"field": field, "code": code, "message": message}])


def internal_error_problem() -> Problem:
    return Problem("INTERNAL_ERROR", "internal error of the backend; whether the request took effect is unknown")


def render(problem: Problem) -> Response:
    # A request may name fields in text that UTF-8 cannot carry (lone surrogates): they are replaced.
    content = json.dumps(problem.body(), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


_CODES = {"extra_forbidden": "UNKNOWN_KEY", "missing": "MISSING", "json_invalid": "INVALID_JSON"}


def shape_problem(errors: Any, derived: frozenset[str]) -> Problem:
    """All that is wrong with a body or a query; names and fixed sentences only, never what was sent."""
    found = [_field_error(each, derived) for each in errors]
    if all(each["code"] == "DERIVED_FIELD" for each in found):
        return Problem("DERIVED_FIELD", "this field follows another one and cannot be written", errors=found)
    return Problem("VALIDATION_ERROR", "the request is invalid", errors=found)


def _field_error(error: Any, derived: frozenset[str]) -> FieldError:
    place = ".".join(str(step) for step in error["loc"] if step not in ("body", "query", "path", "header"))
    code = _CODES.get(error["type"], "INVALID")
    if code == "UNKNOWN_KEY" and place in derived:
        return {
            "field": place,
            "code": "DERIVED_FIELD",
            "message": "this field follows another one and cannot be written",
        }
    return {"field": place, "code": code, "message": error["msg"]}
