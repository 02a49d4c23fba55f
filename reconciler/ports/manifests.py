"""The manifests: what a reader of them brings.

What Git knows of the manifests: which files differ from a revision.

The files of a commit that no work tree holds.

The lines of manifests and settings that diagnostics point at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired
from reconciler.lib.frozen_class import frozen


@frozen
class Manifest:
    """What a reader of manifests returns: the valid shops, sorted by key, and all diagnostics of the rest.

    `broken` names the shops (or files that should have been shops) that could not be understood. `unchanged` counts the shops
    of the selection that were not read, because they match the given revision; 0 if that cannot be counted.
    """

    shops: tuple[Desired, ...]
    findings: tuple[Diagnostic, ...]
    broken: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Of all that is there, in order or not."""
        return (*(shop.shop for shop in self.shops), *self.broken)


@frozen
class AffectedShops:
    """`by_change` are the names of shops that each change affects, `total` counts all shops of the folder."""

    by_change: tuple[frozenset[str], ...]
    total: int


class Manifests(Protocol):
    def read(self, selection: Selection) -> Manifest: ...

    def names(self) -> tuple[str, ...]:
        """Of all shops that have a file, valid or not; none is read."""
        ...

    def read_at(self, revision: str, names: frozenset[str]) -> Manifest:
        """The shops of these names as they were in a commit that the clone has. Raises SetupError."""
        ...

    def affected_by(self, changes: Sequence[frozenset[str]]) -> AffectedShops:
        """The shops that are there now and whose own file, or a shared file under them, is among the files of a change. Files
        are paths below the folder, as `VersionControl` gives them.
        """
        ...


class VersionControl(Protocol):
    def changed_since(self, revision: str) -> frozenset[str]:
        """Paths below the folder of manifests, with `/`: what differs from `revision`, committed or not, untracked files, and
        deleted ones. A renamed file is listed under both names.

        Raises SetupError if Git is not installed, or does not know the revision.
        """
        ...

    def files_at(self, revision: str, wanted: Callable[[str], bool]) -> Mapping[str, bytes]:
        """The content of wanted files below the folder of manifests in a commit, by their path below it; no links. Raises as
        `changed_since`.
        """
        ...


class SourceReader(Protocol):
    def lines_for(self, findings: Iterable[Diagnostic]) -> SourceLines:
        """What may be shown. A place has no line where it may hold a secret, its file cannot be read any more, or the file
        does not have there what the diagnostic is about.
        """
        ...


@frozen(kw_only=False)
class TreeEntry:
    """A file or a link of a commit. `path` is below the folder that was asked for, with `/`; `name` is that of its content."""

    path: str
    name: str
    link: bool = False


class CommitTree(Protocol):
    """The files of one commit, without a work tree. Each method raises SetupError."""

    def entries(self, folder: str) -> Iterator[TreeEntry]:
        """Those below a folder of the repository, at any depth; none where it is no folder."""
        ...

    def contents(self, names: Sequence[str]) -> Iterator[bytes]:
        """In the order of the names."""
        ...

    def is_folder(self, path: str) -> bool | None:
        """Of a path below the root of the repository; None where nothing is there."""
        ...

    def file(self, path: str) -> bytes | None:
        """The content of a regular file, None where there is none."""
        ...
