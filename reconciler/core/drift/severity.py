"""How bad a difference is: the policy of its field, raised by a label of its shop.

In: a field, or a shop's drift. Out: a severity. Nothing lowers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.model.policy import FindingSeverity
from reconciler.core.model.state import FieldRef

SEVERITY_LABEL: Final = "severity"
"""The label of a shop that raises the severity of all its findings to this word."""
SEVERITY_WORDS_OF_FINDINGS: Final = tuple(severity.word for severity in FindingSeverity)


def severity_named(word: str) -> FindingSeverity | None:
    return next((severity for severity in FindingSeverity if severity.word == word), None)


def raised_severity(severity: FindingSeverity, labels: Mapping[str, str]) -> FindingSeverity:
    """Another word than one of a severity raises nothing."""
    floor = severity_named(labels.get(SEVERITY_LABEL, ""))
    return severity if floor is None else max(severity, floor)


def field_severity(ref: FieldRef, labels: Mapping[str, str]) -> FindingSeverity:
    return raised_severity(ref.spec.policy.severity or FindingSeverity.LOW, labels)
