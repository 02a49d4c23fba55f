"""Who wrote the lines of a manifest, as version control knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from reconciler.lib.frozen_class import frozen


@frozen
class LineCommit:
    """The commit that wrote a line last. `at` is its author's time, in UTC. `clone_ends`: a shallow clone has no older
    commits, so that an older one may have written the line.
    """

    commit: str
    author: str
    at: str
    clone_ends: bool = False


class LineAuthors(Protocol):
    def commits_of(self, file: str) -> Sequence[LineCommit | None]:
        """Line by line, for a file as origins name it; None for a line that is not committed. Raises SetupError."""
        ...
