"""The journal of one run: each event a row, on the disk before `record` returns.

In: events, in the order they happen, from many shops at once. Out: rows, several in one transaction where several waited
(`group_commit`). What follows from an event is written in the same transaction: which shops are unfinished, and which values were
last applied. A value counts as applied when its write was acknowledged, or it was read as Git wants it (what the backend made by
itself, what stood already, what somebody changed by hand to the same); the latter keeps the time and run of the first finding.

It never decides anything from what it wrote. Not for two processes: a run has one journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, select, update

from reconciler.adapters.store import outline
from reconciler.adapters.store.database import Store
from reconciler.adapters.store.group_commit import GroupCommit
from reconciler.adapters.store.left import left_by
from reconciler.adapters.store.standing import Standing
from reconciler.adapters.store.tables import applied, events, insert, run_shops, runs
from reconciler.core.canonical import DigestKey, Json
from reconciler.core.event_document import encode
from reconciler.core.events import (
    Event,
    OfRun,
    PredictionMissed,
    RunFinished,
    RunStarted,
    Seals,
    ShopAgreed,
    ShopFinished,
    ShopSkipped,
    StepDone,
    WaveFinished,
    WaveSoaks,
    WaveStarted,
)
from reconciler.core.last_applied import record
from reconciler.core.plan import Plan
from reconciler.core.state import FieldRef
from reconciler.core.values import Scalar, ShopKey
from reconciler.ports import Clock, RunInfo


@dataclass(frozen=True, slots=True)
class _Entry:
    event: Event
    document: Json
    at: datetime

    @property
    def shop(self) -> ShopKey | None:
        return None if isinstance(self.event, OfRun) else self.event.shop


class StoreJournal:
    """Implements ports.Journal. `plan` is the one that is applied: it says what a step's number means."""

    def __init__(self, store: Store, info: RunInfo, plan: Plan, clock: Clock, key: DigestKey | None) -> None:
        self._store = store
        self._info = info
        self._plans = {shop.shop: shop for shop in plan.shops}
        self._clock = clock
        self._key = key
        self._standings: dict[ShopKey, Standing] = {}
        self._missed: set[tuple[ShopKey, FieldRef]] = set()
        self._begun = False
        self._commits = GroupCommit(self._commit)

    async def record(self, event: Event) -> None:
        """Raises StoreError; then it is not known whether the event was kept."""
        await self._commits.submit(_Entry(event, encode(event, self._key), self._clock.now()))

    def _commit(self, entries: Sequence[_Entry]) -> Sequence[None]:
        before = {entry.shop: self._standings.get(entry.shop) for entry in entries if entry.shop is not None}
        try:
            self._write(entries)
        except BaseException:
            # What was rolled back was not recorded: the next event of such a shop begins where the last one that was did.
            for shop, standing in before.items():
                self._standings.pop(shop, None)
                if standing is not None:
                    self._standings[shop] = standing
            raise
        self._begun = True
        return [None] * len(entries)

    def _write(self, entries: Sequence[_Entry]) -> None:
        with self._store.writing() as connection:
            if not self._begun:
                connection.execute(runs.insert(), _run_row(self._info))
            connection.execute(events.insert(), [self._row(entry) for entry in entries])
            for entry in entries:
                self._follow(connection, entry)

    def _row(self, entry: _Entry) -> dict[str, Any]:
        return {"run": self._info.run, "shop": entry.shop, "at": entry.at, "document": entry.document}

    def _follow(self, connection: Connection, entry: _Entry) -> None:
        match entry.event:
            case RunFinished():
                connection.execute(update(runs).where(runs.c.run == self._info.run).values(ended=entry.at))
            case RunStarted() | WaveStarted() | WaveSoaks() | WaveFinished() | ShopSkipped():
                pass
            case ShopAgreed() as agreed:
                self._keep(connection, self._values(agreed.shop, agreed.values, agreed.seals, entry.at), anew=False)
            case ShopFinished():
                self._finish(connection, entry.event.shop)
            case _:
                self._go_on(connection, entry.event.shop)
                self._stand(entry.event.shop, entry.event)
        if isinstance(entry.event, StepDone):
            self._apply(connection, entry.event, entry.at)
        if isinstance(entry.event, PredictionMissed):
            self._missed.add((entry.event.shop, entry.event.ref))

    def _stand(self, shop: ShopKey, event: Event) -> None:
        self._standings[shop] = self._standings[shop].after(event)

    def _go_on(self, connection: Connection, shop: ShopKey) -> None:
        """Something happens in the shop: from here on it is unfinished, also where a later run had settled it before."""
        if shop in self._standings:
            own = (run_shops.c.run == self._info.run, run_shops.c.shop == shop)
            connection.execute(update(run_shops).where(*own, not_(run_shops.c.unfinished)).values(unfinished=True))
            return
        plan = self._plans.get(shop)
        self._standings[shop] = Standing(does=[step.does for step in plan.steps] if plan else [])
        row = {
            "run": self._info.run,
            "shop": shop,
            "steps": outline.steps(plan) if plan else [],
            "changes": outline.changes(plan, self._key) if plan else [],
            "unfinished": True,
        }
        connection.execute(run_shops.insert(), row)

    def _finish(self, connection: Connection, shop: ShopKey) -> None:
        """Settles the shop for this run, and for all before it where this one looked after them or opened the shop itself.

        A shop that could not be reopened is not settled. Nor is what an earlier run owes it, by a run that had begun before
        that one was killed: it saw a closed shop, and knows nothing of why. Nor is what a run does there that took the shop
        over meanwhile, because this one's lease had lapsed. Nor a closing by who only looked: nobody had told it of that.
        """
        if shop in self._standings:
            self._stand(shop, ShopFinished(shop=shop))
            if self._standings[shop].closed:
                return
        last = select(func.max(events.c.number)).scalar_subquery()
        settled = update(run_shops).where(run_shops.c.shop == shop, run_shops.c.unfinished, not_(self._overtaken(shop)))
        standing = self._standings.get(shop)
        if standing is not None and standing.does and not standing.opened:
            settled = settled.where(run_shops.c.run == self._info.run)
        elif standing is None or not standing.opened:
            settled = settled.where(run_shops.c.run.not_in(self._closed_by_others(connection, shop)))
        connection.execute(settled.values(unfinished=False, settled=last))

    def _closed_by_others(self, connection: Connection, shop: ShopKey) -> list[str]:
        """The runs that asked for the shop to be closed, and told of no reopening."""
        rows = connection.execute(
            select(run_shops).where(run_shops.c.shop == shop, run_shops.c.unfinished, run_shops.c.run != self._info.run)
        ).mappings()
        return [row["run"] for row in rows if left_by(connection, row).closed]

    def _overtaken(self, shop: ShopKey) -> ColumnElement[bool]:
        """Of a row: it is another run's, which did something in the shop after this one had begun there."""
        own = events.alias()
        begun = select(func.min(own.c.number)).where(own.c.run == self._info.run, own.c.shop == shop).scalar_subquery()
        since = exists().where(events.c.run == run_shops.c.run, events.c.shop == shop, events.c.number > begun)
        return and_(run_shops.c.run != self._info.run, since)

    def _apply(self, connection: Connection, done: StepDone, at: datetime) -> None:
        plan = self._plans.get(done.shop)
        if plan is None or done.step >= len(plan.steps):
            return
        written = outline.written_by(plan, done.step)
        self._keep(connection, self._values(plan.shop, written, done.seals, at), anew=True)
        shown = (
            (ref, value) for ref, value in outline.shown_by(plan, done.step) if (plan.shop, ref) not in self._missed
        )
        self._keep(connection, self._values(plan.shop, shown, done.seals, at), anew=False)

    def _values(
        self, shop: ShopKey, values: Iterable[tuple[FieldRef, Scalar]], seals: Seals, at: datetime
    ) -> list[dict[str, Any]]:
        about = {"shop": shop, "at": at, "run": self._info.run}
        shown = dict(seals)
        return [
            {**about, "field": str(ref), "value": record(value, shown.get(ref), self._key)} for ref, value in values
        ]

    def _keep(self, connection: Connection, rows: list[dict[str, Any]], *, anew: bool) -> None:
        if not rows:
            return
        into = insert(connection, applied)
        upsert = into.on_conflict_do_update(
            index_elements=[applied.c.shop, applied.c.field],
            set_={name: into.excluded[name] for name in ("value", "at", "run")},
            where=None if anew else applied.c.value != into.excluded.value,
        )
        connection.execute(upsert, rows)


def _run_row(info: RunInfo) -> dict[str, Any]:
    return {
        "run": info.run,
        "actor": info.actor,
        "host": info.host,
        "pid": info.pid,
        "command": info.command,
        "version": info.version,
        "started": info.started,
        "fingerprint": info.fingerprint,
        "git_commit": info.commit,
        "ended": None,
    }
