"""The meaning of a response: an `ApiResponse`, or one of the errors of `ports`. The one place that translates from the wire.

In: a call and its result. Out: values; the caller decides whether to raise or retry. No body is quoted: only a
problem's title, detail and code, and those only as `quoting` allows.

    2xx, an asked-for 304  Reply                401            Unauthorised     404 SHOP_NOT_FOUND   ShopUnknown
    2xx status: failed     by its code          412            Conflict         429                  Throttled
    3xx                    Unexpected           423            Locked           other 4xx            Rejected
    503 MAINTENANCE        Maintenance          502 503 504    Unreachable      500, anything else   Unexpected
    412 FENCE_OUTDATED     LeaseSuperseded

A write certainly did not take place only if the response is a refusal of the contract (`problems.is_refusal`). After any other
error, with any status, it is unknown: a gateway may have answered after the backend acted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.adapters.backend.http.hints import GATEWAY_HINT, error_hint, no_response_hint
from reconciler.adapters.backend.http.messages import ApiRequest, ApiResponse, NoResponse, RawResponse
from reconciler.adapters.backend.http.problems import is_refusal
from reconciler.adapters.backend.http.redact import contains_secret, quote_beside
from reconciler.core.diagnostics.backend_problems import FIELD_PROBLEMS, REQUEST_PROBLEMS
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import contains_credential, redact
from reconciler.core.values import Secret, ShopKey
from reconciler.lib import strict_json
from reconciler.lib.frozen_class import frozen
from reconciler.ports import (
    BackendError,
    BackendMaintenance,
    Conflict,
    LeaseSuperseded,
    Locked,
    RefusedField,
    Rejected,
    ShopUnknown,
    Throttled,
    Unauthorised,
    Unexpected,
    Unreachable,
)

VERSION: Final = re.compile(r"[\x21\x23-\x7e]{1,200}")
"""What may be between the quotes of an ETag (RFC 9110 8.8.3), ASCII only and of limited length."""

_ETAG: Final = re.compile(f'(?:W/)?"({VERSION.pattern})"')
_FIELD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}")
_FIELDS: Final = 10
_REASON: Final = re.compile(r"[A-Z][A-Z0-9_]{1,63}")
_REQUEST_ID: Final = re.compile(r"[\x21-\x7e]{1,100}")
_GOOD: Final = frozenset({200, 201})
_NOT_MODIFIED: Final = 304
_UNAVAILABLE: Final = frozenset({502, 503, 504})
_NOT_JSON: Final = msg("the answer is not JSON")


def interpret(call: ApiRequest, answer: RawResponse, secrets: tuple[Secret, ...]) -> ApiResponse | BackendError:
    request_id = _request_id(answer, secrets)
    if answer.status == _NOT_MODIFIED and call.cached_version is not None:
        return ApiResponse(json={}, version=call.cached_version, request_id=request_id, not_modified=True)
    body = _parsed(answer)
    if answer.status in _GOOD and not isinstance(body, Mapping):
        return unexpected(call, body, request_id=request_id)
    if answer.status in _GOOD and isinstance(body, Mapping) and body.get("status") != "failed":
        return ApiResponse(json=body, version=_version(answer), request_id=request_id)
    refused = _refused(call, answer, body, _About.of(call, answer, _problem(body, secrets), request_id))
    refused.refused_fields = tuple(_refused_fields(body, secrets))
    return refused


def no_response_error(call: ApiRequest, silence: NoResponse, root: str) -> Unreachable:
    """`root` is the address in the settings."""
    text = msg("{request} to {address}: {why}", request=call.name, address=redact(root), why=silence.why)
    error = Unreachable(text, request=call.name, happened=call.happened if silence.sent else False)
    error.hint = no_response_hint(root)
    return error


def unexpected(call: ApiRequest, why: Message, *, request_id: str | None = None) -> Unexpected:
    """The request was answered, but with something that cannot be understood."""
    text = msg("{request}: {why}", request=call.name, why=why)
    return Unexpected(text, request=call.name, request_id=request_id, happened=call.happened)


def retry_exhausted_error(error: BackendError, seconds: float | None, patience: float) -> BackendError:
    """The same error, telling how long the backend wanted us to wait."""
    if seconds is None or not isinstance(error, Throttled | Unreachable):
        return error
    text = msg(
        "{error}; it asks to wait {seconds} s, and the limit is {patience} s",
        error=error.text,
        seconds=int(min(seconds, 10**9)),
        patience=int(patience),
    )
    restated = type(error)(text, request=error.request, request_id=error.request_id, happened=error.happened)
    restated.retry_after, restated.hint = seconds, error.hint
    return restated


def copy_error(error: BackendError) -> BackendError:
    """An equal error without traceback or context, to be raised elsewhere."""
    if isinstance(error, Rejected):
        return type(error)(
            error.text,
            reason=error.reason,
            request=error.request,
            request_id=error.request_id,
            happened=error.happened,
        )
    restated = type(error)(error.text, request=error.request, request_id=error.request_id, happened=error.happened)
    restated.retry_after, restated.hint = error.retry_after, error.hint
    return restated


def _parsed(answer: RawResponse) -> Mapping[str, Any] | Message:
    """The JSON object, or an error in its place."""
    if answer.json is not None:
        return answer.json
    if answer.fault is not None:
        return answer.fault
    if not answer.body:
        return msg("the answer is empty")
    try:
        value = strict_json.loads(answer.body)
    except strict_json.DuplicateKey:
        return msg("the answer repeats a key within one object")
    except UnicodeDecodeError:
        return msg("the answer is not UTF-8")
    except RecursionError:
        return msg("the answer is nested too deeply")
    except ValueError:
        return _html(answer) or _NOT_JSON
    return value if isinstance(value, Mapping) else msg("the answer is not a JSON object")


def _html(answer: RawResponse) -> Message | None:
    start = answer.body[:200].lstrip().lower()
    return msg("the answer is a web page, not JSON") if start.startswith((b"<!doctype", b"<html", b"<")) else None


def _version(answer: RawResponse) -> str | None:
    """A proxy that compresses makes a strong ETag weak; the version it names is the same."""
    match = _ETAG.fullmatch(answer.headers.get("etag", "").strip())
    return match[1] if match and is_version(match[1]) else None


def is_version(text: str) -> bool:
    """Versions are shown and stored; one that contains a credential is not accepted."""
    return VERSION.fullmatch(text) is not None and not contains_credential(text)


def _request_id(answer: RawResponse, secrets: tuple[Secret, ...]) -> str | None:
    given = answer.headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) and _may_be_shown(given, secrets) else None


def _may_be_shown(word: str, secrets: tuple[Secret, ...]) -> bool:
    """Words that backends make up, such as ids, look random: only the forms of credentials speak against them."""
    return not contains_credential(word) and not contains_secret(word, secrets)


@frozen
class _Problem:
    """`reason` is the backend's code, "" where it gave none that looks like one."""

    reason: str
    words: Message


