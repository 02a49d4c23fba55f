"""The clone that a CI job works in: which commit is checked out, what its history says, and what the remote has.

A clone may be shallow, as a runner makes it: what is missing is fetched, within a bound. Where that fails, SetupError says to
fetch the whole history (`fetch-depth: 0`). No hook, no pager and no program that a repository's settings name is run.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from reconciler.lib.frozen_class import frozen


@frozen
class BranchCommit:
    """One first-parent commit of a branch. `files` are those that differ from its first parent, below the folder of manifests and
    relative to it. `time` is that of the commit (the committer's clock).
    """

    commit: str
    time: datetime
    files: frozenset[str]


class Repository(Protocol):
    """Commits are given and returned as 40 (or 64) hexadecimal digits. Every method raises SetupError (codes C1xx)."""

    def head(self) -> str:
        """The commit that is checked out."""
        ...

    def obtain(self, commit: str) -> None:
        """Fetches a commit with its files, unless the clone has it."""
        ...

    def parents(self, commit: str) -> tuple[str, ...]:
        """Of a commit, also where a shallow clone does not have them."""
        ...

    def merge_base(self, one: str, other: str) -> str: ...

    def is_ancestor(self, ancestor: str, of: str) -> bool:
        """A commit counts as its own ancestor."""
        ...

    def changed_files(self, old: str, new: str) -> frozenset[str]:
        """Below the folder of manifests and relative to it. A renamed file is listed under both names."""
        ...

    def first_parent_commits(
        self, tip: str, since: datetime, known: Collection[str] = frozenset()
    ) -> Sequence[BranchCommit]:
        """From `tip` back to the last commit that is not older than `since`, or is one of the `known`; newest first: those that
        change the folder of manifests. The time of a commit is what its author's machine says, so a commit above a recent one
        is recent too.
        """
        ...

    def uncommitted(self, *files: str) -> frozenset[str]:
        """Files below the folder that are not as in the commit that is checked out, untracked ones included. `files`:
        only these of them, by their path below it; none given: all.
        """
        ...

    def remote_tip(self, branch: str) -> str:
        """Where the remote has the branch now; asked of the remote each time."""
        ...
