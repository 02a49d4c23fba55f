"""The journal of one run: each event a row, on disk before `record` returns.

In: events, in the order in which they happen, from many shops at once. Out: rows, several in one transaction if several waited
(`group_commit`). Derived rows of an event (`following`) are written in the same transaction.

It never decides anything from what it wrote. Not for two processes: a run has one journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.group_commit import GATHER_SECONDS, GroupCommit
from reconciler.adapters.store.db.run_tables import events, json_text, runs, utc_text
from reconciler.adapters.store.runs.leases import lost_leases
from reconciler.adapters.store.runs.projection import PendingEvent, RunContext, RunProjection
from reconciler.adapters.store.runs.row_statements import RowStatement
from reconciler.core.documents.event_codec import encode_event
from reconciler.core.model.canonical import DigestKey
from reconciler.core.planning.plan import Plan
from reconciler.core.runs.events import Event, ShopFinished, StepStarted
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, LeaseHeld, LeaseInfo, RunInfo

_ADD: Final = RowStatement(lambda _dialect: events.insert(), ("run", "shop", "at", "document"))


@frozen
class _PendingRecord:
    """`before` was noted of the shop and is kept with `entry`. With a `lease` the entry is kept only while that lease holds."""

    before: Sequence[PendingEvent]
    entry: PendingEvent
    lease: LeaseInfo | None


class StoreJournal:
    """Implements ports.Journal. `plan` is the one that is applied: it says what a step's number means."""

    def __init__(self, store: Store, info: RunInfo, plan: Plan, clock: Clock, key: DigestKey | None) -> None:
        self._store = store
        self._info = info
        self._course = RunContext(run=info.run, plans={shop.shop: shop for shop in plan.shops}, key=key)
        self._clock = clock
        self._noted: dict[ShopKey | None, list[PendingEvent]] = {}
        self._started = False
        self._commits: GroupCommit[_PendingRecord, LeaseInfo | None] = GroupCommit(
            self._commit, gather=GATHER_SECONDS, deadline=store.patience, overdue=store.overdue
        )

    async def record(self, event: Event) -> None:
        """Raises StoreError; then it is not known whether the event was kept, nor those that were noted before it."""
        await self._submit(event)

    async def record_intent(self, event: StepStarted, lease: LeaseInfo) -> None:
        """Raises LeaseHeld, and then nothing of it was kept; StoreError as `record`."""
        taken_by = await self._submit(event, lease)
        if taken_by is not None:
            raise LeaseHeld(taken_by)

    async def _submit(self, event: Event, lease: LeaseInfo | None = None) -> LeaseInfo | None:
        entry = self._entry(event)
        return await self._commits.submit(
            _PendingRecord(before=self._taken_along(entry.shop), entry=entry, lease=lease)
        )

    async def record_lazily(self, event: Event) -> None:
        entry = self._entry(event)
        self._noted.setdefault(entry.shop, []).append(entry)

    def _entry(self, event: Event) -> PendingEvent:
        return PendingEvent(event, encode_event(event, self._course.key), self._clock.now())

    def _taken_along(self, shop: ShopKey | None) -> Sequence[PendingEvent]:
        if shop is not None:
            return self._noted.pop(shop, [])
        noted, self._noted = self._noted, {}
        return [entry for of_shop in noted.values() for entry in of_shop]

    def _commit(self, items: Sequence[_PendingRecord]) -> Sequence[LeaseInfo | None]:
        shops = {entry.shop for item in items for entry in (*item.before, item.entry) if entry.shop is not None}
        standings = self._course.progress
        before = {shop: standings.get(shop) for shop in shops}
        try:
            answers = self._write(items)
        except BaseException:
            # What was rolled back was not recorded: the next event of such a shop continues after the last recorded one.
            for shop, standing in before.items():
                standings.pop(shop, None)
                if standing is not None:
                    standings[shop] = standing
            raise
        self._started = True
        return answers

    def _write(self, items: Sequence[_PendingRecord]) -> Sequence[LeaseInfo | None]:
        with self._store.writing() as connection:
            claimed = [item.lease for item in items if item.lease is not None]
            lost = lost_leases(connection, claimed) if claimed else {}
            answers = [None if item.lease is None else lost.get(item.lease.shop) for item in items]
            if not self._started:
                connection.execute(runs.insert(), _run_row(self._info))
            for part in _parts(_kept(items, answers)):
                _ADD.execute(connection, [self._row(entry) for entry in part])
                following = RunProjection(connection=connection, context=self._course)
                for entry in part:
                    following.apply(entry)
                following.write()
        return answers

    def _row(self, entry: PendingEvent) -> tuple[str | None, ...]:
        return self._info.run, entry.shop, utc_text(entry.at), json_text(entry.document)


def _kept(items: Sequence[_PendingRecord], answers: Sequence[LeaseInfo | None]) -> Sequence[PendingEvent]:
    """Without the intents of those whose lease is lost."""
    kept: list[PendingEvent] = []
    for item, taken_by in zip(items, answers, strict=True):
        kept += item.before
        if taken_by is None:
            kept.append(item.entry)
    return kept


def _parts(entries: Sequence[PendingEvent]) -> Iterator[Sequence[PendingEvent]]:
    """What happens in a shop after its end is not settled by it."""
    part: list[PendingEvent] = []
    finished: set[ShopKey | None] = set()
    for entry in entries:
        if entry.shop in finished:
            yield part
            part, finished = [], set()
        part.append(entry)
        if isinstance(entry.event, ShopFinished):
            finished.add(entry.shop)
    if part:
        yield part


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
