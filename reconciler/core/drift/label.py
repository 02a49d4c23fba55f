"""Which of two sides changed since a value was applied: Git, the backend, or both."""

from __future__ import annotations

from enum import Enum

from reconciler.core.planning.change import Change
from reconciler.core.runs.last_applied import LastApplied


class DriftLabel(Enum):
    DIFFERS = "differs"
    """Git and the backend differ; nothing was ever applied, or it is unknown which of them changed."""
    PENDING = "pending"
    """Git moved; the backend has what was last applied."""
    DRIFTED = "drifted"
    """The backend moved; Git has what was last applied."""
    CONFLICT = "conflict"
    """Both moved, each its own way."""
    CONVERGED = "converged-by-hand"
    """Git and the backend agree on what was never applied: both moved, the same way. Nothing is to be done."""
    NOT_FOLLOWING = "not-following"
    """The backend should have made it follow another field, and it does not."""


def drift_label(*, agree: bool, git: bool | None, backend: bool | None) -> DriftLabel | None:
    """The one truth table. `agree`: Git has what the backend has. `git`, `backend`: that side has what was last applied, None
    if that is unknown. A line is an agreement:

        Git ── backend     Git    backend     Git    backend     Git ── backend     Git    backend     Git    backend
           ╲    ╱             ╲                       ╱                                                     ?
            last               last               last               last               last               last

           nothing           drifted            pending          converged          conflict            differs

    Agreement is transitive, so one side's agreement is enough: if the two differ, the other side has changed. Unknown cases are
    not guessed: a conflict needs two sides that are known to have changed.
    """
    match agree, git, backend:
        case (True, True, _) | (True, _, True) | (True, None, None):
            return None
        case True, _, _:
            return DriftLabel.CONVERGED
        case (False, True, True) | (False, None, None) | (False, None, False) | (False, False, None):
            return DriftLabel.DIFFERS
        case False, True, _:
            return DriftLabel.DRIFTED
        case False, _, True:
            return DriftLabel.PENDING
    return DriftLabel.CONFLICT


def change_label(change: Change, past: LastApplied) -> DriftLabel:
    """Of a difference between Git (`after`) and the backend (`before`)."""
    git, backend = past.matches(change.ref, change.after), past.matches(change.ref, change.before)
    return drift_label(agree=False, git=git, backend=backend) or DriftLabel.DIFFERS
