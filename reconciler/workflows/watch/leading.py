"""One watcher of a fleet works; the others are on standby, and one of them becomes the leader when its lease ends.

In: a session, a watcher, the request to stop. Out: the watcher's work, done under the lease. The lease only avoids duplicate
work: shops are written under leases of their own.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.event_log import log_event
from reconciler.lib.leadership import Leadership
from reconciler.ports import LeaseHeld, SetupError
from reconciler.ports.leases import DutyKey

if TYPE_CHECKING:
    from reconciler.ports import Leases
    from reconciler.workflows.session import Session
    from reconciler.workflows.watch.watcher import Watcher


def watch_duty(fleet: str) -> DutyKey:
    """Of the fleet: several may share a store."""
    return DutyKey(f"watch-{hashlib.sha256(fleet.encode()).hexdigest()[:16]}")


async def watch_as_leader(session: Session, watcher: Watcher, stop: anyio.Event) -> None:
    """Until `stop`: on standby it ends at once, otherwise when what is under way is done. Raises SetupError only at the start."""
    with session.store.open() as store:
        leadership = _leadership(session, store.leases(session.new_run("watch", "")), watcher)
        async with anyio.create_task_group() as group:

            async def end_standby() -> None:
                await stop.wait()
                if not watcher.status.leader:
                    group.cancel_scope.cancel()

            group.start_soon(end_standby)
            await leadership.run(lambda: watcher.run(stop))
            group.cancel_scope.cancel()


async def step_as_leader(session: Session, watcher: Watcher) -> None:
    """Steps until nothing is due. Raises SetupError, also where another process leads."""
    with session.store.open() as store:
        leases = store.leases(session.new_run("watch --once", ""))
        try:
            lease = await leases.acquire(watch_duty(session.target.fleet_name))
        except LeaseHeld as held:
            raise SetupError(
                msg("Another process watches this fleet: {owner}", owner=held.by.owner),
                hint=msg("Wait until it ends, or stop it; `watch` without --once waits on standby"),
                code=codes.ALREADY_WATCHED,
            ) from None
        await _leadership(session, leases, watcher).hold(lease, watcher.catch_up)


def _leadership(session: Session, leases: Leases, watcher: Watcher) -> Leadership:
    duty = watch_duty(session.target.fleet_name)

    def leads(fence: int) -> None:
        watcher.status.leader = True
        log_event("watch-leads", fence=fence)

    def ended() -> None:
        watcher.status.leader = False

    return Leadership(
        acquire=lambda: leases.acquire(duty),
        taken=LeaseHeld,
        failed=SetupError,
        clock=session.clock,
        on_elected=leads,
        on_lost=lambda: log_event("watch-lease-lost", level="warning"),
        on_ended=ended,
        renew=session.execution.renew_every,
    )
