"""A saved rollout belongs to its run while that is in progress, also between two waves, when it holds the lease of no shop.

In: leases, and the run that saved the rollout. Out: a context in which the rollout is the caller's, or LeaseHeld where its run is
in progress. If the lease is lost, the run starts nothing further. That of a killed run is free as soon as its lease is over.
Runs of other machines, which have their own saved rollouts, are not affected.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.lease_renewal import Renewal
from reconciler.lib.utc import format_utc
from reconciler.ports import LeaseHeld, SetupError
from reconciler.ports.leases import DutyKey

if TYPE_CHECKING:
    from reconciler.ports import LeaseInfo, Leases
    from reconciler.ports.executor import StopRequest
    from reconciler.workflows.session import Session


def rollout_duty(run: str) -> DutyKey:
    """Of the run that saved the rollout: its id is longer than a key of the store."""
    return DutyKey(f"rollout-{hashlib.sha256(run.encode()).hexdigest()[:16]}")


@asynccontextmanager
async def rollout_lease(session: Session, leases: Leases, run: str, stop: StopRequest) -> AsyncIterator[None]:
    """Raises LeaseHeld where that run is in progress, SetupError."""
    lease = await leases.acquire(rollout_duty(run))
    every = session.execution.renew_every
    renewal = Renewal(
        renew=lease.renew, expires=lambda: lease.held.expires, taken=LeaseHeld, failed=SetupError, every=every, again=every
    )  # fmt: skip
    async with anyio.create_task_group() as group:

        async def renewing() -> None:
            await renewal.until_lost(session.clock)
            stop.abort(_lost())

        group.start_soon(renewing)
        try:
            yield
        finally:
            group.cancel_scope.cancel()
            with anyio.CancelScope(shield=True), suppress(SetupError):
                await lease.release()


async def require_free_rollout(session: Session, leases: Leases) -> None:
    """Raises LeaseHeld where the run of the saved rollout is in progress. One that cannot be read belongs to no run."""
    try:
        saved = session.plans.load_rollout()
    except SetupError:
        return
    if saved is not None:
        lease = await leases.acquire(rollout_duty(saved.run))
        await lease.release()


def rollout_held_diagnostic(by: LeaseInfo) -> Diagnostic:
    """For a rollout that another run is in the middle of."""
    return diagnostic(
        codes.LEASE_HELD,
        msg(
            "A rollout of this fleet is in progress, also while it waits between two waves: {owner}, since {taken} (run {run})",
            owner=by.owner,
            taken=format_utc(by.taken),
            run=by.run,
        ),
        hint=msg(
            "Wait for it to end, or end its process with Ctrl-C or SIGTERM. If the process was killed, run the command again "
            "after {expires}",
            expires=format_utc(by.expires),
        ),
    )


def _lost() -> Diagnostic:
    return diagnostic(
        codes.LEASE_HELD,
        msg("The lease of the rollout was lost, so nothing further was started: another run may have continued it"),
        hint=msg("Run `reconciler runs list` to see what continued it, or `reconciler resume` if nothing did"),
    )
