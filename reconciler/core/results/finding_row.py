"""A finding as a row with everything that is known of it: for tables, and for what is sent to other programs."""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry, actor_type_word
from reconciler.core.findings.fields import field_at
from reconciler.core.findings.finding import ChangeAuthor, Finding, FindingClass
from reconciler.core.findings.runbooks import NO_RUNBOOKS, Runbooks
from reconciler.core.findings.settle import settling_command
from reconciler.core.findings.words import CLASS_WORDS, RESOLVER_WORDS, SEVERITY_NAMES, STATE_WORDS
from reconciler.core.model.canonical import SENSITIVE, Json, dumps
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.results.table_result import Cell, NamedCell

FINDING_COLUMNS: Final = (
    ("id", msg("Id")),
    ("severity", msg("Severity")),
    ("shop", msg("Shop")),
    ("field", msg("Field")),
    ("name", msg("Name")),
    ("kind", msg("Finding")),
    ("state", msg("State")),
    ("resolved_by", msg("Resolved by")),
    ("accepted_until", msg("Accepted until")),
    ("desired", msg("Desired")),
    ("observed", msg("Observed")),
    ("actor", msg("Changed by")),
    ("changed", msg("Changed")),
    ("owner", msg("Responsible")),
    ("file", msg("File")),
    ("opened", msg("Open since")),
    ("first_seen", msg("First seen")),
    ("last_seen", msg("Last seen")),
    ("proposal", msg("Proposed plan")),
    ("command", msg("Command")),
    ("runbook", msg("Runbook")),
    ("escalation", msg("Escalate to")),
)

SENSITIVE_CELL: Final = NamedCell(SENSITIVE, msg("(sensitive value)"))


def whole_finding(finding: Finding, proposal: str | None = None, runbooks: Runbooks = NO_RUNBOOKS) -> tuple[Cell, ...]:
    """`proposal` is the file of a plan that is ready for it."""
    key, author, ref = finding.key, finding.author, field_at(finding.key.field)
    return (
        key.id,
        severity_cell(finding.severity),
        key.shop,
        key.field or None,
        None if ref is None else NamedCell(ref.spec.policy.title, ref.short_name),
        NamedCell(key.kind.value, CLASS_WORDS[key.kind]),
        state_cell(finding),
        resolver_cell(finding),
        finding.accepted_until,
        value_cell(finding.desired, finding),
        value_cell(finding.observed, finding),
        None if author is None else author_cell(author),
        None if author is None else author.at,
        finding.owner,
        finding.file,
        finding.opened,
        finding.first_seen,
        finding.last_seen,
        proposal,
        settling_command(finding, proposal),
        runbook_cell(finding, runbooks),
        runbooks.contact(key.kind),
    )


def author_cell(author: ChangeAuthor | AuditEntry) -> NamedCell:
    """Programs get the type as the backend names it."""
    words = msg("{actor} ({type})", actor=author.actor, type=actor_type_word(author.actor_type))
    return NamedCell(f"{author.actor} ({author.actor_type})", words)


def runbook_cell(finding: Finding, runbooks: Runbooks) -> NamedCell:
    """People get the page in their language, programs the English one."""
    link = runbooks.link(finding.key.kind)
    return NamedCell(str(link), link)


def severity_cell(severity: FindingSeverity) -> NamedCell:
    return NamedCell(severity.word, SEVERITY_NAMES[severity])


def state_cell(finding: Finding) -> NamedCell:
    return NamedCell(finding.state.value, STATE_WORDS[finding.state])


def resolver_cell(finding: Finding) -> NamedCell | None:
    by = finding.resolved_by
    return None if by is None or finding.present else NamedCell(by.value, RESOLVER_WORDS[by])


def value_cell(value: Json, finding: Finding) -> Cell:
    """As JSON; nothing for a finding that is not about a value."""
    if not finding.key.field and finding.key.kind is not FindingClass.FOREIGN_ENDPOINT:
        return None
    if value is None:
        return NamedCell("null", msg("(not set)"))
    return SENSITIVE_CELL if isinstance(value, dict) else dumps(value)
