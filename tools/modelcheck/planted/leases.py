"""Bugs of leases and fences: a run acts on a shop that another run holds, or gives up one that is its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import false

from reconciler.adapters.backend.http import client
from reconciler.adapters.store.runs import journal, leases, projection
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.workflows.execution import (
    shop,
    shop_lease,
)
from reconciler.workflows.execution.reopening import Reopener
from reconciler.workflows.execution.shop_lease import LeaseState
from tools.modelcheck.planted.planting import Patch, bug


@bug("takeover")
def expired_lease() -> Sequence[Patch]:
    """A write leaves although its lease has run out."""
    return [(client.Client, "_require_valid", lambda _self, _call: None)]


@bug("takeover")
def no_fence_check() -> Sequence[Patch]:
    """The lease is not checked when an intent is recorded."""

    async def record_intent(self: Any, event: Any, _lease: Any) -> None:
        await self._submit(event)

    return [(StoreJournal, "record_intent", record_intent), *expired_lease()]


@bug("rivals")
def two_writers() -> Sequence[Patch]:
    """A lease is granted although another run holds it."""
    return [
        (leases, "_lives", lambda _row, _now, _here: False),
        (journal, "lost_leases", lambda _connection, _claimed: {}),
    ]


@bug("one-apply")
def released_before_reopening() -> Sequence[Patch]:
    """The lease is given back before the shop is reopened."""
    inner = shop.ShopExecution._reopen_until_done

    async def reopen(self: Any) -> None:
        await self.lease.lease.release()
        await inner(self)

    return [(shop.ShopExecution, "_reopen_until_done", reopen)]


@bug("outages")
def unrenewable_is_taken() -> Sequence[Patch]:
    """A lease that cannot be renewed counts as taken by another run."""

    def lose(self: Any, *, taken: bool) -> None:  # noqa: ARG001
        self.state = LeaseState.TAKEN

    return [(shop_lease.ShopLease, "lose", lose)]


@bug("takeover")
def lost_lease_opens_any() -> Sequence[Patch]:
    """A run that lost its lease opens a shop that it reads as closed."""

    async def require(_self: Any) -> None:
        """No matter who closed it."""

    return [(Reopener, "_require_own_closure", require)]


@bug("succession")
def settles_others() -> Sequence[Patch]:
    """A run settles what another run left pending."""
    return [
        (projection.RunProjection, "_overtaken", lambda _self, _shop: false()),
        (projection.RunProjection, "_closed_by_others", lambda _self, _shop: []),
    ]
