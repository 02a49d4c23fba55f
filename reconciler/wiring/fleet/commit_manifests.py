"""The manifests of a fleet run's commit: one folder, or several that are one fleet, read from the mirror without a work tree."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.adapters.git.mirror_commit import MirrorCommit, MirrorRevisions
from reconciler.adapters.manifests.loading.at_commit import CommitManifests
from reconciler.adapters.manifests.loading.commit_index import CommitIndex, index_commit
from reconciler.adapters.manifests.loading.fleet_roots import FleetRoots, Root
from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from reconciler.ports import Manifests

_INDEXES: Final[dict[tuple[Path, str], tuple[str, CommitIndex]]] = {}
"""The last commit of each folder of manifests that this process read: chunks of one run follow each other."""


@frozen
class CommitFolder:
    """`path` is below the root of the repository, `shown_as` what people call the folder."""

    path: str
    shown_as: str


def commit_manifests(tree: MirrorCommit, folders: Sequence[CommitFolder]) -> Manifests:
    readers = [_reader(tree, folder) for folder in folders]
    if len(readers) == 1:
        return readers[0]
    top = posixpath.commonpath([folder.path for folder in folders])
    return FleetRoots(
        [
            Root(
                reader=reader,
                files=reader.files,
                shown_as=folder.shown_as,
                below=posixpath.relpath(folder.path, top or "."),
            )
            for reader, folder in zip(readers, folders, strict=True)
        ]
    )


def _reader(tree: MirrorCommit, folder: CommitFolder) -> CommitManifests:
    key = (tree.mirror.folder, folder.path)
    commit, index = _INDEXES.get(key, ("", None))
    if commit != tree.commit or index is None:
        index = index_commit(tree, "" if folder.path == "." else folder.path, index)
        _INDEXES[key] = (tree.commit, index)
    revisions = MirrorRevisions(tree, folder.path)
    return CommitManifests(tree, folder.path, shown_as=folder.shown_as, revisions=revisions, index=index)
