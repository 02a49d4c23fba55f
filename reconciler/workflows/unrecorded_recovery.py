"""A recovery whose store cannot be used: shops are reopened all the same, and it is said that this could not be recorded.

In: the journal, the leases and the unfinished shops of the recovery. Out: the same, which go on where the store fails, and what
went wrong. A shop that another run holds, as far as the store can still be read, is left to that run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.events import Event
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, EventJournal, Lease, LeaseHeld, LeaseInfo, Leases, SetupError, UnfinishedShop

_LONG: Final = timedelta(days=1)


@dataclass(slots=True)
class RecordingTrouble:
    """The first error of the store, None while all goes well."""

    error: SetupError | None = None

    def note(self, error: SetupError) -> None:
        self.error = self.error or error

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        if self.error is None:
            return ()
        text = msg("The reopening of shops could not be recorded: {reason}", reason=self.error.text)
        hint = msg(
            "Fix the store, then run `reconciler resume` again; until then these shops count as closed by the killed run"
        )
        return (diagnostic(codes.NOT_RECORDED, text, hint=hint),)


@dataclass(slots=True, kw_only=True)
class BestEffortJournal:
    """Implements ports.EventJournal. After the first error nothing more is offered to it: no event follows a lost one."""

    journal: EventJournal
    trouble: RecordingTrouble

    async def record(self, event: Event) -> None:
        if self.trouble.error is None:
            try:
                await self.journal.record(event)
            except SetupError as error:
                self.trouble.note(error)


@dataclass(slots=True, kw_only=True)
class BestEffortLeases:
    """Implements ports.Leases."""

    leases: Leases
    clock: Clock
    trouble: RecordingTrouble

    async def acquire(self, shop: ShopKey) -> Lease:
        """Raises LeaseHeld."""
        try:
            return await self.leases.acquire(shop)
        except SetupError as error:
            self.trouble.note(error)
        for held in self.all():
            if held.shop == shop:
                raise LeaseHeld(held)
        return _Unleased(shop=shop, clock=self.clock)

    def all(self) -> Sequence[LeaseInfo]:
        try:
            return self.leases.all()
        except SetupError as error:
            self.trouble.note(error)
            return ()


@dataclass(slots=True, kw_only=True)
class _Unleased:
    """Implements ports.Lease for a shop that no lease could be taken of."""

    shop: ShopKey
    clock: Clock
    held: LeaseInfo = field(init=False)

    def __post_init__(self) -> None:
        now = self.clock.now()
        self.held = LeaseInfo(shop=self.shop, owner="", run="", fence=0, taken=now, expires=now + _LONG)

    @property
    def valid_until(self) -> float:
        return self.clock.monotonic() + _LONG.total_seconds()

    async def renew(self) -> None:
        """There is nothing to renew."""

    async def release(self) -> None:
        """There is nothing to give back."""


@frozen
class BestEffortUnfinished:
    """What is unfinished of a shop, read again under its lease; where the store cannot be read, what was read `before`. One shop
    that cannot be read again does not end the recovery of the others.
    """

    read: Callable[[ShopKey], Sequence[UnfinishedShop]]
    before: Sequence[UnfinishedShop]
    trouble: RecordingTrouble

    def of(self, shop: ShopKey) -> Sequence[UnfinishedShop]:
        try:
            return self.read(shop)
        except SetupError as error:
            self.trouble.note(error)
            return [each for each in self.before if each.shop == shop]
