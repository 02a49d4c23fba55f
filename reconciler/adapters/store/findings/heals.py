"""Implements ports.findings.HealStore over the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, delete, func, select, update

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.finding_tables import finding_events, findings
from reconciler.adapters.store.db.heal_tables import heals, proposals
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.db.run_tables import insert
from reconciler.adapters.store.findings.finding_rows import event_row
from reconciler.adapters.store.metrics.totals import add_totals
from reconciler.core.findings.finding import FindingEvent
from reconciler.core.findings.metric_totals import PROPOSED, Total
from reconciler.core.healing.record import Heal, HealOutcome
from reconciler.core.values import ShopKey
from reconciler.ports.findings.heals import HealedField, Proposal, StoredHeal

_HEAL_LOCK: Final = 0x72656370  # of PostgreSQL's advisory locks; any otherwise unused number


class StoreHeals:
    """All of it raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def heals_of(self, fleet: str, findings: Collection[str]) -> Mapping[str, Sequence[Heal]]:
        found: dict[str, list[Heal]] = {}
        query = select(heals).where(heals.c.fleet == fleet).order_by(heals.c.number)
        with self._store.reading() as connection:
            for some in portions(sorted(findings)):
                for row in connection.execute(query.where(heals.c.finding.in_(some))).mappings():
                    found.setdefault(row["finding"], []).append(_heal(row))
        return found

    def healed_shops(self, fleet: str, since: str) -> frozenset[str]:
        query = select(heals.c.shop).distinct().where(heals.c.fleet == fleet, heals.c.at >= since)
        with self._store.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def begin_heals(
        self, fleet: str, started: Sequence[tuple[HealedField, Heal]], known: Mapping[str, int]
    ) -> Sequence[int]:
        with self._store.writing() as connection:
            _lock(connection)
            if any(_count(connection, fleet, each.finding) != known.get(each.finding, 0) for each, _ in started):
                return ()
            return [
                _number(connection.execute(heals.insert().values(fleet=fleet, **_columns(healed, heal))))
                for healed, heal in started
            ]

    def end_heals(self, fleet: str, outcomes: Mapping[int, HealOutcome], run: str | None) -> None:
        with self._store.writing() as connection:
            for number, outcome in outcomes.items():
                of = (heals.c.fleet == fleet, heals.c.number == number)
                connection.execute(update(heals).where(*of).values(outcome=outcome.value, run=run))
            counts = Counter(outcome.value for outcome in outcomes.values())
            add_totals(connection, fleet, {(Total.HEALS, (word,)): count for word, count in counts.items()})

    def latest_heals(self, fleet: str, *, limit: int, shop: str | None = None) -> Sequence[StoredHeal]:
        query = select(heals).where(heals.c.fleet == fleet)
        if shop is not None:
            query = query.where(heals.c.shop == shop)
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(heals.c.number.desc()).limit(limit)).mappings()
            return [_stored(row) for row in rows]

    def announce_fight(self, event: FindingEvent, last: str) -> bool:
        key = event.finding.key
        announced = select(finding_events.c.number).where(
            finding_events.c.finding == key.id, finding_events.c.kind == event.kind.value, finding_events.c.at >= last
        )
        with self._store.writing() as connection:
            _lock(connection)
            if connection.execute(announced.limit(1)).scalar() is not None:
                return False
            _record(connection, event)
            add_totals(connection, key.fleet, {(Total.FIGHTS, ()): 1})
            return True

    def proposals(self, fleet: str) -> Sequence[Proposal]:
        query = select(proposals).where(proposals.c.fleet == fleet).order_by(proposals.c.shop)
        with self._store.reading() as connection:
            return [_proposal(row) for row in connection.execute(query).mappings()]

    def propose(self, fleet: str, proposal: Proposal, events: Sequence[FindingEvent]) -> None:
        values = {
            "file": proposal.file,
            "fingerprint": proposal.fingerprint,
            "rule": proposal.rule,
            "at": proposal.at,
            "findings": dict(proposal.findings),
        }
        with self._store.writing() as connection:
            row = insert(connection.dialect.name, proposals).values(fleet=fleet, shop=proposal.shop, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["fleet", "shop"], set_=values))
            for event in events:
                _record(connection, event)
            add_totals(connection, fleet, {(Total.HEALS, (PROPOSED,)): len(events)} if events else {})

    def withdraw(self, fleet: str, shops: Collection[ShopKey]) -> None:
        with self._store.writing() as connection:
            for some in portions(sorted(shops)):
                of = (proposals.c.fleet == fleet, proposals.c.shop.in_(some))
                connection.execute(delete(proposals).where(*of))


def _lock(connection: Connection) -> None:
    """One writer at a time decides what it may start; on SQLite every writer is alone."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_HEAL_LOCK)))


def _count(connection: Connection, fleet: str, finding: str) -> int:
    of = (heals.c.fleet == fleet, heals.c.finding == finding)
    return connection.execute(select(func.count()).select_from(heals).where(*of)).scalar_one()


def _record(connection: Connection, event: FindingEvent) -> None:
    """As part of the last look that said something of the finding."""
    look = connection.execute(select(findings.c.look).where(findings.c.id == event.finding.key.id)).scalar_one()
    connection.execute(finding_events.insert().values(**event_row(event, look)))
    add_totals(connection, event.finding.key.fleet, {(Total.EVENTS, (event.kind.value,)): 1})


def _columns(healed: HealedField, heal: Heal) -> dict[str, Any]:
    return {
        "finding": healed.finding,
        "shop": healed.shop,
        "field": healed.field,
        "rule": healed.rule,
        "at": heal.at,
        "outcome": heal.outcome.value,
        "actor": heal.actor,
        "desired": heal.desired,
    }


def _number(result: Any) -> int:
    return int(result.inserted_primary_key[0])


def _heal(row: RowMapping) -> Heal:
    return Heal(at=row["at"], outcome=HealOutcome(row["outcome"]), actor=row["actor"], desired=row["desired"])


def _stored(row: RowMapping) -> StoredHeal:
    healed = HealedField(finding=row["finding"], shop=ShopKey(row["shop"]), field=row["field"], rule=row["rule"])
    return StoredHeal(number=row["number"], healed=healed, heal=_heal(row), run=row["run"])


def _proposal(row: RowMapping) -> Proposal:
    return Proposal(
        shop=ShopKey(row["shop"]),
        file=row["file"],
        fingerprint=row["fingerprint"],
        rule=row["rule"],
        at=row["at"],
        findings=row["findings"],
    )
