"""What the rows of tables about findings, and of `status`, hold, where the table is a JSON document.

Times are in UTC; what is not there is null. Tests hold each table that is printed to its description.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from typing_extensions import TypedDict

from reconciler.core.drift.label import DriftLabel
from reconciler.core.drift.severity import SEVERITY_WORDS_OF_FINDINGS
from reconciler.core.findings.finding import FindingClass, FindingEventKind, FindingState, ResolvedBy
from reconciler.core.healing.decide import HealingRefusal
from reconciler.core.results.heal_result import HealingOutcome
from reconciler.views.json.document import TableType
from reconciler.views.json.shapes import Count, one_of

_FINDING_SEVERITIES: Final = one_of(SEVERITY_WORDS_OF_FINDINGS)
_FIELD_STATES: Final = (
    *(label.value for label in DriftLabel),
    "in-sync",
    "not-managed",
    "issued",
    "uncompared",
    "unread",
)


class FindingRow(TypedDict):
    """The most severe first. `shop` is a SellerId for `foreign-endpoint`; `field` is null for a finding of a whole shop."""

    severity: Annotated[str, _FINDING_SEVERITIES]
    shop: str
    field: str | None
    kind: Annotated[str, one_of(FindingClass)]
    state: Annotated[str, one_of(FindingState)]
    opened: str
    actor: str | None
    owner: str | None
    id: str


class WholeFindingRow(TypedDict):
    """One row. `desired` and `observed` are JSON texts; null where the finding is not about a value. `runbook` is the
    section that says what to do, in English; `escalation` the contact of the settings.
    """

    id: str
    severity: Annotated[str, _FINDING_SEVERITIES]
    shop: str
    field: str | None
    name: str | None
    kind: Annotated[str, one_of(FindingClass)]
    state: Annotated[str, one_of(FindingState)]
    resolved_by: Annotated[str, one_of(ResolvedBy)] | None
    accepted_until: str | None
    desired: str | None
    observed: str | None
    actor: str | None
    changed: str | None
    owner: str | None
    file: str | None
    opened: str
    first_seen: str
    last_seen: str
    proposal: str | None
    command: str | None
    runbook: str
    escalation: str | None


class FindingEventRow(TypedDict):
    """Oldest first. `look` is the number of the drift check."""

    at: str
    event: Annotated[str, one_of(FindingEventKind)]
    state: Annotated[str, one_of(FindingState)]
    severity: Annotated[str, _FINDING_SEVERITIES]
    desired: str | None
    observed: str | None
    actor: str | None
    resolved_by: Annotated[str, one_of(ResolvedBy)] | None
    look: Count


class AcceptanceRow(TypedDict):
    """One row. `value` is a JSON text."""

    file: str
    shop: str
    field: str
    value: str
    until: str
    owner: str
    reason: str


class AdoptedRow(TypedDict):
    """`before` and `after` are JSON texts, or `not-managed`. `file` is the manifest that was changed."""

    field: str
    before: str
    after: str
    file: str | None


class FieldOriginRow(TypedDict):
    """`desired`, `observed` and `applied_value` are JSON texts, `null` where nothing is set; of a secret the reference, or `set`.
    They are null where no manifest declares the field, the backend was not read, or nothing was applied. `file` to `committed`
    are about the line that declares the field, for a derived field the one that it follows. `line_state` is null without Git.
    """

    shop: str
    field: str
    name: str
    label: str
    screen: str
    screen_name: str
    rule: Annotated[str, one_of(["derived", "issued", "pre-set", "while-closed"])] | None
    state: Annotated[str, one_of(_FIELD_STATES)]
    desired: str | None
    secret: Annotated[str, one_of(["available", "missing"])] | None
    file: str | None
    line: Count | None
    layer: Annotated[str, one_of(["shop", "group", "defaults"])] | None
    line_state: Annotated[str, one_of(["committed", "uncommitted", "clone-ends"])] | None
    commit: str | None
    author: str | None
    committed: str | None
    observed: str | None
    changed_by: str | None
    changed: str | None
    applied_value: str | None
    applied: str | None
    applied_by: str | None
    run: str | None
    finding: Annotated[str, one_of(FindingClass)] | None
    finding_id: str | None
    command: str | None


class OwnerIssueRow(TypedDict):
    """`owner` is null for findings without an owner, and for an issue whose findings are settled. `issue` is its number, null for
    one that was not created. `outcome` is null for an issue that is up to date.
    """

    action: Annotated[str, one_of(["create", "update", "reopen", "close", "keep"])]
    owner: str | None
    findings: Count
    issue: Count | None
    outcome: Annotated[str, one_of(["sent", "failed", "not-sent"])] | None


class HealRow(TypedDict):
    """`reason` says why the finding was not healed. `due`: not before. `file` is the saved plan of a proposal, `run` the run that
    healed, or tried to.
    """

    severity: Annotated[str, _FINDING_SEVERITIES]
    shop: str
    field: str | None
    outcome: Annotated[str, one_of(HealingOutcome)]
    reason: Annotated[str, one_of(HealingRefusal)] | None
    rule: str | None
    actor: str | None
    due: str | None
    file: str | None
    run: str | None
    id: str


class PrunedRow(TypedDict):
    what: Annotated[str, one_of(["runs", "looks", "findings", "alerts", "heals", "plans", "deferred"])]
    count: Count


class BackupRow(TypedDict):
    """One row: the file that was written."""

    file: str
    bytes: Count


class CopiedRow(TypedDict):
    """A table of the store. `digest` is of its rows in any order, the same in source and target."""

    table: str
    rows: Count
    digest: str


class FleetStatusRow(TypedDict):
    """A subject of `status`. `count` is null where `detail` says all. `detail` are names, or a time; `command` shows more."""

    item: str
    count: Count | None
    detail: str | None
    command: str | None


FINDING_TABLES: Final[tuple[TableType[Any], ...]] = (
    TableType(name="findings", row=FindingRow),
    TableType(name="status", row=FleetStatusRow),
    TableType(name="finding", row=WholeFindingRow),
    TableType(name="finding-timeline", row=FindingEventRow),
    TableType(name="acceptance", row=AcceptanceRow),
    TableType(name="adopted", row=AdoptedRow),
    TableType(name="why", row=FieldOriginRow),
    TableType(name="heal", row=HealRow),
    TableType(name="blame", row=FieldOriginRow),
    TableType(name="ci-issues", row=OwnerIssueRow),
    TableType(name="pruned", row=PrunedRow),
    TableType(name="backup", row=BackupRow),
    TableType(name="copied", row=CopiedRow),
)
