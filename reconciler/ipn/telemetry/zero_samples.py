"""The labels with which each counter starts at 0: Prometheus's `increase()` sees an event only if the series existed before it.

Words of closed lists only. What is not listed here, of another version for example, is counted all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import product
from typing import Final

from reconciler.ipn.verify.reasons import AckReason, ProcessingOutcome, RejectionKind, RejectReason
from reconciler.ports.inbox import UNDELIVERED, MailState, MessageStatus
from reconciler.ports.mailer import MailProblem
from reconciler.ports.quarantine import CopySource

_NEVER_ANSWERED: Final = {
    RejectReason.BAD_NOTICE,
    RejectReason.BAD_XML,
    RejectReason.BAD_ID,
    RejectReason.BAD_AMOUNT,
}
"""Of genuine messages: they are stored, and parked by the worker."""

SIGNED_REFUSALS: Final = (
    RejectReason.UNKNOWN_TOPIC,
    RejectReason.OTHER_SELLER,
    RejectReason.OTHER_ENVIRONMENT,
    RejectReason.NOT_CONFIGURED,
    RejectReason.CLASH,
)
"""Why a message with a valid signature is refused. It is answered 503 where it may be one of ours."""

KEPT_REASONS: Final = tuple(
    reason.value
    for reason in RejectReason
    if (reason.kept or reason in SIGNED_REFUSALS) and reason not in _NEVER_ANSWERED
)

_ACKNOWLEDGED: Final[Mapping[StrEnum, int]] = {
    AckReason.STORED: 200,
    AckReason.DUPLICATE: 200,
    AckReason.SAMPLE: 200,
    AckReason.UNUSED: 200,
    AckReason.UNKNOWN_PATH: 404,
    AckReason.READ_RECENTLY: 503,
    AckReason.NO_DIRECTORY: 503,
    AckReason.NO_INBOX: 503,
    AckReason.NO_KEY: 503,
    AckReason.FAULT: 503,
}
_REJECTED: Final[Mapping[StrEnum, int]] = {
    RejectionKind.METHOD: 405,
    RejectionKind.ENCODED: 415,
    RejectionKind.TOO_LARGE: 413,
    RejectionKind.SLOW_BODY: 503,
    RejectionKind.OVERLOADED: 503,
    RejectionKind.CLOSING: 503,
    RejectionKind.TOO_SLOW: 503,
    RejectionKind.CUT_OFF: 400,
}
_FETCHED: Final = ("got", "timeout", "unreachable", "status", "too-large", "not-pinned")
_FILES: Final = ("read", "ignored", "written", "not-written")


def _answers() -> set[tuple[str, str]]:
    refused = {(reason.value, str(reason.status)) for reason in RejectReason if reason not in _NEVER_ANSWERED}
    perhaps_ours = {(reason.value, "503") for reason in SIGNED_REFUSALS}
    others = {(word.value, str(status)) for word, status in {**_ACKNOWLEDGED, **_REJECTED}.items()}
    return {("malformed", "400"), *refused, *perhaps_ours, *others}


def _values(*lists: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(word) for word in words) for words in product(*lists))


_OUTCOMES: Final = tuple(ProcessingOutcome)

ZERO_SAMPLES: Final[Mapping[str, Sequence[tuple[str, ...]]]] = {
    "received": sorted(_answers()),
    "certificate_fetches": _values(_FETCHED),
    "certificate_files": _values(_FILES),
    "refused_signed": _values(SIGNED_REFUSALS, tuple(CopySource)),
    "settled": _values((MessageStatus.DONE, MessageStatus.PARKED), _OUTCOMES),
    "alarms": _values((*_OUTCOMES, *SIGNED_REFUSALS)),
    "mails": _values(tuple(MailState)),
    "mail_problems": _values((MailState.OWED, *UNDELIVERED), tuple(MailProblem)),
    "polled": _values(_OUTCOMES),
}
"""By the name of the counter, without prefix."""
