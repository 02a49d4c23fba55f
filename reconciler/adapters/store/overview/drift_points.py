"""Drift over time, from the events of findings: what was open at each of some moments.

In: a connection, a fleet and moments. Out: points. What did not change since the first moment is counted by the database;
only the later events are read, without their values. A flapping finding that is not there any more has no event for that, and
counts as open. What `store prune` deleted is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Text, case, func, literal, or_, select, type_coerce

from reconciler.adapters.store.db.finding_tables import finding_events, findings
from reconciler.adapters.store.overview.shop_rows import UNSETTLED
from reconciler.core.findings.finding import FindingClass
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.drift_trend import DriftPoint

_EVENT: Final = finding_events.c
_DOCUMENT: Final = type_coerce(_EVENT.document, Text)
_SETTLED: Final = ('"state":"accepted"', '"state":"resolved"', '"present":false')
"""What the document of an event says where the finding is not open after it."""
_SHOP: Final = case((findings.c.kind != FindingClass.FOREIGN_ENDPOINT.value, findings.c.shop))
"""An endpoint belongs to a seller, not to a shop."""


def read_drift_points(connection: Connection, fleet: str, moments: Sequence[str]) -> Sequence[DriftPoint]:
    """`moments` are in their order."""
    if not moments:
        return ()
    open_now = _OpenFindings()
    for _, finding, shop, severity in _unchanged(connection, fleet, moments[0]):
        open_now.set(finding, shop, severity)
    for _, finding, shop, severity in _before(connection, fleet, moments[0]):
        open_now.set(finding, shop, int(severity))
    points: list[DriftPoint] = []
    events = _since(connection, fleet, moments[0])
    passed = 0
    for moment in moments:
        while passed < len(events) and events[passed][0] <= moment:
            _, finding, shop, severity = events[passed]
            open_now.set(finding, shop, int(severity))
            passed += 1
        points.append(open_now.point(moment))
    return points


@dataclass(slots=True)
class _OpenFindings:
    """The findings that are open at a moment, by id: the shop (None: it is of no shop) and the severity."""

    open: dict[str, tuple[str | None, int]] = field(default_factory=dict)

    def set(self, finding: str, shop: str | None, severity: int) -> None:
        """Severity 0: it is not open."""
        if severity:
            self.open[finding] = (shop, severity)
        else:
            self.open.pop(finding, None)

    def point(self, at: str) -> DriftPoint:
        counts = Counter(severity for _, severity in self.open.values())
        shops = {shop for shop, _ in self.open.values() if shop is not None}
        return DriftPoint(
            at=at, open={FindingSeverity(each): count for each, count in counts.items()}, shops=len(shops)
        )


_Rows = Sequence[Any]
"""Each has a time, a finding, its shop and its severity."""


def _unchanged(connection: Connection, fleet: str, first: str) -> _Rows:
    """Findings that are open now and have no event since the first moment."""
    of = (findings.c.fleet == fleet, UNSETTLED, findings.c.id.not_in(_moved(fleet, first)))
    query = select(literal(first), findings.c.id, _SHOP, findings.c.severity)
    return connection.execute(query.where(*of)).all()


def _before(connection: Connection, fleet: str, first: str) -> _Rows:
    """What the findings that changed since then were like before."""
    earlier = (_EVENT.finding.in_(_moved(fleet, first)), _EVENT.at <= first)
    last = select(func.max(_EVENT.number)).where(*earlier).group_by(_EVENT.finding)
    return connection.execute(_states(connection).where(_EVENT.number.in_(last))).all()


def _since(connection: Connection, fleet: str, first: str) -> _Rows:
    later = (_EVENT.fleet == fleet, _EVENT.at > first)
    return connection.execute(_states(connection).where(*later).order_by(_EVENT.at, _EVENT.number)).all()


def _moved(fleet: str, first: str) -> Select[tuple[str]]:
    return select(_EVENT.finding).where(_EVENT.fleet == fleet, _EVENT.at > first)


def _states(connection: Connection) -> Select[Any]:
    """The severity is that of the finding after the event; 0 where it is not open then."""
    dialect = connection.dialect.name
    settled = or_(*(_position(dialect, words) > 0 for words in _SETTLED))
    severity = case((settled, "0"), else_=_severity(dialect))
    query = select(_EVENT.at, _EVENT.finding, _SHOP, severity)
    return query.join(findings, findings.c.id == _EVENT.finding)


def _severity(dialect: str) -> ColumnElement[str]:
    """One digit, as text."""
    name = '"severity":'
    return func.substr(_DOCUMENT, _position(dialect, name) + len(name), 1)


def _position(dialect: str, words: str) -> ColumnElement[int]:
    """Of the words in the document of an event; 0 where it does not have them. Inside other texts, quotes are escaped."""
    return func.strpos(_DOCUMENT, words) if dialect == "postgresql" else func.instr(_DOCUMENT, words)
