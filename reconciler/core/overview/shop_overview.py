"""One shop: what is desired, what is live, what was last applied, and what happened to it."""

from __future__ import annotations

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message
from reconciler.core.findings.finding import FindingClass, FindingState, ResolvedBy
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.closures import Closure
from reconciler.core.overview.fleet_overview import FleetName
from reconciler.core.overview.heal_lines import HealLine, ProposalLine
from reconciler.core.overview.review_overview import DeferredLine
from reconciler.core.overview.shop_rows import ShopRow
from reconciler.core.overview.table_page import TablePage
from reconciler.core.results.table_result import Cell, NamedCell
from reconciler.core.runs.run_summary import RunSummary
from reconciler.core.runs.step_history import StepRecord
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class FieldLine:
    """One field. Cells are as `why` shows them: JSON, or a word where the value is a secret or not set; None: nothing is
    known.

    `state` says how Git and the backend compare (key: `in-sync`, `drifted`, `pending`, `unread`, ...); `differs`: it is to be
    marked. `run`, `applied_by` and `applied_at` are those of the last apply; `author`, `commit` and `committed` those of the
    line of the manifest; `changed_by` and `changed` those of the last change at the backend. `layer` says which file declares
    it.
    """

    field: str
    name: Message
    screen: Message
    state: NamedCell
    differs: bool
    desired: Cell = None
    live: Cell = None
    applied: Cell = None
    file: str | None = None
    line: int | None = None
    layer: NamedCell | None = None
    author: str | None = None
    commit: str | None = None
    committed: str | None = None
    changed_by: Message | None = None
    changed: str | None = None
    applied_at: str | None = None
    applied_by: Message | None = None
    run: str | None = None
    finding: str | None = None


@frozen
class FindingLine:
    """A finding, with its values as cells. `command` settles it; `runbook` says where to read what to do, `escalation`
    whom to ask.
    """

    id: str
    shop: str
    field: str | None
    name: Message | None
    kind: FindingClass
    state: FindingState
    severity: FindingSeverity
    opened: str
    last_seen: str
    present: bool
    desired: Cell = None
    observed: Cell = None
    actor: str | None = None
    actor_type: str | None = None
    actor_at: str | None = None
    owner: str | None = None
    file: str | None = None
    accepted_until: str | None = None
    resolved_by: ResolvedBy | None = None
    command: str | None = None
    runbook: Message | None = None
    escalation: str | None = None


@frozen
class LiveRead:
    """What became of reading the backend for this page. `reasons` say what is unknown and why; empty: everything was read."""

    reasons: tuple[Diagnostic, ...] = ()
    seconds: float = 0.0


@frozen
class LeaseLine:
    """The run that may write the shop now."""

    run: str
    owner: str
    taken: str
    expires: str


@frozen
class ShopRun:
    """A run that concerns the shop, with its steps there."""

    run: RunSummary
    steps: tuple[StepRecord, ...] = ()


@frozen
class ShopOverview:
    """`declared`: it has a manifest, in `file`. `problems` are those of its manifest. `findings` the most severe first, those
    that were resolved last; `runs`, `heals` and `closures` newest first. `notifications` are Amazon's; None where no sidecar
    stored any.
    """

    name: FleetName
    shop: ShopKey
    row: ShopRow
    declared: bool
    file: str | None = None
    problems: tuple[Diagnostic, ...] = ()
    live: LiveRead = LiveRead()
    fields: tuple[FieldLine, ...] = ()
    findings: tuple[FindingLine, ...] = ()
    runs: tuple[ShopRun, ...] = ()
    heals: tuple[HealLine, ...] = ()
    closures: tuple[Closure, ...] = ()
    deferred: DeferredLine | None = None
    proposal: ProposalLine | None = None
    lease: LeaseLine | None = None
    notifications: TablePage | None = None
    notices: tuple[Message, ...] = ()
