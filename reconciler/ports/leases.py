"""Leases: only one writer per shop, across processes and machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from typing import Protocol

from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


class DutyKey(ShopKey):
    """A duty of one process at a time that concerns no shop. Its written form starts with a colon, as no shop key does."""

    __slots__ = ()

    def __new__(cls, name: str) -> DutyKey:
        return str.__new__(cls, f":{name}")


@frozen
class LeaseInfo:
    """A lease as others see it. It ends at `expires`, with or without its owner. `issuer` is the store that granted it."""

    shop: ShopKey
    owner: str
    run: str
    fence: int
    taken: datetime
    expires: datetime
    issuer: str = field(default="", compare=False)


class Lease(Protocol):
    """The right to write one shop. `fence` grows with every lease of that shop, and never returns."""

    @property
    def held(self) -> LeaseInfo: ...

    @property
    def valid_until(self) -> float:
        """The clock's monotonic time up to which no other run can have taken it."""
        ...

    async def renew(self) -> None:
        """Extends it. Raises LeaseHeld if another run has taken it."""
        ...

    async def release(self) -> None: ...


class LeaseHeld(Exception):
    """Another run may write this shop; `by` says who and until when."""

    def __init__(self, by: LeaseInfo) -> None:
        super().__init__(f"{by.shop} is held by {by.owner} ({by.run}) until {by.expires.isoformat()}")
        self.by = by


class Leases(Protocol):
    """Only one writer per shop, across processes and machines."""

    async def acquire(self, shop: ShopKey) -> Lease:
        """Raises LeaseHeld."""
        ...

    def all(self) -> Sequence[LeaseInfo]:
        """Those of shops that live, by shop."""
        ...
