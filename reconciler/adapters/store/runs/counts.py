"""Outcomes of runs, counted by the database: a run may have millions of events, and none of them is read here.

In: a connection and runs by their ids. Out: numbers by run; a run without any is omitted. The kind of an event is searched in its
text, so that an unreadable one (of a newer version, or damaged) hides no run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, case, func, not_, or_, select, type_coerce

from reconciler.adapters.store.db.run_tables import events, run_shops, runs
from reconciler.core.model.canonical import Json
from reconciler.core.runs.run_summary import RunCounts


def run_counts(connection: Connection, ids: Collection[str]) -> Mapping[str, RunCounts]:
    shops = _by_shop(ids).subquery()
    broken_off = and_(shops.c.finished == 1, shops.c.done < func.coalesce(_planned(), 0))
    troubled = or_(shops.c.troubled == 1, broken_off)
    query = (
        select(
            shops.c.run,
            func.sum(case((and_(shops.c.finished == 1, not_(troubled)), 1), else_=0)).label("applied"),
            func.sum(case((troubled, 1), else_=0)).label("failed"),
            func.sum(shops.c.unknown).label("unknown"),
            func.sum(case((and_(shops.c.skipped == 1, not_(troubled)), 1), else_=0)).label("refused"),
        )
        .outerjoin(run_shops, and_(run_shops.c.run == shops.c.run, run_shops.c.shop == shops.c.shop))
        .group_by(shops.c.run)
    )
    return {
        row.run: RunCounts(applied=row.applied, failed=row.failed, unknown=row.unknown, refused=row.refused)
        for row in connection.execute(query)
    }


def interrupted_runs(connection: Connection, ids: Collection[str]) -> frozenset[str]:
    """Those that ended in order, before they were through."""
    query = select(events.c.run).where(events.c.run.in_(ids), events.c.shop.is_(None), _says('"interrupted":true'))
    return frozenset(connection.execute(query).scalars())


def override_documents(connection: Connection, ids: Collection[str]) -> Mapping[str, Json]:
    """What each run overrode, as it was written down."""
    own = (events.c.run.in_(ids), events.c.shop.is_(None), is_event("guards-overridden"))
    return {row.run: row.document for row in connection.execute(select(events.c.run, events.c.document).where(*own))}


def unfinished_counts(connection: Connection, ids: Collection[str]) -> Mapping[str, int]:
    """How many shops of each run are unfinished."""
    own = (run_shops.c.run.in_(ids), run_shops.c.unfinished)
    query = select(run_shops.c.run, func.count().label("left")).where(*own).group_by(run_shops.c.run)
    return {row.run: row.left for row in connection.execute(query)}


def recovering_runs(connection: Connection, ids: Collection[str]) -> Mapping[str, str]:
    """For runs without an end: the last run that settled a shop for them, from the settling event."""
    query = (
        select(run_shops.c.run, events.c.run.label("by"))
        .join(events, events.c.number == run_shops.c.settled)
        .join(runs, runs.c.run == run_shops.c.run)
        .where(run_shops.c.run.in_(ids), runs.c.ended.is_(None), not_(run_shops.c.unfinished))
        .where(events.c.run != run_shops.c.run)
        .group_by(run_shops.c.run, events.c.run)
        .order_by(func.max(events.c.number))
    )
    return {row.run: row.by for row in connection.execute(query)}


def _planned() -> ColumnElement[int]:
    """How many steps the run had in the shop."""
    steps = type_coerce(run_shops.c.steps, Text)
    return (func.length(steps) - func.length(func.replace(steps, _STEP, ""))) // len(_STEP)


_STEP: Final = '"does":'
"""A text that each step has once: inside other texts, quotes are escaped."""


def _by_shop(ids: Collection[str]) -> Select[tuple[str, str, int, int, int, int, int]]:
    """A row for each shop of each run: whether anything of a kind happened in it, as 1 or 0, and how many steps were done."""
    troubled = or_(is_event("step-failed"), is_event("prediction-missed"), is_event("reopen-failed"))
    return (
        select(
            events.c.run,
            events.c.shop,
            func.sum(case((is_event("step-done"), 1), else_=0)).label("done"),
            _any(is_event("shop-skipped")).label("skipped"),
            _any(is_event("shop-finished")).label("finished"),
            _any(troubled).label("troubled"),
            _any(and_(is_event("step-failed"), _says('"happened":null'))).label("unknown"),
        )
        .where(events.c.run.in_(ids), events.c.shop.is_not(None))
        .group_by(events.c.run, events.c.shop)
    )


def _any(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((holds, 1), else_=0))


def is_event(name: str) -> ColumnElement[bool]:
    """Whether an event is of that kind, as the codec names it."""
    return _says(f'"event":"{name}"')


def _says(words: str) -> ColumnElement[bool]:
    """Whether the document itself has it: inside other texts, quotes are escaped."""
    return type_coerce(events.c.document, Text).contains(words, autoescape=True)
