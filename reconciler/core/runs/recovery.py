"""What became of a shop that a run left unfinished: what was known of it, what was found, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.values import ShopKey, StorefrontStatus


class RecoveryOutcome(Enum):
    """How a shop stands that a run left unfinished."""

    REOPENED = "reopened"
    """It was closed by that run, and is open again."""
    INTACT = "intact"
    """It is open, or was not closed by that run: nothing to put back."""
    LEFT_CLOSED = "left-closed"
    UNREADABLE = "unreadable"
    """It could not be looked at. That run did not close it, so nothing is owed to it."""
    LOCKED = "locked"
    """Another run is at work on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredShop:
    """`intents` writes were begun and have no outcome in the journal; what came of them the next plan shows. `closed`: the run
    asked for it to be closed, and the journal knew of no reopening. `status` is how the shop stands now; None where nobody could
    look.
    """

    shop: ShopKey
    run: str
    outcome: RecoveryOutcome
    pending_writes: int
    closed: bool = False
    status: StorefrontStatus | None = None
    reason: Diagnostic | None = None
