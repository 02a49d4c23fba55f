"""Whether a process works on a store: a run that holds a shop or waits between two waves, a sidecar that processes.

In: the store's connection. Out: nothing, or StoreError with who it is. A holder whose lease has expired, or whose process is
certainly gone, is none.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from reconciler.adapters.store.db.database import database_now
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.run_tables import leases, runs
from reconciler.adapters.store.runs.leases import all_active_leases
from reconciler.adapters.store.runs.process_identity import Process, is_gone, this_process
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.utc import format_utc
from reconciler.ports import Clock, LeaseInfo
from reconciler.ports.leases import DutyKey


def refuse_in_use(connection: Connection, clock: Clock, place: str) -> None:
    """Raises StoreError."""
    here = this_process()
    now = database_now(connection, clock)
    held = all_active_leases(connection, now, here)
    if held:
        raise _in_use(place, _holder(held[0]))
    run = _running(connection, now, here)
    if run is not None:
        raise _in_use(place, run)


def _in_use(place: str, who: Message) -> StoreError:
    return StoreError(
        msg("The store {place} is in use: {who}", place=place, who=who),
        hint=msg("Stop it or wait until it has ended, then run the command again. A lease of a dead process expires"),
    )


def _holder(lease: LeaseInfo) -> Message:
    until = format_utc(lease.expires)
    if lease.shop.startswith(":rollout-"):
        return msg("{owner} has not ended run {run}", owner=lease.owner, run=lease.run)
    if lease.shop.startswith(":watch-"):
        return msg("{owner} watches a fleet, until {until}", owner=lease.owner, until=until)
    if isinstance(lease.shop, DutyKey):
        return msg("the sidecar {owner} processes notifications, until {until}", owner=lease.owner, until=until)
    return msg(
        "{owner} works on {shop} in run {run}, until {until}",
        owner=lease.owner,
        shop=str(lease.shop),
        run=lease.run,
        until=until,
    )


def _running(connection: Connection, now: datetime, here: Process) -> Message | None:
    """A run of this machine that has not ended and whose process is alive: between two waves it holds no lease."""
    if here.place is None:
        return None
    columns = (leases.c.run, leases.c.owner, leases.c.place, leases.c.pid, leases.c.born)
    query = select(*columns).join(runs, runs.c.run == leases.c.run).where(runs.c.ended.is_(None), runs.c.started <= now)
    for row in connection.execute(query.where(leases.c.place == here.place)):
        if not is_gone(Process(place=row.place, pid=row.pid, born=row.born), here):
            return msg("{owner} has not ended run {run}", owner=row.owner, run=row.run)
    return None