def _problem(body: Mapping[str, Any] | Message, secrets: tuple[Secret, ...]) -> _Problem:
    if isinstance(body, Message):
        return _Problem(reason="", words=body)
    errors = body.get("errors")
    first = next((e for e in errors if isinstance(e, Mapping)), {}) if isinstance(errors, list) else {}
    code = body.get("code") or first.get("code")
    words = body.get("detail") or first.get("message") or body.get("title")
    known = isinstance(code, str) and _REASON.fullmatch(code) and _may_be_shown(code, secrets)
    reason = str(code) if known else ""
    return _Problem(reason=reason, words=quote_beside(REQUEST_PROBLEMS.get(reason), words, secrets))


def _refused_fields(body: Mapping[str, Any] | Message, secrets: tuple[Secret, ...]) -> Iterator[RefusedField]:
    """The fields that a problem document names, each with what its code means and the backend's words."""
    errors = None if isinstance(body, Message) else body.get("errors")
    for each in errors[:_FIELDS] if isinstance(errors, list) else ():
        name = each.get("field") if isinstance(each, Mapping) else None
        if isinstance(name, str) and _FIELD.fullmatch(name) and _may_be_shown(name, secrets):
            problem = FIELD_PROBLEMS.get(str(each.get("code")))
            yield RefusedField(name=name, words=quote_beside(problem, each.get("message"), secrets))


@frozen
class _About:
    """What every error about one answer is made of."""

    text: Message
    code: str
    reason: str
    request: str
    request_id: str | None

    @classmethod
    def of(cls, call: ApiRequest, answer: RawResponse, problem: _Problem, request_id: str | None) -> _About:
        code = problem.reason or f"HTTP_{answer.status}"
        text = msg("{request}: {code}: {words}", request=call.name, code=code, words=problem.words)
        return cls(text=text, code=code, reason=problem.reason, request=call.name, request_id=request_id)

    def made(self, kind: type[BackendError], *, happened: bool | None) -> BackendError:
        return kind(self.text, request=self.request, request_id=self.request_id, happened=happened)

    def rejected(self, *, happened: bool | None) -> Rejected:
        kind, text = Rejected, self.text
        if self.reason == "SHOP_NOT_FOUND":
            kind, text = ShopUnknown, msg("Unknown shop key ({answer})", answer=self.text)
        return kind(text, reason=self.code, request=self.request, request_id=self.request_id, happened=happened)


def _refused(call: ApiRequest, answer: RawResponse, body: Mapping[str, Any] | Message, about: _About) -> BackendError:
    happened = False if is_refusal(answer, body) else call.happened
    plain = _BY_REASON.get(about.reason) or _BY_STATUS.get(answer.status)
    if plain is not None:
        return about.made(plain, happened=happened)
    if answer.status in _GOOD or (400 <= answer.status < 500 and isinstance(body, Mapping)):
        return about.rejected(happened=happened)
    if answer.status in _UNAVAILABLE:
        error = about.made(Unreachable, happened=happened)
        error.hint = GATEWAY_HINT
        return error
    return _strange(call, answer, about)


def _strange(call: ApiRequest, answer: RawResponse, about: _About) -> BackendError:
    if answer.status >= 400:
        return about.made(Unexpected, happened=call.happened)
    if answer.status >= 300:
        why = msg("the answer is a redirect ({status}); redirects are not followed", status=answer.status)
    else:
        why = msg("status {status} is not part of the API", status=answer.status)
    return unexpected(call, why, request_id=about.request_id)


_BY_STATUS: Final[Mapping[int, type[BackendError]]] = {401: Unauthorised, 412: Conflict, 423: Locked, 429: Throttled}
_BY_REASON: Final[Mapping[str, type[BackendError]]] = {
    "MAINTENANCE": BackendMaintenance,
    "TOO_MANY_REQUESTS": Throttled,
    "PRECONDITION_FAILED": Conflict,
    "FENCE_OUTDATED": LeaseSuperseded,
    "SHOP_OPEN": Locked,
    "INVALID_TOKEN": Unauthorised,
    "INVALID_CLIENT": Unauthorised,
}


def error_diagnostic(error: BackendError, shop: ShopKey | None = None) -> Diagnostic:
    """The error as a diagnostic, with a hint."""
    return diagnostic(error.code, error.text, shop=shop, hint=error_hint(error))
