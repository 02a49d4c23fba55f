"""A clause of the backend contract: what it says, in which group, and whether checking it writes to a shop.

An id never changes its meaning. The clauses are in `clauses`.
"""

from __future__ import annotations

from enum import Enum

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen


class ClauseGroup(Enum):
    """In the order of the report."""

    ACCESS = "access"
    READING = "reading"
    VERSIONS = "versions"
    WRITES = "writes"
    CREDENTIALS = "credentials"
    CASCADE = "cascade"
    LOCKS = "locks"
    ERRORS = "errors"
    IDEMPOTENCY = "idempotency"
    PAGING = "paging"
    FEED = "feed"
    AUDIT = "audit"
    FENCES = "fences"
    BULK = "bulk"
    SELLER = "seller"
    ORDERS = "orders"
    CHARGES = "charges"


GROUP_TITLES = {
    ClauseGroup.ACCESS: msg("Access"),
    ClauseGroup.READING: msg("Reading"),
    ClauseGroup.VERSIONS: msg("Versions"),
    ClauseGroup.WRITES: msg("Writes"),
    ClauseGroup.CREDENTIALS: msg("Credentials"),
    ClauseGroup.CASCADE: msg("What follows `useAmazon`"),
    ClauseGroup.LOCKS: msg("Open and closed shops"),
    ClauseGroup.ERRORS: msg("Errors"),
    ClauseGroup.IDEMPOTENCY: msg("Idempotency keys"),
    ClauseGroup.PAGING: msg("Pages"),
    ClauseGroup.FEED: msg("Feed of changes"),
    ClauseGroup.AUDIT: msg("Trail of changes"),
    ClauseGroup.FENCES: msg("Fences"),
    ClauseGroup.BULK: msg("Bulk writes"),
    ClauseGroup.SELLER: msg("Seller Central"),
    ClauseGroup.ORDERS: msg("Orders"),
    ClauseGroup.CHARGES: msg("Charges"),
}


@frozen
class Clause:
    """`writes`: its check sends writes to a named shop. `capability`: what a backend has to offer for it; None: all have it."""

    id: str
    title: Message
    group: ClauseGroup
    writes: bool
    capability: str | None = None
