"""One difference between desired and observed, with its reason and the place it came from."""

from __future__ import annotations

from enum import Enum

from reconciler.core.model.state import FieldRef
from reconciler.core.values import ABSENT, Origin, Registration, Scalar
from reconciler.lib.frozen_class import frozen


class ChangeAction(Enum):
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


class Reason(Enum):
    """Why a change is in the plan: a closed list."""

    DECLARED = "declared"
    """The manifest differs from the backend."""
    DERIVED = "follows"
    """The backend derives it from another change."""
    REWRITTEN = "reasserted"
    """The value matches and is written again, so that its derived fields follow."""
    UNDONE = "undone"
    """The value from before an apply is put back."""
    SELLER_CHANGED = "seller-changes"
    """The seller id changes, and the IPN endpoint has to be registered with the new one."""
    REFERENCE_CHANGED = "reference-changes"
    """The manifest refers to another secret than the one that was last applied."""
    ROTATED = "rotated"
    """The reference is the last applied one, and the secret behind it differs from the backend's."""


@frozen
class Change:
    """`before` is what was observed, `after` what will be. `follows` is set for what the backend derives.

    `origin` is the manifest's line; for a derived change the line of what it follows.
    """

    ref: FieldRef
    before: Scalar
    after: Scalar
    reason: Reason
    origin: Origin
    caused_by: FieldRef | None = None

    @property
    def action(self) -> ChangeAction:
        if _nothing(self.before) and not _nothing(self.after):
            return ChangeAction.ADD
        if _nothing(self.after) and not _nothing(self.before):
            return ChangeAction.REMOVE
        return ChangeAction.CHANGE

    @property
    def derived(self) -> bool:
        return self.reason is Reason.DERIVED


def _nothing(value: Scalar) -> bool:
    return value is ABSENT or value is Registration.ABSENT
