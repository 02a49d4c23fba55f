"""Deletes fleet runs that ended long ago, with everything that belongs to them. One that has not ended stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from reconciler.adapters.store.db.fleet_tables import chunk_shops, closure_slots, fleet_runs, run_chunks, run_outcomes


def prune_fleet_runs(connection: Connection, before: datetime) -> int:
    """Runs that ended before."""
    ended = fleet_runs.c.ended.is_not(None) & (fleet_runs.c.ended < before)
    old = select(fleet_runs.c.id).where(ended)
    for table in (closure_slots, run_outcomes, chunk_shops, run_chunks):
        connection.execute(delete(table).where(table.c.run.in_(old)))
    return connection.execute(delete(fleet_runs).where(ended)).rowcount
