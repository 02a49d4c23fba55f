"""Leases without a store: every request is granted. For a process that is alone with its backend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from reconciler.core.values import ShopKey
from reconciler.ports import Clock, LeaseHeld, LeaseInfo

_LONG = timedelta(days=1)


@dataclass(slots=True)
class LocalLease:
    """Implements ports.Lease."""

    leases: LocalLeases
    held: LeaseInfo

    @property
    def valid_until(self) -> float:
        return self.leases.clock.monotonic() + _LONG.total_seconds()

    async def renew(self) -> None:
        if self.leases.living.get(self.held.shop) is not self.held:
            raise LeaseHeld(self.held)

    async def release(self) -> None:
        """Gives back what is still ours; a lease that was lost is left to its new owner."""
        if self.leases.living.get(self.held.shop) is self.held:
            del self.leases.living[self.held.shop]


@dataclass(slots=True)
class LocalLeases:
    """Implements ports.Leases within one process."""

    clock: Clock
    run: str = "local"
    living: dict[ShopKey, LeaseInfo] = field(default_factory=dict)
    fences: dict[ShopKey, int] = field(default_factory=dict)

    async def acquire(self, shop: ShopKey) -> LocalLease:
        """Raises LeaseHeld."""
        if shop in self.living:
            raise LeaseHeld(self.living[shop])
        fence = self.fences[shop] = self.fences.get(shop, 0) + 1
        now = self.clock.now()
        held = LeaseInfo(shop=shop, owner="this process", run=self.run, fence=fence, taken=now, expires=now + _LONG)
        self.living[shop] = held
        return LocalLease(self, held)

    def all(self) -> Sequence[LeaseInfo]:
        return tuple(self.living[shop] for shop in sorted(self.living))
