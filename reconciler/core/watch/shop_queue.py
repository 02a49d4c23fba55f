"""A queue of shops to check. A shop is in it once, with all its reasons; each check sees the shop as it is then.

In: hints that something may have changed, and how looks ended. Out: the shops that are due. A hint about a shop that is being
looked at now is kept for the next look, since this one may have read before the change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from enum import Enum
from typing import Final

from reconciler.lib.backoff import backoff
from reconciler.lib.frozen_class import frozen

FIRST_RETRY: Final = 60.0
LONGEST_RETRY: Final = 3600.0
TURNS: Final = 72
"""Moments of a period at which shops have their regular look: with six hours, one every five minutes."""


class LookReason(Enum):
    GIT = "git"
    BACKEND = "backend"
    EXPIRY = "expiry"
    """An acceptance ends."""
    WINDOW = "window"
    """A window opens."""
    RETRY = "retry"
    """The last look or apply failed."""
    SCHEDULE = "schedule"
    """The regular look at every shop."""


@frozen
class DueShop:
    shop: str
    due: float
    reasons: frozenset[LookReason]


class ShopQueue:
    """`period` are the seconds within which every shop is looked at once."""

    def __init__(self, period: int) -> None:
        self._period = period
        self._waiting: dict[str, DueShop] = {}
        self._active: set[str] = set()
        self._failures: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def declare(self, shops: Iterable[str], now: float) -> None:
        """All shops of the fleet: a new one gets its place in the schedule, one that is gone leaves the queue."""
        wanted = frozenset(shops)
        for shop in self._waiting.keys() - wanted:
            del self._waiting[shop]
        for shop in wanted - self._waiting.keys() - self._active:
            self.add(shop, scheduled_look(shop, now, self._period), LookReason.SCHEDULE)

    def add(self, shop: str, due: float, reason: LookReason) -> None:
        """The earlier of two times counts, and both reasons. A hint ends no back-off of a shop that cannot be read."""
        known = self._waiting.get(shop)
        if known is None:
            self._waiting[shop] = DueShop(shop=shop, due=due, reasons=frozenset({reason}))
        else:
            earlier = known.due if LookReason.RETRY in known.reasons else min(known.due, due)
            self._waiting[shop] = replace(known, due=earlier, reasons=known.reasons | {reason})

    def due(self, now: float) -> tuple[DueShop, ...]:
        """Those that are due, the longest waiting first."""
        due = (each for each in self._waiting.values() if each.due <= now and each.shop not in self._active)
        return tuple(sorted(due, key=lambda each: (each.due, each.shop)))

    def take(self, now: float, most: int) -> tuple[DueShop, ...]:
        """Each is active until it is `done`, `failed` or `put_back`."""
        return self._activate(self.due(now)[:most])

    def take_all(self) -> tuple[DueShop, ...]:
        """Also those that are not due."""
        return self._activate(self.due(float("inf")))

    def _activate(self, taken: tuple[DueShop, ...]) -> tuple[DueShop, ...]:
        for each in taken:
            del self._waiting[each.shop]
            self._active.add(each.shop)
        return taken

    def put_back(self, shops: Iterable[DueShop]) -> None:
        """No look has read them: they wait as before, with what was added since."""
        for each in shops:
            self._active.discard(each.shop)
            since = self._waiting.pop(each.shop, each)
            self._waiting[each.shop] = replace(each, due=min(each.due, since.due), reasons=each.reasons | since.reasons)

    def done(self, shop: str, now: float) -> None:
        self._active.discard(shop)
        self._failures.pop(shop, None)
        self.add(shop, scheduled_look(shop, now, self._period), LookReason.SCHEDULE)

    def failed(self, shop: str, now: float) -> None:
        """Looked at again sooner than the schedule says, later after each further failure; no failure ends the looks."""
        self._active.discard(shop)
        self._failures[shop] = self._failures.get(shop, 0) + 1
        wait = backoff(self._failures[shop], first=FIRST_RETRY, longest=min(LONGEST_RETRY, self._period))
        reasons = self._waiting.pop(shop, DueShop(shop=shop, due=now, reasons=frozenset())).reasons
        self._waiting[shop] = DueShop(shop=shop, due=now + wait, reasons=reasons | {LookReason.RETRY})

    def next_due(self) -> float | None:
        """Of the shops that are not active; None where none waits."""
        return min((each.due for each in self._waiting.values() if each.shop not in self._active), default=None)


def scheduled_look(shop: str, now: float, period: int) -> float:
    """The first moment after `now` that is the shop's own in each period: shops are spread evenly over `TURNS` moments, so that
    those of one moment are one look, and stay where they are.
    """
    turn = max(1, period // TURNS)
    own = int.from_bytes(hashlib.sha256(shop.encode()).digest()[:8]) % period // turn * turn
    start = float(int(now) // period * period + own)
    return start if start > now else start + period
