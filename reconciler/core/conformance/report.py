"""The result of `backend check`: each clause with its outcome and the evidence, measurements, and what could not be restored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from typing import ClassVar

from reconciler.core.conformance.clause import Clause
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message
from reconciler.core.results.command import CommandResult
from reconciler.lib.frozen_class import frozen


class ClauseOutcome(Enum):
    """NOT_OFFERED: the backend does not have the capability. NOT_CHECKED: it could not be checked, for the reason given."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_OFFERED = "not-offered"
    NOT_CHECKED = "not-checked"


@frozen
class ClauseEvidence:
    """What was sent (`PATCH /admin-api/...`), what the contract says to it, and what came. No value in it is a secret."""

    request: str
    expected: Message
    found: Message


@frozen
class ClauseResult:
    """`evidence` of a broken clause; `reason` of one that was not checked."""

    clause: Clause
    outcome: ClauseOutcome
    evidence: ClauseEvidence | None = None
    reason: Message | None = None


@frozen
class Measurement:
    """`name` is for machines. `unit` is `ms`, `bytes`, `shops` or `1/s`. `value` None: more than was tried, or not reached."""

    name: str
    title: Message
    value: float | None
    unit: str


@frozen
class UnrestoredValue:
    """A value of a named shop that is not what it was before the check, in the words of the contract; secrets as digests."""

    shop: str
    field: str
    before: str
    after: str


@frozen
class ConformanceReport(CommandResult):
    """`shops` are those named; `written` of them were changed and restored, except for `unrestored`. `capabilities` is what the
    backend says that it offers. `interrupted`: a signal ended the check early; clauses after it are not checked.
    """

    kind: ClassVar[str] = "conformance"
    backend: str
    shops: tuple[str, ...]
    capabilities: tuple[str, ...] = ()
    clauses: tuple[ClauseResult, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    written: tuple[str, ...] = ()
    unrestored: tuple[UnrestoredValue, ...] = ()
    interrupted: bool = False

    @property
    def counts(self) -> Mapping[str, int]:
        found = Counter(each.outcome for each in self.clauses)
        return {outcome.value: found[outcome] for outcome in ClauseOutcome}

    @property
    def outcomes(self) -> Mapping[str, str]:
        """By the id of the clause."""
        return {each.clause.id: each.outcome.value for each in self.clauses}

    @property
    def exit_code(self) -> ExitCode:
        if self.unrestored or self.interrupted:
            return ExitCode.PARTLY
        return ExitCode.ERROR if self.counts[ClauseOutcome.BROKEN.value] else ExitCode.DONE
