"""Which shops a move of the checkout from one commit to another affects, as `--changed-since` understands it.

In: two commits. Out: the shops whose own file, or a shared file under them, differs. A shop whose file is gone is not among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.ports import SetupError

if TYPE_CHECKING:
    from reconciler.workflows.session import Session


def shops_between(session: Session, old: str, new: str) -> frozenset[str] | None:
    """None: the clone does not have the old commit any more (a rewritten history, a shallow clone), so it may be all of them. It
    starts `git` and waits for it.
    """
    try:
        files = session.repository().changed_files(old, new)
    except SetupError:
        return None
    (affected,) = session.manifests.affected_by((files,)).by_change
    return affected
