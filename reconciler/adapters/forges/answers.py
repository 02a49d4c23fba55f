"""What an answer of a forge means: whether to ask again and after how long, and which error it is. Pure.

429, and 403 with a sign of a rate limit: the request had no effect; wait as long as the forge says. 5xx and no answer: ask again
a few times, where repeating does no harm. Anything else is final.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from reconciler.adapters.forges.json_values import objects_of, text_at
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.lib.backoff import backoff
from reconciler.lib.frozen_class import frozen
from reconciler.ports.ci.forge import ForgeError

_TRIES: Final = 3
_FIRST: Final = 1.0
_LONGEST: Final = 20.0
_SECONDARY: Final = 60.0
"""What GitHub asks for where a secondary limit names no time."""
_MOST_QUOTED: Final = 160
_MAX_DIGITS: Final = 9
_UNAUTHORISED: Final = 401
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_TOO_MANY: Final = 429
_SERVER_FAULT: Final = 500


@frozen
class Answer:
    """`body` is JSON; `readable` False: it was none, or too large. Names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: Any
    readable: bool = True


@frozen
class NoAnswer:
    """`sent` False: the request certainly did not arrive."""

    why: Message
    sent: bool


def retry_wait(outcome: Answer | NoAnswer, tries: int, now: datetime, *, repeatable: bool) -> float | None:
    """Seconds to wait before the next attempt; None: there is no point in one."""
    if tries >= _TRIES:
        return None
    pause = backoff(tries, first=_FIRST, longest=_LONGEST)
    if isinstance(outcome, NoAnswer):
        return pause if repeatable or not outcome.sent else None
    if _is_limit(outcome):
        return max(_asked_wait(outcome, now) or _SECONDARY, pause)
    if outcome.status >= _SERVER_FAULT and repeatable:
        return max(_asked_wait(outcome, now) or 0.0, pause)
    return None


def answer_error(name: str, outcome: Answer | NoAnswer) -> ForgeError:
    if isinstance(outcome, NoAnswer):
        text = msg("{request}: {why}", request=name, why=outcome.why)
        return ForgeError(text, code=codes.FORGE_UNREACHABLE, hint=_LATER)
    said = _quoted(outcome)
    text = msg("{request}: the forge answered {status}: {said}", request=name, status=outcome.status, said=said)
    if not said:
        text = msg("{request}: the forge answered {status}", request=name, status=outcome.status)
    if _is_limit(outcome):
        return ForgeError(text, code=codes.FORGE_LIMITED, hint=_LATER, status=outcome.status)
    if outcome.status in {_UNAUTHORISED, _FORBIDDEN}:
        return ForgeError(text, code=codes.FORGE_DENIED, hint=_RIGHTS, status=outcome.status)
    if outcome.status == _NOT_FOUND:
        return ForgeError(text, code=codes.FORGE_DENIED, hint=_HIDDEN, status=outcome.status)
    if outcome.status >= _SERVER_FAULT:
        return ForgeError(text, code=codes.FORGE_UNREACHABLE, hint=_LATER, status=outcome.status)
    return ForgeError(text, code=codes.FORGE_REFUSED, hint=_RENAMED, status=outcome.status)


def too_many_pages(name: str, count: int) -> ForgeError:
    text = msg("{request}: more than {count} entries, so the search was stopped", request=name, count=count)
    return ForgeError(text, code=codes.FORGE_REFUSED, hint=_RENAMED)


def listed(name: str, answer: Answer) -> Sequence[dict[str, Any]]:
    """The objects of a list. Raises ForgeError for any other answer: a page of a proxy does not say that there are none."""
    if not isinstance(answer.body, list):
        raise unexpected_answer(name, "[]")
    return objects_of(answer.body)


def waits_too_long(name: str, seconds: float) -> ForgeError:
    text = msg("{request}: the forge asks to wait {seconds} seconds", request=name, seconds=round(seconds))
    return ForgeError(text, code=codes.FORGE_LIMITED, hint=_LATER)


def unexpected_answer(name: str, missing: str) -> ForgeError:
    text = msg("{request}: the answer contains no usable `{part}`", request=name, part=missing)
    return ForgeError(text, code=codes.FORGE_UNEXPECTED, hint=_NEWER)


_LATER: Final = msg("Run the job again later; nothing is lost, since it plans again")
_RIGHTS: Final = msg("Give the job's token the rights that docs/ci.md lists; `doctor ci` checks them")
_HIDDEN: Final = msg("Check that the token may read the repository: a forge also answers so where a right is missing")
_RENAMED: Final = msg("Check the limits and settings of the repository; docs/ci.md lists what is sent")
_NEWER: Final = msg("Check that the API's address is that of the forge itself, and not of a proxy in front of it")


def _is_limit(answer: Answer) -> bool:
    """GitHub answers a secondary limit with 403 or 429, and says so by a header or in its words."""
    if answer.status == _TOO_MANY:
        return True
    if answer.status != _FORBIDDEN:
        return False
    used_up = answer.headers.get("x-ratelimit-remaining") == "0"
    return used_up or "retry-after" in answer.headers or "rate limit" in (text_at(answer.body, "message") or "").lower()


def _asked_wait(answer: Answer, now: datetime) -> float | None:
    """Seconds, from Retry-After (RFC 9110 10.2.3) or the time at which the limit ends; None where neither makes sense."""
    header = answer.headers.get("retry-after", "").strip()
    if header.isascii() and header.isdigit():
        return float(header) if len(header) <= _MAX_DIGITS else float("inf")
    if header:
        return _until(header, now)
    reset = answer.headers.get("x-ratelimit-reset", answer.headers.get("ratelimit-reset", ""))
    if (
        answer.headers.get("x-ratelimit-remaining", answer.headers.get("ratelimit-remaining")) == "0"
        and reset.isdigit()
    ):
        return max(0.0, float(reset[: _MAX_DIGITS + 3]) - now.timestamp())
    return None


def _until(date: str, now: datetime) -> float | None:
    try:
        when = parsedate_to_datetime(date)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds())


def _quoted(answer: Answer) -> str:
    """GitHub's `message`, GitLab's `message` or `error`: one short line, without what may be a secret."""
    said = text_at(answer.body, "message") or text_at(answer.body, "error") or ""
    line = " ".join("".join(c if c.isprintable() else " " for c in redact(said)).split())
    return line if len(line) <= _MOST_QUOTED else f"{line[: _MOST_QUOTED - 1]}…"
