"""The use cases `findings list`, `findings show` and `findings timeline`. The backend is not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.words import CLASS_WORDS, EVENT_WORDS
from reconciler.core.results.finding_row import (
    FINDING_COLUMNS,
    resolver_cell,
    severity_cell,
    state_cell,
    value_cell,
    whole_finding,
)
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc, shifted_utc
from reconciler.ports import SetupError
from reconciler.workflows.findings.proposals import proposed_plans
from reconciler.workflows.suggest import unmatched_notices

if TYPE_CHECKING:
    from reconciler.core.findings.finding import Finding, RecordedEvent
    from reconciler.core.model.policy import FindingSeverity
    from reconciler.ports.findings.finding_store import FindingStore
    from reconciler.workflows.session import Session

LIST_COLUMNS: Final = (
    ("severity", msg("Severity")),
    ("shop", msg("Shop")),
    ("field", msg("Field")),
    ("kind", msg("Finding")),
    ("state", msg("State")),
    ("opened", msg("Open since")),
    ("actor", msg("Changed by")),
    ("owner", msg("Responsible")),
    ("id", msg("Id")),
)
_TIMELINE: Final = (
    ("at", msg("Time")),
    ("event", msg("What happened")),
    ("state", msg("State")),
    ("severity", msg("Severity")),
    ("desired", msg("Desired")),
    ("observed", msg("Observed")),
    ("actor", msg("Changed by")),
    ("resolved_by", msg("Resolved by")),
    ("look", msg("Check number")),
)
_NOTHING: Final = msg("No findings are recorded.")


@frozen
class FindingsRequest:
    """`globs` are of shops. `severity` is the least that is listed, `older_than` seconds. `resolved`: also those that ended."""

    globs: tuple[str, ...] = ()
    severity: FindingSeverity | None = None
    owner: str | None = None
    older_than: int | None = None
    resolved: bool = False

    def includes(self, finding: Finding, now: str) -> bool:
        named = not self.globs or any(fnmatchcase(finding.key.shop, glob) for glob in self.globs)
        severe = self.severity is None or finding.severity >= self.severity
        owned = self.owner is None or self.owner in (finding.owner or "").split()
        old = self.older_than is None or finding.opened <= shifted_utc(now, -self.older_than)
        return named and severe and owned and old


def list_findings(session: Session, request: FindingsRequest) -> TableResult:
    """The most severe first. Raises SetupError."""
    now = format_utc(session.clock.now())
    with session.findings.open(create=False) as store:
        found = () if store is None else store.findings(session.target.fleet_name, resolved=request.resolved)
        unread = 0 if store is None else len(store.unread_shops(session.target.fleet_name))
    listed = [finding for finding in found if request.includes(finding, now)]
    rows = tuple(listed_finding(finding) for finding in listed)
    shops = () if listed else {*session.manifests.names(), *(finding.key.shop for finding in found)}
    notices = (
        *unmatched_notices(request.globs, shops),
        *((unread_notice(unread),) if unread else ()),
        *_runbooks(session, listed),
    )
    nothing = _NOTHING if store is None or request.resolved else msg("No findings are open.")
    empty = msg("No finding matches.") if found else nothing
    return TableResult(name="findings", columns=LIST_COLUMNS, rows=rows, empty=empty, notices=notices)


def _runbooks(session: Session, listed: Sequence[Finding]) -> Iterator[Message]:
    """Where the classes that are listed are described: one line for all of them."""
    kinds = dict.fromkeys(finding.key.kind.value for finding in listed)
    if kinds:
        yield msg("Runbook: {page} (sections: {sections})", page=session.runbooks.page(), sections=", ".join(kinds))


def unread_notice(count: int) -> Message:
    return msg("Shops that could not be read at the last check: {count}; their findings are older", count=count)


def show_finding(session: Session, name: str) -> TableResult:
    """`name` is an id, or the start of one. Raises SetupError if no finding, or more than one, is called that."""
    with session.findings.open(create=False) as store:
        finding = _find(session, store, name)[1]
    proposal = proposed_plans(session).get(finding.key.id) if finding.unsettled else None
    return TableResult(
        name="finding",
        columns=FINDING_COLUMNS,
        rows=(whole_finding(finding, proposal, session.runbooks),),
        empty=_NOTHING,
        transposed=True,
    )


def show_timeline(session: Session, name: str) -> TableResult:
    """Oldest first. Raises SetupError as `show_finding`."""
    with session.findings.open(create=False) as store:
        open_store, finding = _find(session, store, name)
        rows = tuple(_event(recorded) for recorded in open_store.events(finding.key.id))
    return TableResult(
        name="finding-timeline", columns=_TIMELINE, rows=rows, empty=_NOTHING, notices=(_about(finding),)
    )


def _find(session: Session, store: FindingStore | None, name: str) -> tuple[FindingStore, Finding]:
    found = () if store is None else tuple(store.find(session.target.fleet_name, name))
    if store is not None and len(found) == 1:
        return store, found[0]
    text = (
        msg("More than one finding starts with {name}", name=name)
        if found
        else msg("No finding has the id {name}", name=name)
    )
    hint = msg("`reconciler findings list --resolved` shows the ids")
    raise SetupError(text, code=codes.NO_SUCH_FINDING, hint=hint)


def _about(finding: Finding) -> Message:
    kind = CLASS_WORDS[finding.key.kind]
    if finding.key.field:
        return msg("{shop}, `{field}`: {kind}", shop=finding.key.shop, field=finding.key.field, kind=kind)
    return msg("{shop}: {kind}", shop=finding.key.shop, kind=kind)


def listed_finding(finding: Finding) -> tuple[Cell, ...]:
    key = finding.key
    return (
        severity_cell(finding.severity),
        key.shop,
        key.field or None,
        NamedCell(key.kind.value, CLASS_WORDS[key.kind]),
        state_cell(finding),
        finding.opened,
        None if finding.author is None else finding.author.actor,
        finding.owner,
        key.id,
    )


def _event(recorded: RecordedEvent) -> tuple[Cell, ...]:
    event = recorded.event
    finding = event.finding
    return (
        event.at,
        NamedCell(event.kind.value, EVENT_WORDS[event.kind]),
        state_cell(finding),
        severity_cell(finding.severity),
        value_cell(finding.desired, finding),
        value_cell(finding.observed, finding),
        None if finding.author is None else finding.author.actor,
        resolver_cell(finding),
        recorded.look,
    )
