"""The content of the journal: runs for people, unfinished shops for recovery, last applied values for drift.

In: the store. Out: values. They are what was recorded of a shop, never its present state. An event that a newer version
wrote, or that is damaged, is refused (StoreError) rather than omitted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    Select,
    Text,
    and_,
    func,
    not_,
    or_,
    select,
    type_coerce,
)

from reconciler.adapters.store.db.database import Store, database_now
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.db.run_tables import applied, events, run_shops, runs
from reconciler.adapters.store.runs import plan_outline as outline
from reconciler.adapters.store.runs.counts import (
    interrupted_runs,
    override_documents,
    recovering_runs,
    run_counts,
    unfinished_counts,
)
from reconciler.adapters.store.runs.earlier_runs import earlier_runs
from reconciler.adapters.store.runs.failed_shops import failed_shops
from reconciler.adapters.store.runs.leases import active_leases, all_active_leases
from reconciler.adapters.store.runs.process_identity import this_process
from reconciler.adapters.store.runs.unfinished import ShopProgress
from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.event_codec import DocumentError, decode_event
from reconciler.core.model.canonical import dumps
from reconciler.core.model.state import FieldRef
from reconciler.core.runs.earlier_run import EarlierRun
from reconciler.core.runs.events import GuardsOverridden
from reconciler.core.runs.run_summary import RunCounts
from reconciler.core.runs.step_history import StepRecord, step_records
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc
from reconciler.ports import AppliedValue, Clock, JournalEntry, RunInfo, RunRow, UnfinishedShop
from reconciler.ports.journal import FailedShops, RunFilter

_AT_ONCE: Final = 500
_RUN: Final = runs.c


class StoreHistory:
    """Implements ports.History. All of it raises StoreError. `counts` keeps the outcomes of runs that have ended, by their
    ids: they do not change any more.
    """

    def __init__(self, store: Store, clock: Clock, counts: dict[str, RunCounts] | None = None) -> None:
        self._store = store
        self._clock = clock
        self._counts = {} if counts is None else counts

    def runs(
        self, shop: ShopKey | None = None, *, limit: int = 20, wanted: RunFilter | None = None
    ) -> Sequence[RunRow]:
        """With `shop`: the runs that concern it."""
        shop_count = select(func.count()).where(run_shops.c.run == runs.c.run).scalar_subquery()
        query = select(runs, shop_count.label("shops")).order_by(runs.c.number.desc()).limit(limit)
        if shop is not None:
            query = query.where(runs.c.run.in_(select(events.c.run).where(events.c.shop == shop)))
        if wanted is not None:
            query = query.where(*_conditions(wanted))
        with self._store.reading() as connection:
            rows = connection.execute(query).mappings().all()
            return self._records(connection, rows)

    def _records(self, connection: Connection, rows: Sequence[RowMapping]) -> Sequence[RunRow]:
        ids = [row["run"] for row in rows]
        counted, left = self._counted(connection, rows), unfinished_counts(connection, ids)
        interrupted, resumers = interrupted_runs(connection, ids), recovering_runs(connection, ids)
        overrides = {run: _overrides(document) for run, document in override_documents(connection, ids).items()}
        now = database_now(connection, self._clock)
        at_work = {held.run for held in all_active_leases(connection, now, this_process())}
        return [
            RunRow(
                info=_info(row),
                shops=row["shops"],
                ended=row["ended"],
                counts=counted.get(row["run"], RunCounts()),
                unfinished_shops=left.get(row["run"], 0),
                interrupted=row["run"] in interrupted,
                running=row["run"] in at_work,
                resumed_by=resumers.get(row["run"]),
                overrides=overrides.get(row["run"]),
            )
            for row in rows
        ]

    def _counted(self, connection: Connection, rows: Sequence[RowMapping]) -> Mapping[str, RunCounts]:
        found = run_counts(connection, [row["run"] for row in rows if row["run"] not in self._counts])
        ended = {row["run"] for row in rows if row["ended"] is not None}
        self._counts.update((run, counts) for run, counts in found.items() if run in ended)
        return {**self._counts, **found}

    def events(self, run: str, shop: ShopKey | None = None) -> Iterator[JournalEntry]:
        """A run may have millions: they are not all in memory at once."""
        query = select(events).where(events.c.run == run)
        if shop is not None:
            query = query.where(or_(events.c.shop == shop, events.c.shop.is_(None)))
        with self._store.reading() as connection:
            yield from self._recorded(connection, query)

    def run_events(self, run: str) -> Iterator[JournalEntry]:
        with self._store.reading() as connection:
            yield from self._recorded(connection, select(events).where(events.c.run == run, events.c.shop.is_(None)))

    def actors(self, runs: Collection[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        with self._store.reading() as connection:
            for some in portions(sorted(runs)):
                found.update(connection.execute(select(_RUN.run, _RUN.actor).where(_RUN.run.in_(some))).all())
        return found

    def unfinished(self, shop: ShopKey | None = None, *, running: bool = False) -> Sequence[UnfinishedShop]:
        """A shop is here once for each run that left it. Also one that its run finished and could not reopen."""
        query = (
            select(run_shops, runs)
            .join(runs, runs.c.run == run_shops.c.run)
            .where(run_shops.c.unfinished)
            .order_by(runs.c.number, run_shops.c.shop)
        )
        if shop is not None:
            query = query.where(run_shops.c.shop == shop)
        with self._store.reading() as connection:
            at_work = {(held.run, held.shop) for held in active_leases(connection, self._clock, this_process())}
            rows = connection.execute(query).mappings().all()
            return [self._left(connection, row) for row in rows if ((row["run"], row["shop"]) in at_work) is running]

    def last_applied(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Mapping[str, AppliedValue]]:
        found: dict[ShopKey, dict[str, AppliedValue]] = {}
        with self._store.reading() as connection:
            for some in portions(shops):
                query = select(applied).where(applied.c.shop.in_(some)).order_by(applied.c.shop, applied.c.field)
                for row in connection.execute(query):
                    fields = found.setdefault(ShopKey(row.shop), {})
                    fields[row.field] = AppliedValue(value=row.value, at=row.at, run=row.run)
        return found

    def earlier_runs(self, shops: Sequence[ShopKey], since: datetime) -> Sequence[EarlierRun]:
        with self._store.reading() as connection:
            return [run for some in portions(shops) for run in earlier_runs(connection, some, since)]

    def replaced_values(self, ref: FieldRef) -> Mapping[ShopKey, Sequence[str]]:
        """In one scan of the runs' changes, without those that only set the field."""
        changes, name = type_coerce(run_shops.c.changes, Text), f'"field":{dumps(str(ref))}'
        query = (
            select(run_shops.c.shop, run_shops.c.changes)
            .join(runs, runs.c.run == run_shops.c.run)
            .where(changes.contains(name, autoescape=True))
            .where(not_(changes.contains(f'"before":null,{name}', autoescape=True)))
            .order_by(runs.c.number)
        )
        replaced: dict[ShopKey, dict[str, None]] = {}
        with self._store.reading() as connection:
            for row in connection.execute(query):
                for value in outline.replaced_texts(row.changes, ref):
                    replaced.setdefault(ShopKey(row.shop), {})[value] = None
        return {shop: tuple(values) for shop, values in replaced.items()}

    def changed_fields(self, shops: Sequence[ShopKey], since: datetime) -> Mapping[ShopKey, frozenset[str]]:
        changed: dict[ShopKey, frozenset[str]] = {}
        query = (
            select(run_shops.c.shop, run_shops.c.changes)
            .join(runs, runs.c.run == run_shops.c.run)
            .where(or_(runs.c.ended.is_(None), runs.c.ended >= since))
        )
        with self._store.reading() as connection:
            for some in portions(shops):
                for row in connection.execute(query.where(run_shops.c.shop.in_(some))):
                    shop = ShopKey(row.shop)
                    changed[shop] = changed.get(shop, frozenset()) | outline.changed_field_names(row.changes)
        return changed

    def failed_shops(self, after: int | None) -> FailedShops:
        with self._store.reading() as connection:
            return failed_shops(connection, after)

    def last_event(self) -> tuple[int, str] | None:
        """Its number and run; None in an empty journal. A number alone could be another journal's."""
        query = select(events.c.number, events.c.run).order_by(events.c.number.desc()).limit(1)
        with self._store.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (row.number, row.run)

    def planned(self, run: str, shop: ShopKey) -> Any:
        """What the run was to do in the shop: `steps` and `changes`, secrets as digests. None if it did not start."""
        query = select(run_shops).where(run_shops.c.run == run, run_shops.c.shop == shop)
        with self._store.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else {"steps": row["steps"], "changes": row["changes"]}

    def step_records(self, run: str, shop: ShopKey) -> Sequence[StepRecord]:
        plan = self.planned(run, shop)
        planned = outline.decode_steps(plan["steps"]) if plan is not None else ()
        records = ((format_utc(recorded.at), recorded.event) for recorded in self.events(run, shop))
        return step_records(planned, records)

    def _left(self, connection: Connection, row: RowMapping) -> UnfinishedShop:
        since = and_(events.c.run == row["run"], events.c.shop == row["shop"], events.c.number > row["settled"])
        standing = ShopProgress(step_kinds=outline.step_kinds(row["steps"]))
        closed_since: datetime | None = None
        for recorded in self._recorded(connection, select(events).where(since)):
            standing = standing.apply(recorded.event)
            closed_since = (closed_since or recorded.at) if standing.closed else None
        return UnfinishedShop(
            shop=ShopKey(row["shop"]),
            run=_info(row),
            closed=standing.closed,
            pending_writes=tuple(sorted(standing.intents.items())),
            closing_keys=standing.closing_keys,
            disputed=standing.disputed,
            closed_since=closed_since,
        )

    def _recorded(self, connection: Connection, query: Select[Any]) -> Iterator[JournalEntry]:
        with connection.execute(query.order_by(events.c.number).execution_options(yield_per=_AT_ONCE)) as rows:
            for row in rows:
                yield self._read(row)

    def _read(self, row: Row[Any]) -> JournalEntry:
        try:
            return JournalEntry(number=row.number, at=row.at, event=decode_event(row.document))
        except DocumentError as error:
            raise StoreError(
                msg(
                    "The store {place}: event {number}: {why}",
                    place=self._store.place,
                    number=row.number,
                    why=error.text,
                )
            ) from error


def _conditions(wanted: RunFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.run is not None:
        conditions.append(_RUN.run == wanted.run)
    if wanted.before is not None:
        conditions.append(_RUN.number < select(_RUN.number).where(_RUN.run == wanted.before).scalar_subquery())
    if wanted.words:
        named = (_RUN.run, _RUN.actor, _RUN.command, _RUN.git_commit)
        conditions.append(or_(*(column.icontains(wanted.words, autoescape=True) for column in named)))
    return conditions


def _overrides(document: Any) -> GuardsOverridden | None:
    """None for one that cannot be read: it hides no run."""
    try:
        event = decode_event(document)
    except DocumentError:
        return None
    return event if isinstance(event, GuardsOverridden) else None


def _info(row: RowMapping) -> RunInfo:
    return RunInfo(
        run=row["run"],
        actor=row["actor"],
        host=row["host"],
        pid=row["pid"],
        command=row["command"],
        version=row["version"],
        started=row["started"],
        fingerprint=row["fingerprint"],
        commit=row["git_commit"],
    )
