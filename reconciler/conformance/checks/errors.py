"""Refusals: problem documents, their codes, and requests that cannot be read."""

from __future__ import annotations

import json
from typing import Any, Final

from reconciler.conformance.announced_body import announce_body
from reconciler.conformance.answers import PROBLEM_MEDIA_TYPE, BackendAnswer, expect_problem, expect_value
from reconciler.conformance.client import Unanswered, path_of_shop
from reconciler.conformance.kit import Kit
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shapes import Fits, expect_shape, is_text
from reconciler.conformance.shop_state import PARTS, PAYMENT, SETTINGS
from reconciler.conformance.verdicts import ClauseNotChecked, named_value
from reconciler.core.conformance.problem_codes import STATUS_OF_PROBLEM
from reconciler.core.diagnostics.messages import msg

_LARGE: Final = 4 * 1024 * 1024


def _are_errors(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and all(isinstance(each.get(key), str) for key in ("field", "code", "message"))
        for each in value
    )


_SHAPE: Final[dict[str, Fits]] = {
    "type": is_text,
    "title": is_text,
    "status": lambda value: type(value) is int,
    "code": is_text,
    "detail": lambda value: isinstance(value, str),
    "errors": _are_errors,
}


def _refusals(kit: Kit) -> list[BackendAnswer]:
    found = [answer for answer in kit.client.answers if answer.status >= 400]
    if not found:
        raise ClauseNotChecked(msg("no request was refused"))
    return found


@checks_clause("K401")
async def _problem_documents(kit: Kit) -> None:
    """Of all answers so far: it is checked last."""
    for answer in _refusals(kit):
        if answer.media_type != PROBLEM_MEDIA_TYPE:
            raise answer.broken(
                msg("`{media_type}`", media_type=PROBLEM_MEDIA_TYPE),
                msg("{answer}, `{media_type}`", answer=answer.described, media_type=answer.media_type),
            )
        expect_shape(answer, _SHAPE, answer.body)
        expect_value(answer, "status", answer.status, answer.body["status"])


@checks_clause("K402")
async def _codes(kit: Kit) -> None:
    """Of all answers so far: it is checked last."""
    for answer in _refusals(kit):
        status = STATUS_OF_PROBLEM.get(answer.problem_code or "")
        if status is not None and status != answer.status:
            raise answer.broken(msg("status {status}", status=status))


@checks_clause("K403")
async def _fields(kit: Kit) -> None:
    for field, value in (("noSuchKey", True), ("preOrder", "false")):
        answer = expect_problem(await kit.patch(kit.shop, PAYMENT, {field: value}), "VALIDATION_ERROR")
        errors = answer.body.get("errors")
        names = [each.get("field") for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
        if field not in names:
            raise answer.broken(msg("`errors` names `{field}`", field=field), named_value("errors", names))


@checks_clause("K404")
async def _no_json(kit: Kit) -> None:
    expect_problem(await _raw(kit, PAYMENT, b'{"preOrder": '), "VALIDATION_ERROR")


@checks_clause("K405")
async def _duplicate_keys(kit: Kit) -> None:
    for route, name in ((PAYMENT, "preOrder"), (SETTINGS, "notificationEmail")):
        present = (await kit.resource(kit.shop, route)).body.get(name)
        if present is not None:
            pair = f"{json.dumps(name)}: {json.dumps(present)}"
            expect_problem(await _raw(kit, route, f"{{{pair}, {pair}}}".encode()), "DUPLICATE_KEY")


@checks_clause("K406")
async def _large_body(kit: Kit) -> None:
    """First only announced: that answer cannot be lost."""
    tag = (await kit.resource(kit.shop, PARTS)).etag
    headers = {
        "Authorization": f"Bearer {kit.client.token}",
        "X-SHOP-KEY": kit.shop,
        "If-Match": tag,
        "Content-Type": "application/json",
    }
    path = path_of_shop(kit.shop, PARTS)
    announced = await announce_body(kit.client.backend.url, "PATCH", path, headers, _LARGE)
    if announced is not None:
        expect_problem(announced, "BODY_TOO_LARGE")
        return
    body = {"parts": [{"part": "NO_SUCH_PART", "label": "x" * _LARGE}]}
    try:
        answer = await kit.patch(kit.shop, PARTS, body)
    except Unanswered:
        raise ClauseNotChecked(msg("the connection was closed while the body was sent")) from None
    if answer.status == 422:
        raise ClauseNotChecked(msg("the backend reads {count} bytes", count=_LARGE))
    expect_problem(answer, "BODY_TOO_LARGE")


@checks_clause("K407")
async def _retry_after(kit: Kit) -> None:
    """Of all answers so far: it is checked last."""
    found = [answer for answer in kit.client.answers if answer.status == 429]
    if not found:
        raise ClauseNotChecked(msg("no request was answered with 429"))
    for answer in found:
        if not answer.headers.get("retry-after", "").isdigit():
            raise answer.broken(msg("`Retry-After` in seconds"))


async def _raw(kit: Kit, route: str, content: bytes) -> BackendAnswer:
    tag = (await kit.resource(kit.shop, route)).etag
    return await kit.client.send(
        "PATCH", path_of_shop(kit.shop, route), kit.shop, content=content, headers={"If-Match": tag}
    )
