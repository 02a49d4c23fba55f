"""Implements ports.fleet.FleetRuns over the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from reconciler.adapters.store.db.database import Store, database_now
from reconciler.adapters.store.db.fleet_tables import chunk_shops, closure_slots, fleet_runs, run_chunks, run_outcomes
from reconciler.adapters.store.db.run_tables import insert
from reconciler.adapters.store.fleet.claims import beat, claim_chunk, finish_chunk, lost, unclaimed
from reconciler.adapters.store.fleet.fleet_rows import chunk_row, fleet_run_of, of_known_version, run_chunk_of, run_row
from reconciler.core.fleet.chunk_result import ChunkResult
from reconciler.core.fleet.fleet_run import (
    ChunkState,
    ClaimedChunk,
    FleetRun,
    FleetRunKind,
    FleetRunState,
    NewChunk,
    NewFleetRun,
    RunChunk,
    StopReason,
)
from reconciler.core.planning.failure_limit import FailureCounts
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.values import ShopKey
from reconciler.ports import Clock
from reconciler.ports.fleet.fleet_runs import UNHEALTHY, UnfinishedChunk

_FAILED = (ShopOutcome.UNKNOWN.value, ShopOutcome.FAILED.value, ShopOutcome.PARTLY.value)
_NOT_ENDED = (FleetRunState.OPEN.value, FleetRunState.STOPPING.value)


class StoreFleetRuns:
    """All of it raises StoreError. `stall`: seconds without a heartbeat after which a claim is lost. `new_id` names new runs."""

    def __init__(self, store: Store, clock: Clock, *, stall: float, new_id: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._stall = timedelta(seconds=stall)
        self._new_id = new_id

    def create(self, run: NewFleetRun, chunks: Sequence[NewChunk]) -> str:
        key = self._new_id()
        leaves = [
            {"run": key, "shop": shop, "number": chunk.number, "leaf": leaf}
            for chunk in chunks
            for shop, leaf in chunk.leaves
        ]
        slots = [{"run": key, "slot": slot} for slot in range(1, (run.options.closed or 0) + 1)]
        with self._store.writing() as connection:
            connection.execute(fleet_runs.insert().values(**run_row(run, key, database_now(connection, self._clock))))
            for table, rows in (
                (run_chunks, [chunk_row(key, chunk) for chunk in chunks]),
                (chunk_shops, leaves),
                (closure_slots, slots),
            ):
                if rows:
                    connection.execute(table.insert(), rows)
        return key

    def run(self, run: str) -> FleetRun | None:
        with self._store.reading() as connection:
            row = connection.execute(select(fleet_runs).where(fleet_runs.c.id == run)).mappings().one_or_none()
        return None if row is None or not of_known_version(row) else fleet_run_of(row)

    def runs(self, fleet: str, *, limit: int | None = None, ended: bool | None = None) -> Sequence[FleetRun]:
        query = select(fleet_runs).where(fleet_runs.c.fleet == fleet).order_by(fleet_runs.c.number.desc()).limit(limit)
        if ended is not None:
            open_ = fleet_runs.c.state.in_(_NOT_ENDED)
            query = query.where(~open_ if ended else open_)
        with self._store.reading() as connection:
            return [fleet_run_of(row) for row in connection.execute(query).mappings() if of_known_version(row)]

    def chunks(self, run: str) -> Sequence[RunChunk]:
        query = select(run_chunks).where(run_chunks.c.run == run).order_by(run_chunks.c.number)
        with self._store.reading() as connection:
            return [run_chunk_of(row) for row in connection.execute(query).mappings()]

    def quiet_seconds(self, run: str) -> float:
        query = select(fleet_runs.c.created, func.max(run_chunks.c.seen)).outerjoin(run_chunks)
        query = query.where(fleet_runs.c.id == run).group_by(fleet_runs.c.created)
        with self._store.reading() as connection:
            created, seen = connection.execute(query).one()
            now = database_now(connection, self._clock)
        last: datetime = created if seen is None else max(created, seen)
        return (now - last).total_seconds()

    def claim(self, run: str, number: int, worker: str) -> ClaimedChunk | None:
        with self._store.writing() as connection:
            return claim_chunk(connection, self._clock, self._stall, (run, number), worker)

    def heartbeat(self, claim: ClaimedChunk) -> bool:
        with self._store.writing() as connection:
            return beat(connection, self._clock, claim)

    def stop_requested(self, run: str) -> bool:
        query = select(fleet_runs.c.state).where(fleet_runs.c.id == run)
        with self._store.reading() as connection:
            return connection.execute(query).scalar() != FleetRunState.OPEN.value

    def finish(self, claim: ClaimedChunk, state: ChunkState, result: ChunkResult | None = None) -> bool:
        with self._store.writing() as connection:
            return finish_chunk(connection, self._clock, claim, state, result)

    def unfinished(self, fleet: str) -> Sequence[UnfinishedChunk]:
        query = (
            select(run_chunks.c.run, run_chunks.c.number, fleet_runs.c.kind)
            .join(fleet_runs)
            .where(fleet_runs.c.fleet == fleet, fleet_runs.c.state == FleetRunState.OPEN.value)
            .where(run_chunks.c.wave <= fleet_runs.c.wave)
            .order_by(fleet_runs.c.number, run_chunks.c.number)
        )
        with self._store.reading() as connection:
            found = connection.execute(query.where(unclaimed(self._before(connection))))
            return [UnfinishedChunk(run=run, number=number, kind=FleetRunKind(kind)) for run, number, kind in found]

    def stalled(self, run: str) -> frozenset[int]:
        query = select(run_chunks.c.number).where(run_chunks.c.run == run)
        with self._store.reading() as connection:
            return frozenset(connection.execute(query.where(lost(self._before(connection)))).scalars())

    def open_wave(self, run: str, wave: int) -> bool:
        return self._change(run, (FleetRunState.OPEN,), {"wave": wave}, before=wave)

    def request_stop(self, run: str, why: StopReason) -> bool:
        values = {"state": FleetRunState.STOPPING.value, "why": why.value}
        return self._change(run, (FleetRunState.OPEN,), values)

    def end(self, run: str, state: FleetRunState) -> bool:
        open_ = (ChunkState.WAITING.value, ChunkState.RUNNING.value)
        left = update(run_chunks).where(run_chunks.c.run == run, run_chunks.c.state.in_(open_))
        with self._store.writing() as connection:
            values = {"state": state.value, "ended": database_now(connection, self._clock)}
            ended = self._moved(connection, run, (FleetRunState.OPEN, FleetRunState.STOPPING), values)
            if ended:
                connection.execute(left.values(state=ChunkState.CANCELLED.value))
        return ended

    def add_outcomes(self, run: str, outcomes: Sequence[tuple[ShopKey, str]]) -> None:
        rows = [{"run": run, "shop": shop, "outcome": outcome} for shop, outcome in outcomes]
        if rows:
            with self._store.writing() as connection:
                connection.execute(insert(connection.dialect.name, run_outcomes).on_conflict_do_nothing(), rows)

    def outcomes(self, run: str) -> Mapping[str, frozenset[ShopKey]]:
        found: dict[str, set[ShopKey]] = {}
        query = select(run_outcomes.c.outcome, run_outcomes.c.shop).where(run_outcomes.c.run == run)
        with self._store.reading() as connection:
            for outcome, shop in connection.execute(query):
                found.setdefault(outcome, set()).add(ShopKey(shop))
        return {outcome: frozenset(shops) for outcome, shops in found.items()}

    def failure_counts(self, run: str) -> FailureCounts:
        started = select(func.coalesce(func.sum(run_chunks.c.shops), 0)).select_from(run_chunks.join(fleet_runs))
        started = started.where(fleet_runs.c.id == run, run_chunks.c.wave <= fleet_runs.c.wave)
        with self._store.reading() as connection:
            return FailureCounts(
                started=connection.execute(started).scalar_one(),
                failed=_shops_with(connection, run, *_FAILED),
                missed=_shops_with(connection, run, ShopOutcome.MISSED.value),
                unhealthy=_shops_with(connection, run, UNHEALTHY),
                left_closed=_shops_with(connection, run, ShopOutcome.LEFT_CLOSED.value),
            )

    def _before(self, connection: Connection) -> datetime:
        """Who gave no sign since is lost."""
        return database_now(connection, self._clock) - self._stall

    def _change(
        self, run: str, states: Sequence[FleetRunState], values: dict[str, Any], *, before: int | None = None
    ) -> bool:
        with self._store.writing() as connection:
            return self._moved(connection, run, states, values, before=before)

    def _moved(
        self,
        connection: Connection,
        run: str,
        states: Sequence[FleetRunState],
        values: dict[str, Any],
        *,
        before: int | None = None,
    ) -> bool:
        """Only from one of the states, and from a wave before `before`."""
        moving = update(fleet_runs).where(
            fleet_runs.c.id == run, fleet_runs.c.state.in_([each.value for each in states])
        )
        if before is not None:
            moving = moving.where(fleet_runs.c.wave < before)
        return connection.execute(moving.values(**values)).rowcount == 1


def _shops_with(connection: Connection, run: str, *outcomes: str) -> int:
    query = select(func.count(run_outcomes.c.shop.distinct()))
    found: int = connection.execute(
        query.where(run_outcomes.c.run == run, run_outcomes.c.outcome.in_(outcomes))
    ).scalar_one()
    return found
