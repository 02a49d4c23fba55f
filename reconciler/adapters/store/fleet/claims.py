"""Claims of chunks: taken by compare-and-set, valid under their fence only.

A worker holds a chunk from its claim to its end, as long as heartbeats follow each other within the stall limit. A later claim
has a higher fence, and reports under the earlier one are ignored. The run's row is locked before that of the chunk: once a stop
is on disk, no claim follows.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, or_, select, update

from reconciler.adapters.store.db.database import database_now
from reconciler.adapters.store.db.fleet_tables import chunk_shops, fleet_runs, run_chunks
from reconciler.adapters.store.fleet.fleet_rows import fleet_run_of, of_known_version, run_chunk_of
from reconciler.core.fleet.chunk_result import ChunkResult, chunk_result_document
from reconciler.core.fleet.fleet_run import ChunkState, ClaimedChunk, FleetRunState
from reconciler.core.values import ShopKey
from reconciler.ports import Clock

MOST_ATTEMPTS: Final = 5
"""So often a chunk may be lost with its worker. It is probably what kills them, and fails then."""

_TAKE_NO_MORE: Final = ChunkResult(error=f"its worker was lost {MOST_ATTEMPTS} times")


def claim_chunk(
    connection: Connection, clock: Clock, stall: timedelta, chunk: tuple[str, int], worker: str
) -> ClaimedChunk | None:
    """Must be called in a transaction that writes. A run that a newer reconciler started is left to newer workers."""
    run, number = chunk
    of_run = connection.execute(select(fleet_runs).where(fleet_runs.c.id == run).with_for_update(read=True))
    held = of_run.mappings().one_or_none()
    if held is None or held["state"] != FleetRunState.OPEN.value or not of_known_version(held):
        return None
    row = connection.execute(select(run_chunks).where(*_of(run, number)).with_for_update()).mappings().one_or_none()
    now = database_now(connection, clock)
    if row is None or row["wave"] > held["wave"] or not _free(row, now - stall):
        return None
    if row["attempts"] >= MOST_ATTEMPTS:
        connection.execute(
            update(run_chunks).where(*_of(run, number)).values(**_ended(ChunkState.FAILED, _TAKE_NO_MORE))
        )
        return None
    taken = {
        "state": ChunkState.RUNNING.value,
        "fence": row["fence"] + 1,
        "attempts": row["attempts"] + 1,
        "worker": worker,
        "claimed": now,
        "seen": now,
    }
    connection.execute(update(run_chunks).where(*_of(run, number)).values(**taken))
    found = connection.execute(select(run_chunks).where(*_of(run, number))).mappings().one()
    return ClaimedChunk(run=fleet_run_of(held), chunk=run_chunk_of(found), leaves=_leaves(connection, run, number))


def beat(connection: Connection, clock: Clock, claim: ClaimedChunk) -> bool:
    values = {"seen": database_now(connection, clock)}
    return _change(connection, claim, values)


def finish_chunk(
    connection: Connection, clock: Clock, claim: ClaimedChunk, state: ChunkState, result: ChunkResult | None
) -> bool:
    values = {"seen": database_now(connection, clock), **_ended(state, result)}
    if state is ChunkState.WAITING:
        values = {**values, "attempts": claim.chunk.attempts - 1}
    return _change(connection, claim, values)


def lost(before: datetime) -> ColumnElement[bool]:
    """Chunks that run by their state, and whose last sign is older."""
    return and_(run_chunks.c.state == ChunkState.RUNNING.value, run_chunks.c.seen < before)


def unclaimed(before: datetime) -> ColumnElement[bool]:
    return or_(run_chunks.c.state == ChunkState.WAITING.value, lost(before))


def _free(row: RowMapping, before: datetime) -> bool:
    if row["state"] == ChunkState.WAITING.value:
        return True
    return row["state"] == ChunkState.RUNNING.value and bool(row["seen"] < before)


def _ended(state: ChunkState, result: ChunkResult | None) -> dict[str, Any]:
    if result is None:
        return {"state": state.value}
    return {"state": state.value, "result": chunk_result_document(result), "result_digest": result.digest}


def _change(connection: Connection, claim: ClaimedChunk, values: dict[str, Any]) -> bool:
    """Only while the claim holds: under its fence, and not ended."""
    mine = (run_chunks.c.fence == claim.chunk.fence, run_chunks.c.state == ChunkState.RUNNING.value)
    found = update(run_chunks).where(*_of(claim.run.id, claim.chunk.number), *mine).values(**values)
    return connection.execute(found).rowcount == 1


def _of(run: str, number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return run_chunks.c.run == run, run_chunks.c.number == number


def _leaves(connection: Connection, run: str, number: int) -> tuple[tuple[ShopKey, str], ...]:
    query = select(chunk_shops.c.shop, chunk_shops.c.leaf).order_by(chunk_shops.c.shop)
    found = connection.execute(query.where(chunk_shops.c.run == run, chunk_shops.c.number == number))
    return tuple((ShopKey(shop), leaf) for shop, leaf in found)
