"""Findings and heals in figures."""

from __future__ import annotations

from collections import Counter
from typing import Final

from sqlalchemy import Connection, func, select

from reconciler.adapters.store.db.finding_tables import finding_events, findings
from reconciler.adapters.store.db.heal_tables import heals, proposals
from reconciler.adapters.store.findings.finding_rows import read_finding
from reconciler.adapters.store.overview.shop_rows import PRESENT
from reconciler.core.findings.finding import Finding, FindingClass, FindingEventKind, FindingState
from reconciler.core.healing.record import HealOutcome
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.fleet_overview import HealFigures
from reconciler.core.values import ShopKey
from reconciler.ports.overview.overview_store import FindingCounts

_OF: Final = findings.c
_ACCEPTED: Final = FindingState.ACCEPTED.value
_FIGHT: Final = FindingEventKind.FIGHT.value


def read_finding_counts(connection: Connection, fleet: str) -> FindingCounts:
    group = (_OF.severity, _OF.kind, _OF.state, _OF.owner)
    query = select(*group, func.count().label("many")).where(_OF.fleet == fleet, PRESENT).group_by(*group)
    unsettled, accepted = Counter[FindingSeverity](), Counter[FindingSeverity]()
    classes, owners = Counter[FindingClass](), set[str]()
    for row in connection.execute(query):
        owners.update((row.owner or "").split())
        if row.state == _ACCEPTED:
            accepted[FindingSeverity(row.severity)] += row.many
        else:
            unsettled[FindingSeverity(row.severity)] += row.many
            classes[FindingClass(row.kind)] += row.many
    return FindingCounts(unsettled=unsettled, accepted=accepted, classes=classes, owners=tuple(sorted(owners)))


def read_findings_of(connection: Connection, fleet: str, shop: ShopKey, resolved: int) -> list[Finding]:
    mine = select(findings).where(_OF.fleet == fleet, _OF.shop == shop)
    is_resolved = _OF.state == FindingState.RESOLVED.value
    standing = mine.where(~is_resolved).order_by(_OF.severity.desc(), _OF.opened, _OF.field, _OF.id)
    ended = mine.where(is_resolved).order_by(_OF.since.desc(), _OF.id).limit(resolved)
    return [read_finding(row) for query in (standing, ended) for row in connection.execute(query).mappings()]


def read_heal_figures(connection: Connection, fleet: str, since: str) -> HealFigures:
    made = select(heals.c.outcome, func.count()).where(heals.c.fleet == fleet, heals.c.at >= since)
    events = finding_events.c
    fights = select(func.count()).where(events.fleet == fleet, events.at >= since, events.kind == _FIGHT)
    waiting = select(func.count()).where(proposals.c.fleet == fleet)
    return HealFigures(
        since=since,
        heals={HealOutcome(outcome): count for outcome, count in connection.execute(made.group_by(heals.c.outcome))},
        fights=connection.execute(fights).scalar_one(),
        proposals=connection.execute(waiting).scalar_one(),
    )
