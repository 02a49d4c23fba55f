"""The manifests of one commit, read as those of a folder are.

In: the tree of the commit, and a selection. Out: `Manifest`. What the selection needs is copied into a folder of its own,
which the reader of folders reads: so both have the same results, and a chunk of a large fleet costs its own files.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import shop_files
from reconciler.adapters.manifests.loading.commit_index import CommitIndex, index_commit
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.core.model.selection import Selection
from reconciler.ports import Manifest, VersionControl
from reconciler.ports.manifests import AffectedShops, CommitTree, TreeEntry

_LINKS: Final = 40
"""So many are followed one after another, as by Linux."""


class CommitManifests:
    """Implements ports.Manifests. `folder` is that of the manifests in the repository, `shown_as` what people call it.

    `revisions` compare the commit with others. `index` is that of the same commit, where it is known already.
    """

    def __init__(
        self,
        tree: CommitTree,
        folder: str,
        *,
        shown_as: str,
        revisions: VersionControl | None = None,
        index: CommitIndex | None = None,
    ) -> None:
        self._tree = tree
        self._folder = "" if folder == "." else folder
        self._shown_as = shown_as
        self._revisions = revisions
        self._index = index or index_commit(tree, self._folder)

    def read(self, selection: Selection) -> Manifest:
        everything = selection.since is not None
        needed = self._index.needed_for(Selection() if everything else selection)
        with self._copied(needed) as manifests:
            return manifests.read(selection)

    def names(self) -> tuple[str, ...]:
        return tuple(file.stem for file in sorted(self.files(), key=lambda file: (file.stem, file.display_path)))

    def files(self) -> tuple[ManifestPath, ...]:
        """The shops' files, by the names that they have in messages; they lie nowhere."""
        with self._copied_root(self._index.others) as root:
            others = shop_files(root, self._shown_as).files if root.is_dir() else ()
        plain = {f"{self._shown_as}/{entry.path}": key for key, entry in self._index.shops.items()}
        listed = (ManifestPath(stem=key, path="", display_path=shown) for shown, key in plain.items())
        # What a link leads to is copied as well, and may be one of the plain files.
        return (*listed, *(file for file in others if file.display_path not in plain))

    def read_at(self, revision: str, names: frozenset[str]) -> Manifest:
        with self._copied(self._index.needed_for(Selection(names=frozenset({""})))) as manifests:
            return manifests.read_at(revision, names)

    def affected_by(self, changes: Sequence[frozenset[str]]) -> AffectedShops:
        with self._copied(self._index.needed_for(Selection())) as manifests:
            return manifests.affected_by(changes)

    @contextmanager
    def _copied(self, needed: Iterable[TreeEntry]) -> Iterator[ManifestFolder]:
        with self._copied_root(needed) as root:
            yield ManifestFolder(root, shown_as=self._shown_as, revisions=self._revisions)

    @contextmanager
    def _copied_root(self, needed: Iterable[TreeEntry]) -> Iterator[Path]:
        """The folder of manifests at its place below another one, so that links out of it lead to something."""
        with TemporaryDirectory(prefix="reconciler-") as top:
            copy = _Copy(self._tree, self._folder, Path(top), self._index)
            copy.write(list(needed))
            yield copy.root


class _Copy:
    """Files first, links last: nothing is ever written through a link."""

    def __init__(self, tree: CommitTree, folder: str, top: Path, index: CommitIndex) -> None:
        self._tree = tree
        self._folder = folder
        self._index = index
        self._top = top
        self.root = top / folder

    def write(self, needed: Sequence[TreeEntry]) -> None:
        links = [entry for entry in needed if entry.link]
        targets = self._targets(links)
        self._write_files({entry.path: entry for entry in needed if not entry.link})
        for path in targets:
            linked = _followed(path, targets)
            if linked is not None:
                self._stand_in(linked)
        for path, target in targets.items():
            place = self._top / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):  # of a tree that names it twice
                place.symlink_to(target)
        if not self.root.exists() and self._tree.is_folder(self._folder):  # its only files are hidden ones
            self.root.mkdir(parents=True)

    def _targets(self, links: Sequence[TreeEntry]) -> dict[str, str]:
        """By the path in the repository, as they are written."""
        paths = [posixpath.join(self._folder, entry.path) for entry in links]
        contents = self._tree.contents([entry.name for entry in links])
        return {path: os.fsdecode(target) for path, target in zip(paths, contents, strict=True)}

    def _write_files(self, files: Mapping[str, TreeEntry]) -> None:
        contents = self._tree.contents([entry.name for entry in files.values()])
        for path, content in zip(files, contents, strict=True):
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    def _stand_in(self, path: str) -> None:
        """What a link leads to. Outside of the folder nothing is read, but it is there."""
        place = self._top / path
        if place.exists():
            return
        if self._tree.is_folder(path):
            place.mkdir(parents=True, exist_ok=True)
        elif (content := self._tree.file(path)) is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if place.is_relative_to(self.root) else b"")


def _followed(path: str, targets: Mapping[str, str]) -> str | None:
    """Where a link leads in the repository, through others on the way; None for what leaves it."""
    for _ in range(_LINKS):
        parts = path.split("/")
        prefixes = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
        link = next((prefix for prefix in prefixes if prefix in targets), None)
        if link is None:
            return path
        path = posixpath.normpath(posixpath.join(posixpath.dirname(link), targets[link], path[len(link) + 1 :]))
        if path.startswith(("/", "..")):
            return None
    return None
