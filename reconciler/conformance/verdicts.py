"""How a check ends: it returns (the clause is kept), or raises one of these."""

from __future__ import annotations

import json
from typing import Any, Final

from reconciler.core.conformance.report import ClauseEvidence
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import contains_credential

_LONGEST: Final = 160


class ClauseBroken(Exception):
    """The backend does not do what the clause says."""

    def __init__(self, request: str, expected: Message, found: Message) -> None:
        super().__init__(f"{request}: expected {expected}, found {found}")
        self.evidence = ClauseEvidence(request=request, expected=expected, found=found)


class ClauseNotOffered(Exception):
    """The backend does not have what the clause is about, and does not have to."""


class ClauseNotChecked(Exception):
    """`reason` says what is missing for the check."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def written_value(value: Any) -> Message:
    """A JSON value in one line, short, without credentials."""
    text = json.dumps(value, ensure_ascii=False)
    if contains_credential(text):
        return msg("(sensitive value)")
    return msg("{value}", value=text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")


def named_value(name: str, value: Any) -> Message:
    return msg("`{name}`: {value}", name=name, value=written_value(value))
