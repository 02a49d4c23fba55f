"""Implements ports.findings.FindingStore over the store.

In: looks. Out: findings and events. The transitions of a look are decided and written in one transaction, one look at a time, so
that two looks that end together do not both report the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, update

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.finding_tables import finding_events, finding_readers, findings, looks, unread_shops
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.db.run_tables import insert
from reconciler.adapters.store.findings.event_query import event_query, read_events
from reconciler.adapters.store.findings.finding_rows import event_row, finding_row, read_finding
from reconciler.adapters.store.metrics.looked_shops import (
    compared_counts,
    compared_shops,
    last_complete_look,
    last_look,
    record_looked_shops,
)
from reconciler.adapters.store.metrics.totals import (
    add_totals,
    count_until,
    counted_until,
    drifted_shops,
    read_totals,
    waiting_alerts,
)
from reconciler.core.findings.drift_metrics import StoredMetrics
from reconciler.core.findings.finding import Finding, FindingState, RecordedEvent
from reconciler.core.findings.metric_totals import LookCounts, look_increments
from reconciler.core.findings.transition import Transition
from reconciler.ports.findings.finding_store import (
    ComparedShops,
    FoldFindings,
    LookRecord,
    LookSummary,
    UnreadShop,
)

_LOOK_LOCK: Final = 0x7265636C  # of PostgreSQL's advisory locks; any otherwise unused number


class StoreFindings:
    """All of it raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin_look(self, fleet: str, started: str) -> int:
        with self._store.writing() as connection:
            row = connection.execute(looks.insert().values(fleet=fleet, started=started, complete=False))
            assert row.inserted_primary_key is not None  # of one row with a key that the database assigns
            return int(row.inserted_primary_key[0])

    def discard_look(self, look: int) -> None:
        with self._store.writing() as connection:
            connection.execute(delete(looks).where(looks.c.number == look, looks.c.ended.is_(None)))

    def record_look(self, look: LookRecord, ids: frozenset[str], fold: FoldFindings) -> Sequence[RecordedEvent]:
        with self._store.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_LOOK_LOCK)))
            stored, newer = _stored(connection, look, ids)
            surpassed = _is_surpassed(connection, look)
            transitions = [
                each
                for each in fold(list(stored.values()))
                if each.finding.key.id not in newer and (each.finding.key.id in stored or not surpassed)
            ]
            _count(connection, look, stored, transitions)
            record_looked_shops(connection, look)
            _write(connection, look, stored, transitions)
            _write_unread(connection, look)
            events = [event_row(each.event, look.number) for each in transitions if each.event is not None]
            if events:
                connection.execute(finding_events.insert(), events)
            _end(connection, look, len(events))
            return read_events(connection, event_query().where(finding_events.c.look == look.number))

    def findings(self, fleet: str, *, resolved: bool = False) -> Sequence[Finding]:
        query = select(findings).where(findings.c.fleet == fleet)
        if not resolved:
            query = query.where(findings.c.state != FindingState.RESOLVED.value)
        order = (findings.c.severity.desc(), findings.c.opened, findings.c.shop, findings.c.field, findings.c.id)
        with self._store.reading() as connection:
            return [read_finding(row) for row in connection.execute(query.order_by(*order)).mappings()]

    def find(self, fleet: str, start: str) -> Sequence[Finding]:
        named = findings.c.id.startswith(start, autoescape=True)
        query = select(findings).where(findings.c.fleet == fleet, named).order_by(findings.c.id).limit(2)
        with self._store.reading() as connection:
            return [read_finding(row) for row in connection.execute(query).mappings()]

    def events(self, finding: str) -> Sequence[RecordedEvent]:
        with self._store.reading() as connection:
            return read_events(connection, event_query().where(finding_events.c.finding == finding))

    def events_after(self, fleet: str, number: int) -> Sequence[RecordedEvent]:
        query = event_query().where(finding_events.c.fleet == fleet, finding_events.c.number > number)
        with self._store.reading() as connection:
            return read_events(connection, query)

    def looks(self, fleet: str, *, limit: int) -> Sequence[LookSummary]:
        query = select(looks).where(looks.c.fleet == fleet).order_by(looks.c.number.desc()).limit(limit)
        with self._store.reading() as connection:
            return [
                LookSummary(
                    number=row.number,
                    started=row.started,
                    ended=row.ended,
                    complete=row.complete,
                    shops=row.shops or 0,
                    unread=row.unread or 0,
                    events=row.events or 0,
                )
                for row in connection.execute(query)
            ]

    def unread_shops(self, fleet: str) -> Sequence[UnreadShop]:
        query = select(unread_shops).where(unread_shops.c.fleet == fleet).order_by(unread_shops.c.shop)
        with self._store.reading() as connection:
            rows = connection.execute(query)
            return [UnreadShop(shop=r.shop, since=r.since, last_good=r.last_good, code=r.code) for r in rows]

    def compared_shops(self, fleet: str) -> ComparedShops:
        unread = select(unread_shops.c.shop).where(unread_shops.c.fleet == fleet)
        with self._store.reading() as connection:
            return ComparedShops(
                shops=compared_shops(connection, fleet),
                unread=frozenset(connection.execute(unread).scalars()),
                last_complete=last_complete_look(connection, fleet),
            )

    def metrics(self, fleet: str) -> StoredMetrics:
        unread = select(func.count()).where(unread_shops.c.fleet == fleet)
        with self._store.reading() as connection:
            return StoredMetrics(
                totals=read_totals(connection, fleet),
                last_look=last_look(connection, fleet),
                last_complete_look=last_complete_look(connection, fleet),
                compared=compared_counts(connection, fleet),
                unread=connection.execute(unread.select_from(unread_shops)).scalar_one(),
                alerts=waiting_alerts(connection, fleet),
            )

    def last_event(self, fleet: str) -> int:
        query = select(func.max(finding_events.c.number)).where(finding_events.c.fleet == fleet)
        with self._store.reading() as connection:
            return connection.execute(query).scalar() or 0

    def position(self, fleet: str, reader: str) -> int | None:
        of = (finding_readers.c.fleet == fleet, finding_readers.c.reader == reader)
        with self._store.reading() as connection:
            return connection.execute(select(finding_readers.c.event).where(*of)).scalar()

    def advance(self, fleet: str, reader: str, number: int) -> None:
        with self._store.writing() as connection:
            row = insert(connection.dialect.name, finding_readers).values(fleet=fleet, reader=reader, event=number)
            later = row.on_conflict_do_update(
                index_elements=["fleet", "reader"],
                set_={"event": number},
                where=finding_readers.c.event < number,
            )
            connection.execute(later)


