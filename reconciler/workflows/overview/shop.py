"""The page of one shop. The backend is read with a deadline: without it the live values are unknown, and the page says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.findings.fields import field_at
from reconciler.core.findings.runbooks import NO_RUNBOOKS, Runbooks
from reconciler.core.findings.settle import settling_command
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired
from reconciler.core.overview.closures import Closure
from reconciler.core.overview.shop_overview import (
    FindingLine,
    LeaseLine,
    LiveRead,
    ShopOverview,
    ShopRun,
)
from reconciler.core.overview.shop_rows import ShopRow, ShopState
from reconciler.core.results.finding_row import value_cell
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.workflows.findings.field_facts import gather_all_facts
from reconciler.workflows.history import HistoryRequest, list_steps
from reconciler.workflows.overview.fleet import latest_heals, name_fleet
from reconciler.workflows.overview.reviews import deferred_lines, proposal_lines
from reconciler.workflows.overview.shop_fields import field_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.findings.finding import Finding
    from reconciler.core.overview.table_page import TablePage
    from reconciler.ports.leases import LeaseInfo
    from reconciler.ports.overview.overview_store import OverviewStore, OverviewStores
    from reconciler.workflows.session import Session

_RESOLVED: Final = 10
_RUNS: Final = 10
_HEALS: Final = 20
_CLOSURES: Final = 20


@frozen
class ShopRequest:
    """`patience` are the seconds that the backend may take. `notifications` are those of the shop, from the sidecar's inbox."""

    shop: str
    patience: float = 4.0
    notifications: TablePage | None = None


@frozen
class _Declared:
    """`problems` are those of the manifest. `desired` is None where there is no manifest, or an invalid one (`exists`)."""

    exists: bool
    desired: Desired | None
    problems: tuple[Diagnostic, ...] = ()


@frozen
class _StoredShop:
    row: ShopRow | None = None
    findings: tuple[FindingLine, ...] = ()
    closures: tuple[Closure, ...] = ()
    lease: LeaseLine | None = None


async def shop_overview(session: Session, stores: OverviewStores, request: ShopRequest) -> ShopOverview | None:
    """None for a shop without a manifest that the store does not know either. Raises SetupError where the store cannot be
    read.
    """
    try:
        shop = ShopKey(request.shop)
    except ValueError:
        return None
    declared = _declared(session, shop)
    with stores.open() as store:
        stored = _StoredShop() if store is None else _stored(store, session.target.fleet_name, shop, session.runbooks)
    runs = list_steps(session, HistoryRequest(shop=shop, limit=_RUNS)).runs
    if not (declared.exists or stored.row or stored.findings or runs):
        return None
    started = session.clock.monotonic()
    facts = await gather_all_facts(session, declared.desired or _undeclared(shop), patience=request.patience)
    return ShopOverview(
        name=name_fleet(session),
        shop=shop,
        row=stored.row
        or ShopRow(shop=shop, state=ShopState.NEW, group=declared.desired.group if declared.desired else None),
        declared=declared.exists,
        file=None if declared.desired is None else declared.desired.origin.file,
        problems=declared.problems,
        live=LiveRead(reasons=facts.diagnostics, seconds=session.clock.monotonic() - started),
        fields=field_lines(facts),
        findings=stored.findings,
        runs=tuple(ShopRun(run=run, steps=tuple(steps)) for run, steps in runs),
        heals=latest_heals(session, limit=_HEALS, shop=shop),
        closures=stored.closures,
        deferred=next(iter(deferred_lines(session, shop)), None),
        proposal=next((each for each in proposal_lines(session) if each.shop == shop), None),
        lease=stored.lease,
        notifications=request.notifications,
        notices=facts.notices,
    )


def _declared(session: Session, shop: ShopKey) -> _Declared:
    manifest = session.manifests.read(Selection(names=frozenset({shop})))
    desired = next((each for each in manifest.shops if each.shop == shop), None)
    return _Declared(exists=desired is not None or shop in manifest.broken, desired=desired, problems=manifest.findings)


def _undeclared(shop: ShopKey) -> Desired:
    """Nothing is desired of a shop without a valid manifest."""
    return Desired(shop=shop, values={}, origin=Origin(""))


def _stored(store: OverviewStore, fleet: str, shop: ShopKey, runbooks: Runbooks) -> _StoredShop:
    return _StoredShop(
        row=store.shop_row(fleet, shop),
        findings=finding_lines(store.findings_of(fleet, shop, resolved=_RESOLVED), runbooks),
        closures=tuple(store.closures(shop=shop, limit=_CLOSURES)),
        lease=_lease_line(store.lease_of(shop)),
    )


def _lease_line(held: LeaseInfo | None) -> LeaseLine | None:
    if held is None:
        return None
    return LeaseLine(run=held.run, owner=held.owner, taken=format_utc(held.taken), expires=format_utc(held.expires))


def finding_lines(findings: Sequence[Finding], runbooks: Runbooks = NO_RUNBOOKS) -> tuple[FindingLine, ...]:
    return tuple(_finding_line(finding, runbooks) for finding in findings)


def _finding_line(finding: Finding, runbooks: Runbooks) -> FindingLine:
    key, author, ref = finding.key, finding.author, field_at(finding.key.field)
    return FindingLine(
        id=key.id,
        shop=key.shop,
        field=key.field or None,
        name=None if ref is None else ref.short_name,
        kind=key.kind,
        state=finding.state,
        severity=finding.severity,
        opened=finding.opened,
        last_seen=finding.last_seen,
        present=finding.present,
        desired=value_cell(finding.desired, finding),
        observed=value_cell(finding.observed, finding),
        actor=None if author is None else author.actor,
        actor_type=None if author is None else author.actor_type,
        actor_at=None if author is None else author.at,
        owner=finding.owner,
        file=finding.file,
        accepted_until=finding.accepted_until,
        resolved_by=None if finding.present else finding.resolved_by,
        command=settling_command(finding),
        runbook=runbooks.link(key.kind),
        escalation=runbooks.contact(key.kind),
    )
