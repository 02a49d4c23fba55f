"""An answer of the backend, and what a clause expects of it. Each `expect_...` returns, or raises `ClauseBroken`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from reconciler.conformance.verdicts import ClauseBroken, named_value
from reconciler.core.conformance.problem_codes import STATUS_OF_PROBLEM
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
STRONG_TAG: Final = re.compile(r'"[!#-~]+"')


@frozen
class BackendAnswer:
    """`request` is `METHOD path?query`; no header and no body of it. `body` is None for what is no JSON. `seconds` is how long it
    took. `duplicate_key`: a JSON object in it has a key twice.
    """

    request: str
    status: int
    headers: Mapping[str, str]
    text: str
    body: Any
    seconds: float
    duplicate_key: bool = False

    @property
    def etag(self) -> str:
        return self.headers.get("etag", "")

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def problem_code(self) -> str | None:
        code = self.body.get("code") if isinstance(self.body, dict) and self.status >= 400 else None
        return code if isinstance(code, str) else None

    @property
    def described(self) -> Message:
        """Status and code, for people."""
        if self.problem_code is None:
            return msg("status {status}", status=self.status)
        return msg("{status} `{code}`", status=self.status, code=self.problem_code)

    def broken(self, expected: Message, found: Message | None = None) -> ClauseBroken:
        return ClauseBroken(self.request, expected, self.described if found is None else found)


def expect_status(answer: BackendAnswer, *statuses: int) -> BackendAnswer:
    if answer.status not in statuses:
        raise answer.broken(msg("status {status}", status=" / ".join(map(str, statuses))))
    return answer


def expect_problem(answer: BackendAnswer, *codes: str) -> BackendAnswer:
    """Refused with one of these codes and its status."""
    if answer.problem_code not in codes or answer.status != STATUS_OF_PROBLEM[answer.problem_code]:
        written = " / ".join(f"{STATUS_OF_PROBLEM[code]} {code}" for code in codes)
        raise answer.broken(msg("`{code}`", code=written))
    return answer


def expect_value(answer: BackendAnswer, name: str, expected: Any, found: Any) -> None:
    if expected != found or type(expected) is not type(found):
        raise answer.broken(named_value(name, expected), named_value(name, found))


def expect_keys(answer: BackendAnswer, expected: Mapping[str, Any], found: Any, but: Collection[str] = ()) -> None:
    """All keys of an object have these values, except for those that may differ."""
    if not isinstance(found, dict):
        raise answer.broken(msg("a JSON object"))
    for name, value in expected.items():
        if name not in but:
            expect_value(answer, name, value, found.get(name))


def expect_new_version(answer: BackendAnswer, before: str) -> None:
    if not answer.etag or answer.etag == before:
        raise answer.broken(msg("another `ETag` than {tag}", tag=before), _tag(answer))


def expect_version(answer: BackendAnswer, expected: str) -> None:
    if answer.etag != expected:
        raise answer.broken(msg("`ETag` {tag}", tag=expected), _tag(answer))


def expect_strong_version(answer: BackendAnswer) -> None:
    if not STRONG_TAG.fullmatch(answer.etag):
        raise answer.broken(msg("a strong `ETag`"), _tag(answer))


def _tag(answer: BackendAnswer) -> Message:
    return msg("`ETag` {tag}", tag=answer.etag) if answer.etag else msg("no `ETag`")
