"""Deletes old runs.

In: a transaction and the times. Out: how many. A run stays if a shop of it is unfinished. Leases and last applied values
stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, not_, or_, select

from reconciler.adapters.store.db.run_tables import closures, events, run_shops, runs


def prune_runs(connection: Connection, before: datetime, abandoned: datetime) -> int:
    """Runs whose last event is older than `before`; of those that have not ended, older than `abandoned`."""
    found = _old_runs(connection, before, abandoned)
    for table in (events, run_shops, closures, runs):
        for run in found:
            connection.execute(delete(table).where(table.c.run == run))
    return len(found)


def _old_runs(connection: Connection, before: datetime, abandoned: datetime) -> Sequence[str]:
    unfinished = exists().where(run_shops.c.run == runs.c.run, run_shops.c.unfinished)
    silent = [not_(exists().where(events.c.run == runs.c.run, events.c.at >= moment)) for moment in (before, abandoned)]
    old = or_(
        and_(runs.c.ended.is_not(None), runs.c.started < before, silent[0]),
        and_(runs.c.ended.is_(None), runs.c.started < abandoned, silent[1]),
    )
    return connection.execute(select(runs.c.run).where(not_(unfinished), old)).scalars().all()
