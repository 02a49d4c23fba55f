"""One difference between desired and observed, with its reason and the place it came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.core.model.state import FieldRef
from reconciler.core.values import ABSENT, Origin, Registration, Scalar


class Action(Enum):
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


class Reason(Enum):
    """Why a change is in the plan: a closed list."""

    DECLARED = "declared"
    """The manifest says otherwise than the backend."""
    FOLLOWS = "follows"
    """The backend makes it by itself, after another change."""
    REASSERTED = "reasserted"
    """The value stands as wanted and is written again, so that what should follow it does."""
    UNDONE = "undone"
    """The value from before an apply is put back."""
    SELLER_CHANGES = "seller-changes"
    """The seller id changes, and the IPN endpoint has to be registered with the new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`before` is what was observed, `after` what will be. `follows` is set for what the backend does by itself.

    `origin` is the manifest's line; for a derived change the line of what it follows.
    """

    ref: FieldRef
    before: Scalar
    after: Scalar
    reason: Reason
    origin: Origin
    follows: FieldRef | None = None

    @property
    def action(self) -> Action:
        if _nothing(self.before) and not _nothing(self.after):
            return Action.ADD
        if _nothing(self.after) and not _nothing(self.before):
            return Action.REMOVE
        return Action.CHANGE

    @property
    def derived(self) -> bool:
        return self.reason is Reason.FOLLOWS


def _nothing(value: Scalar) -> bool:
    return value is ABSENT or value is Registration.ABSENT
