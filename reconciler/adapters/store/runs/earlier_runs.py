"""What runs were to do in shops since a time, and how much of it came about.

In: a connection, shops and a time. Out: `EarlierRun`, in the order in which the runs started. An event that cannot be read leaves
its run incomplete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, select

from reconciler.adapters.store.db.run_tables import applied, events, run_shops, runs
from reconciler.adapters.store.runs import plan_outline as outline
from reconciler.core.documents.event_codec import DocumentError, decode_event
from reconciler.core.model.canonical import Json
from reconciler.core.runs.earlier_run import EarlierRun, without_digest
from reconciler.core.runs.events import PredictionMissed, StepDone
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc


def earlier_runs(connection: Connection, shops: Sequence[ShopKey], since: datetime) -> Sequence[EarlierRun]:
    query = (
        select(runs.c.number, runs.c.run, runs.c.started, run_shops.c.shop, run_shops.c.steps, run_shops.c.changes)
        .join(runs, runs.c.run == run_shops.c.run)
        .where(run_shops.c.shop.in_(shops), runs.c.started >= since)
        .order_by(runs.c.number.desc(), run_shops.c.shop)
    )
    rows = connection.execute(query).mappings().all()
    values = _values(connection, sorted({row["shop"] for row in rows}))
    found: list[EarlierRun] = []
    outcomes: dict[str, _Outcome] = {}
    for row in rows:  # the newest first: what a later one did counts as well
        shop = row["shop"]
        outcomes[shop] = _outcome(connection, row).joined(outcomes.get(shop, _Outcome()))
        found.append(_run(row, values.get(shop, {}), outcomes[shop]))
    return found[::-1]


@frozen
class _Outcome:
    """`wrote` are the fields whose write was acknowledged."""

    complete: bool = False
    wrote: frozenset[str] = frozenset()

    def joined(self, later: _Outcome) -> _Outcome:
        return _Outcome(complete=self.complete or later.complete, wrote=self.wrote | later.wrote)


def _run(row: RowMapping, values: Mapping[str, tuple[int, Json]], outcome: _Outcome) -> EarlierRun:
    return EarlierRun(
        run=row["run"],
        shop=ShopKey(row["shop"]),
        started=format_utc(row["started"]),
        changes=outline.decode_changes(row["changes"]),
        steps=outline.decode_steps(row["steps"]),
        applied={field: value for field, (number, value) in values.items() if number >= row["number"]},
        wrote=outcome.wrote,
        complete=outcome.complete,
    )


def _values(connection: Connection, shops: Sequence[str]) -> Mapping[str, dict[str, tuple[int, Json]]]:
    """Shop by shop, by field: the number of the run that was the last to apply it, and what."""
    found: dict[str, dict[str, tuple[int, Json]]] = {}
    query = select(applied, runs.c.number).join(runs, runs.c.run == applied.c.run).where(applied.c.shop.in_(shops))
    for row in connection.execute(query):
        found.setdefault(row.shop, {})[row.field] = (row.number, without_digest(row.value))
    return found


def _outcome(connection: Connection, row: RowMapping) -> _Outcome:
    """It is complete if each step was done, and nothing missed its prediction."""
    own = and_(events.c.run == row["run"], events.c.shop == row["shop"])
    found = [_event(document) for document in connection.execute(select(events.c.document).where(own)).scalars()]
    done = {event.step for event in found if isinstance(event, StepDone)}
    missed = any(event is None or isinstance(event, PredictionMissed) for event in found)
    steps = outline.decode_steps(row["steps"])
    return _Outcome(
        complete=bool(steps) and done.issuperset(range(len(steps))) and not missed,
        wrote=frozenset(str(ref) for number, step in enumerate(steps) if number in done for ref in step.refs),
    )


def _event(document: Any) -> object | None:
    try:
        return decode_event(document)
    except DocumentError:
        return None
