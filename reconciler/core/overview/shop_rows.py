"""The table of shops: one row each, filtered, sorted, in pages.

A shop is in it once a look has tried to compare it. A shop that was never looked at is not in it; its own page shows what its
manifest declares, with the state NEW.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from reconciler.core.model.policy import FindingSeverity
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

PAGE_SIZE: Final = 100


class ShopState(Enum):
    """Each shop has exactly one; the first that applies, from the loudest."""

    DRIFTED = "drifted"
    """It has a finding that is not settled."""
    UNREAD = "unread"
    """The last look at it could not compare it; it was compared before."""
    NEW = "new"
    """It was never compared."""
    ACCEPTED = "accepted"
    """All that differs is accepted."""
    IN_SYNC = "in-sync"


class ShopOrder(Enum):
    """What the table is sorted by; equal rows by shop."""

    SEVERITY = "severity"
    """The most severe first, then the shops with the most findings."""
    SHOP = "shop"
    STATE = "state"
    FINDINGS = "findings"
    COMPARED = "compared"
    """The longest ago first."""
    OWNER = "owner"


@frozen
class ShopQuery:
    """All that is given must hold. `severity` is the least; `owner` one owner; `words` is a part of a shop key, in any case.
    `page` counts from 1. `reverse` turns the order around.
    """

    state: ShopState | None = None
    severity: FindingSeverity | None = None
    owner: str | None = None
    words: str = ""
    order: ShopOrder = ShopOrder.SEVERITY
    reverse: bool = False
    page: int = 1


@frozen
class ShopRow:
    """`severity` is that of the worst unsettled finding, `findings` how many are unsettled, `accepted` how many accepted.
    `compared` is when the shop was last compared; None: never. `unread` is the code of the reason why it cannot be compared,
    since `unread_since`. `owner` and `group` are those of its findings; None where it has none.
    """

    shop: ShopKey
    state: ShopState
    severity: FindingSeverity | None = None
    findings: int = 0
    accepted: int = 0
    compared: str | None = None
    unread: str | None = None
    unread_since: str | None = None
    owner: str | None = None
    group: str | None = None


@frozen
class ShopPage:
    """`total` counts the shops that match, on all pages."""

    rows: tuple[ShopRow, ...] = ()
    total: int = 0
    page: int = 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))
