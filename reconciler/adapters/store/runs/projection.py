"""Rows derived from a run's events, collected for one transaction and written in few statements.

In: events, in the order in which they happened, of many shops. Out: rows of `run_shops` (which shops are unfinished), of
`closures` and of `applied` (which values were last applied). A value counts as applied when its write was acknowledged, or
when it was read as desired (derived by the backend, already there, or changed by hand to the same); the latter keeps the time
and run of the first read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Insert, and_, bindparam, exists, func, not_, select, update

from reconciler.adapters.store.db.run_tables import (
    applied,
    closures,
    events,
    insert,
    json_text,
    run_shops,
    runs,
    utc_text,
)
from reconciler.adapters.store.runs import plan_outline as outline
from reconciler.adapters.store.runs.row_statements import Row, RowStatement
from reconciler.adapters.store.runs.unfinished import ShopProgress, unfinished_work
from reconciler.core.model.canonical import DigestKey, Json
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.runs.events import (
    Event,
    PredictionMissed,
    RunEvent,
    RunFinished,
    Seals,
    ShopFinished,
    ShopInSync,
    ShopReopened,
    ShopSkipped,
    StepDone,
)
from reconciler.core.runs.last_applied import stored_value
from reconciler.core.values import Scalar, ShopKey
from reconciler.lib.frozen_class import frozen

_OWN: Final = (run_shops.c.run == bindparam("of_run"), run_shops.c.shop == bindparam("of_shop"))
_LAST: Final = select(func.max(events.c.number)).scalar_subquery()
_SETTLED: Final[dict[str, Any]] = {"unfinished": False, "settled": _LAST}

# Made once: putting a statement together costs more than running it.
_GO_ON: Final = update(run_shops).where(*_OWN, not_(run_shops.c.unfinished)).values(unfinished=True)
_SETTLE_OWN: Final = update(run_shops).where(*_OWN, run_shops.c.unfinished).values(_SETTLED)


class PendingEvent(NamedTuple):
    """An event, as it is written down, and when it happened."""

    event: Event
    document: Json
    at: datetime

    @property
    def shop(self) -> ShopKey | None:
        return None if isinstance(self.event, RunEvent) else self.event.shop


@frozen
class RunContext:
    """The state of a run, from its plan and its events so far. `standings` are those of the shops it started, `missed`
    the values that missed their prediction.
    """

    run: str
    plans: Mapping[ShopKey, ShopPlan]
    key: DigestKey | None
    progress: dict[ShopKey, ShopProgress] = field(default_factory=dict)
    missed: set[tuple[ShopKey, FieldRef]] = field(default_factory=set)


class _Value(NamedTuple):
    """Of a row of `applied`, as text. Not `overwrites`: it was read, and an existing row keeps its time and run."""

    value: str
    at: str
    overwrites: bool


@dataclass(slots=True, kw_only=True)
class RunProjection:
    """`started` and `closed` are rows, `finished` the shops to be settled, `ended` when the run was over.

    The order within a shop counts, and a shop's end comes last.
    """

    connection: Connection
    context: RunContext
    started: list[Row] = field(default_factory=list)
    restarted: set[ShopKey] = field(default_factory=set)
    values: dict[tuple[ShopKey, str], _Value] = field(default_factory=dict)
    finished: dict[ShopKey, ShopProgress | None] = field(default_factory=dict)
    closed: list[dict[str, Any]] = field(default_factory=list)
    ended: datetime | None = None

    def apply(self, entry: PendingEvent) -> None:
        match entry.event:
            case RunFinished():
                self.ended = entry.at
            case ShopInSync() as agreed:
                self._keep(agreed.shop, agreed.values, agreed.seals, entry.at, overwrites=False)
            case ShopFinished() as over:
                self._finish(over)
            case event if not isinstance(event, RunEvent | ShopSkipped):
                self._go_on(event.shop)
                self.context.progress[event.shop] = self.context.progress[event.shop].apply(event)
        if isinstance(entry.event, StepDone):
            self._apply(entry.event, entry.at)
        if isinstance(entry.event, StepDone | ShopReopened) and entry.event.closed_ms is not None:
            self.closed.append(self._closure(entry.event.shop, entry.event.closed_ms, entry.at))
        if isinstance(entry.event, PredictionMissed):
            self.context.missed.add((entry.event.shop, entry.event.ref))

    def write(self) -> None:
        if self.started:
            _START.execute(self.connection, self.started)
        if self.restarted:
            self.connection.execute(_GO_ON, [self._own(shop) for shop in sorted(self.restarted)])
        if self.closed:
            self.connection.execute(closures.insert(), self.closed)
        self._write_values()
        self._settle()
        if self.ended is not None:
            over = update(runs).where(runs.c.run == self.context.run)
            self.connection.execute(over.values(ended=self.ended))

    def _closure(self, shop: ShopKey, milliseconds: int, at: datetime) -> dict[str, Any]:
        return {"run": self.context.run, "shop": shop, "at": at, "milliseconds": milliseconds}

    def _own(self, shop: ShopKey) -> dict[str, Any]:
        return {"of_run": self.context.run, "of_shop": shop}

    def _go_on(self, shop: ShopKey) -> None:
        """Something happens in the shop: from here on it is unfinished, also where a later run had settled it before."""
        if shop in self.context.progress:
            self.restarted.add(shop)
            return
        plan = self.context.plans.get(shop)
        self.context.progress[shop] = ShopProgress(step_kinds=[step.action for step in plan.steps] if plan else [])
        steps = json_text(outline.encode_steps(plan) if plan else [])
        changes = json_text(outline.encode_changes(plan, self.context.key) if plan else [])
        self.started.append((self.context.run, shop, steps, changes, True))

    def _finish(self, over: ShopFinished) -> None:
        """A shop that could not be reopened is not settled."""
        standing = self.context.progress.get(over.shop)
        if standing is not None:
            standing = self.context.progress[over.shop] = standing.apply(over)
        if standing is None or not standing.closed:
            self.finished[over.shop] = standing

    def _settle(self) -> None:
        """Settles the shops for this run, and for all before it if this one recovered them or opened the shop itself.

        A pending reopening of an earlier run is not settled by a run that had started before that one was killed: it saw a
        closed shop, and does not know why. Nor does it settle what a run does that claimed the shop since, because this one's
        lease had expired. Nor a closing by a run that a recovery did not know of.
        """
        own: list[ShopKey] = []
        for shop, standing in sorted(self.finished.items()):
            if standing is not None and standing.step_kinds and not standing.opened:
                own.append(shop)
            else:
                self._settle_for_all(shop, opened=standing is not None and standing.opened)
        if own:
            self.connection.execute(_SETTLE_OWN, [self._own(shop) for shop in own])

    def _settle_for_all(self, shop: ShopKey, *, opened: bool) -> None:
        settled = update(run_shops).where(run_shops.c.shop == shop, run_shops.c.unfinished, not_(self._overtaken(shop)))
        if not opened:
            settled = settled.where(run_shops.c.run.not_in(self._closed_by_others(shop)))
        self.connection.execute(settled.values(_SETTLED))

    def _closed_by_others(self, shop: ShopKey) -> list[str]:
        """The runs that asked for the shop to be closed, and recorded no reopening."""
        of_others = (run_shops.c.shop == shop, run_shops.c.unfinished, run_shops.c.run != self.context.run)
        rows = self.connection.execute(select(run_shops).where(*of_others)).mappings()
        return [row["run"] for row in rows if unfinished_work(self.connection, row).closed]

    def _overtaken(self, shop: ShopKey) -> ColumnElement[bool]:
        """Of a row: it is another run's, which did something in the shop after this one had started there."""
        own = events.alias()
        first_here = (
            select(func.min(own.c.number)).where(own.c.run == self.context.run, own.c.shop == shop).scalar_subquery()
        )
        since = exists().where(events.c.run == run_shops.c.run, events.c.shop == shop, events.c.number > first_here)
        return and_(run_shops.c.run != self.context.run, since)

    def _apply(self, done: StepDone, at: datetime) -> None:
        plan, missed = self.context.plans.get(done.shop), self.context.missed
        if plan is None or done.step >= len(plan.steps):
            return
        self._keep(plan.shop, outline.values_written_by(plan, done.step), done.seals, at, overwrites=True)
        verified = outline.values_verified_by(plan, done.step)
        if missed:
            verified = tuple((ref, value) for ref, value in verified if (plan.shop, ref) not in missed)
        self._keep(plan.shop, verified, done.seals, at, overwrites=False)

    def _keep(
        self, shop: ShopKey, values: Iterable[tuple[FieldRef, Scalar]], seals: Seals, at: datetime, *, overwrites: bool
    ) -> None:
        """As if each were written separately: a read value counts as new if it differs from the value before."""
        moment, key, seal_of = utc_text(at), self.context.key, dict(seals)
        for ref, value in values:
            place, written = (shop, str(ref)), json_text(stored_value(value, seal_of.get(ref), key))
            before = self.values.get(place)
            if overwrites or before is None or before.value != written:
                self.values[place] = _Value(written, moment, overwrites or before is not None)

    def _write_values(self) -> None:
        for overwrites, statement in _UPSERTS.items():
            rows = [
                (shop, field, kept.value, kept.at, self.context.run)
                for (shop, field), kept in self.values.items()
                if kept.overwrites is overwrites
            ]
            if rows:
                statement.execute(self.connection, rows)


def _upsert(dialect: str, *, overwrites: bool) -> Insert:
    into = insert(dialect, applied)
    return into.on_conflict_do_update(
        index_elements=[applied.c.shop, applied.c.field],
        set_={name: into.excluded[name] for name in ("value", "at", "run")},
        where=None if overwrites else applied.c.value != into.excluded.value,
    )


_START: Final = RowStatement(
    lambda dialect: insert(dialect, run_shops), ("run", "shop", "steps", "changes", "unfinished")
)
_UPSERTS: Final = {
    overwrites: RowStatement(partial(_upsert, overwrites=overwrites), ("shop", "field", "value", "at", "run"))
    for overwrites in (True, False)
}
