"""What became of a shop that a run left unfinished: what was known of it, what was found, what was done."""

from __future__ import annotations

from enum import Enum

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.values import ShopKey, StorefrontStatus
from reconciler.lib.frozen_class import frozen


class RecoveryOutcome(Enum):
    """The state of a shop that a run left unfinished."""

    REOPENED = "reopened"
    """It was closed by that run, and is open again."""
    INTACT = "intact"
    """It is open, or was not closed by that run: nothing to put back."""
    LEFT_CLOSED = "left-closed"
    UNREADABLE = "unreadable"
    """It could not be read. That run did not close it, so no reopening is pending."""
    LOCKED = "locked"
    """Another run is at work on it."""


@frozen
class RecoveredShop:
    """`pending_writes` were started and have no outcome in the journal; the next plan shows their effect. `closed`: the run
    asked for it to be closed, and the journal had no reopening. `status` is the present status; None if it could not be
    read.
    """

    shop: ShopKey
    run: str
    outcome: RecoveryOutcome
    pending_writes: int
    closed: bool = False
    status: StorefrontStatus | None = None
    reason: Diagnostic | None = None
