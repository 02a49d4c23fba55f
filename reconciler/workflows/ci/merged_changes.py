"""Which shops were changed on a branch lately, and by which commit last.

In: the clone, the manifests, and what the forge says was merged. Out: the shops with their newest first-parent commit. Git alone
lists the files; the forge's lists of changed files end at some hundreds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import Forge
from reconciler.ports.ci.repository import Repository
from reconciler.ports.manifests import Manifests

_NAMED = 5


@frozen
class MergedChanges:
    """`commits` are the first-parent commits, newest first, each with the shops that it affects; `owners` is the newest one of
    each shop. `total` counts all shops of the fleet.
    """

    commits: tuple[tuple[str, frozenset[ShopKey]], ...]
    owners: dict[ShopKey, str]
    total: int


async def merged_changes(
    repository: Repository, manifests: Manifests, forge: Forge, branch: str | None, since: datetime
) -> MergedChanges:
    """Of the commit that is checked out. The forge says which commits were merged since then: a fast-forward keeps the time at
    which a commit was made, so Git alone would take a late merge for an old one. Raises SetupError, ForgeError.
    """
    merged = () if branch is None else await forge.merged(branch, since)
    known = frozenset(each.merge_commit for each in merged if each.merge_commit is not None)
    found = repository.first_parent_commits(repository.head(), since, known)
    return _changes(manifests, [each.commit for each in found], [each.files for each in found])


def changes_of(repository: Repository, manifests: Manifests, old: str, new: str) -> MergedChanges:
    """What differs between two commits, as one change. Raises SetupError."""
    return _changes(manifests, [new], [repository.changed_files(old, new)])


def _changes(manifests: Manifests, commits: Sequence[str], files: Sequence[frozenset[str]]) -> MergedChanges:
    affected = manifests.affected_by(files)
    shops = [frozenset(ShopKey(name) for name in names) for names in affected.by_change]
    owners: dict[ShopKey, str] = {}
    for commit, some in zip(commits, shops, strict=True):
        for shop in some:
            owners.setdefault(shop, commit)
    return MergedChanges(commits=tuple(zip(commits, shops, strict=True)), owners=owners, total=affected.total)


def require_committed(repository: Repository) -> None:
    """Raises SetupError where the work tree is not what the commit says: it would not be what is reviewed."""
    files = sorted(repository.uncommitted())
    if not files:
        return
    raise SetupError(
        msg(
            "Uncommitted changes in the work tree: {files}",
            files=", ".join([*files[:_NAMED], *(["..."] if files[_NAMED:] else [])]),
        ),
        code=codes.UNCOMMITTED,
        hint=msg("Check out the commit without changes; a CI job plans and applies only what is committed"),
    )
