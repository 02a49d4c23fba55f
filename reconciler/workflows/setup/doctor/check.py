"""One check: its subject, and how to fix what is wrong."""

from __future__ import annotations

from enum import Enum

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen


class CheckStatus(Enum):
    OK = "ok"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@frozen
class Check:
    """`fix` is set for a problem."""

    status: CheckStatus
    text: Message
    fix: Message | None = None


def passed(text: Message) -> Check:
    return Check(status=CheckStatus.OK, text=text)


def skipped(text: Message) -> Check:
    return Check(status=CheckStatus.SKIPPED, text=text)


def problem(text: Message, fix: Message | None) -> Check:
    return Check(status=CheckStatus.PROBLEM, text=text, fix=fix or msg("Fix this and run `reconciler doctor` again"))


def problem_of(found: Diagnostic) -> Check:
    """With the code and the place of a diagnostic."""
    place = "" if found.origin is None else f"{found.origin}: "
    text = msg("{place}{code}: {summary}", place=place, code=found.code.number, summary=found.summary)
    return problem(text, found.hint)
