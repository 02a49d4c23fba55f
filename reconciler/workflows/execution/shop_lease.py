"""The right to write one shop, as its run sees it.

In: a lease, and what its renewal brings. Out: the fence and the end that a write carries, and whether the shop may be written
at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.ports import Fence, Lease, LeaseInfo


class LeaseState(Enum):
    HELD = "held"
    UNRENEWABLE = "unrenewable"
    """The renewal failed for so long that another run may have taken it: only the shop's reopening is written, and only under
    the version of the run's own closing."""
    TAKEN = "taken"
    """Another run has it."""


@dataclass(slots=True, kw_only=True)
class ShopLease:
    lease: Lease
    state: LeaseState = LeaseState.HELD

    @property
    def held(self) -> bool:
        return self.state is LeaseState.HELD

    @property
    def info(self) -> LeaseInfo:
        return self.lease.held

    @property
    def fence(self) -> Fence | None:
        """None where the leases have no issuer: then there is nothing to compare."""
        return Fence(issuer=self.info.issuer, number=self.info.fence) if self.info.issuer else None

    @property
    def valid_until(self) -> float:
        return self.lease.valid_until

    def lose(self, *, taken: bool) -> None:
        """A lease that another run took stays taken."""
        if self.state is not LeaseState.TAKEN:
            self.state = LeaseState.TAKEN if taken else LeaseState.UNRENEWABLE
