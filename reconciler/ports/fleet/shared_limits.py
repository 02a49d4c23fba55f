"""Limits that all workers of a fleet share: the rate of requests, and how many shops are closed at one time.

They are rows of the store, and their times are those of its database.
"""

from __future__ import annotations

from typing import Protocol

from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class GrantedRequests:
    """`count` requests may leave in `wait` seconds from now, `per_second` of them a second."""

    count: int
    wait: float
    per_second: float


class SharedRequests(Protocol):
    """Each method is one transaction and raises SetupError."""

    def take(self, count: int) -> GrantedRequests:
        """In advance, also where none is free yet: who asks first is served first."""
        ...

    def halve(self) -> float:
        """The backend answered 429: the rate of all workers is halved, once for all such answers of a second. The rate now."""
        ...


class ClosureSlots(Protocol):
    """Of one run. Each method is one transaction and raises SetupError.

    A slot that is neither renewed nor given back within its time is free, unless a run has left its shop unfinished: then the
    shop may be closed, and the slot is free once it was recovered.
    """

    def take(self, holder: str, shop: ShopKey) -> int | None:
        """The number of the slot, or None where so many shops are closed already."""
        ...

    def renew(self, holder: str) -> None:
        """All slots of this holder."""
        ...

    def give_back(self, holder: str, slot: int) -> None:
        """What is another's by now stays as it is."""
        ...