def _stored(connection: Connection, look: LookRecord, ids: Collection[str]) -> tuple[dict[str, Finding], set[str]]:
    """The findings that the look is about, by id, and the ids of those that a look that started later has seen."""
    query = select(findings).where(findings.c.fleet == look.fleet)
    rows = list(connection.execute(query.where(findings.c.state != FindingState.RESOLVED.value)).mappings())
    resolved = query.where(findings.c.state == FindingState.RESOLVED.value)
    for some in portions(sorted(ids)):
        rows += connection.execute(resolved.where(findings.c.id.in_(some))).mappings()
    newer = {row["id"] for row in rows if row["look"] > look.number}
    return {row["id"]: read_finding(row) for row in rows if row["id"] not in newer}, newer


def _is_surpassed(connection: Connection, look: LookRecord) -> bool:
    """Whether a look at everything that started later has ended: what it did not see is not opened any more."""
    later = select(looks.c.number).where(
        looks.c.fleet == look.fleet, looks.c.number > look.number, looks.c.ended.is_not(None), looks.c.complete
    )
    return connection.execute(later.limit(1)).scalar() is not None


def _count(
    connection: Connection, look: LookRecord, stored: dict[str, Finding], transitions: Sequence[Transition]
) -> None:
    """Before the look changes the findings."""
    counts = LookCounts(
        at=look.ended,
        seconds=look.seconds,
        requests=look.requests,
        complete=look.complete,
        drifted=drifted_shops(connection, look.fleet),
        since=counted_until(connection, look.fleet),
    )
    add_totals(connection, look.fleet, look_increments(counts, stored, transitions))
    count_until(connection, look.fleet, look.ended)


def _write(
    connection: Connection, look: LookRecord, stored: dict[str, Finding], transitions: Sequence[Transition]
) -> None:
    """What was only seen again costs one statement for many."""
    new, changed, again = [], [], []
    for each in transitions:
        before = stored.get(each.finding.key.id)
        if before is None:
            new.append(finding_row(each.finding, look.number))
        elif replace(before, last_seen=each.finding.last_seen) == each.finding:
            again.append(each.finding)
        else:
            changed.append(finding_row(each.finding, look.number) | {"this": each.finding.key.id})
    if new:
        connection.execute(findings.insert(), new)
    if changed:
        connection.execute(update(findings).where(findings.c.id == bindparam("this")), changed)
    _touch(connection, again, look.number)


def _touch(connection: Connection, again: Iterable[Finding], look: int) -> None:
    by_time: dict[str, list[str]] = {}
    for finding in again:
        by_time.setdefault(finding.last_seen, []).append(finding.key.id)
    for at, names in by_time.items():
        for some in portions(names):
            connection.execute(update(findings).where(findings.c.id.in_(some)).values(last_seen=at, look=look))


def _write_unread(connection: Connection, look: LookRecord) -> None:
    """A shop without a manifest is neither compared nor unread any more."""
    known = set(connection.execute(select(unread_shops.c.shop).where(unread_shops.c.fleet == look.fleet)).scalars())
    gone = known - look.unread.keys() if look.complete else known & look.compared
    for some in portions(sorted(gone)):
        of = (unread_shops.c.fleet == look.fleet, unread_shops.c.shop.in_(some))
        connection.execute(delete(unread_shops).where(*of))
    rows: list[dict[str, Any]] = [
        {"fleet": look.fleet, "shop": shop, "since": look.ended, "code": code}
        for shop, code in sorted(look.unread.items())
        if shop not in known
    ]
    if rows:
        good = last_complete_look(connection, look.fleet)
        connection.execute(unread_shops.insert(), [row | {"last_good": good} for row in rows])


def _end(connection: Connection, look: LookRecord, events: int) -> None:
    ended: dict[str, Any] = {
        "ended": look.ended,
        "milliseconds": round(look.seconds * 1000),
        "requests": look.requests,
        "complete": look.complete,
        "shops": len(look.compared),
        "unread": len(look.unread),
        "events": events,
    }
    connection.execute(update(looks).where(looks.c.number == look.number).values(ended))
