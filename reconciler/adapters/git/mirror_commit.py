"""One commit of a mirror: its files, and what differs from another.

In: the mirror, which has the commit. Out: paths, names of blobs and their content. It does not know what the files mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Final

from reconciler.adapters.git.mirror import GitMirror, MirrorError
from reconciler.adapters.git.object_reader import GitObject, ObjectReader
from reconciler.adapters.git.program import GitMissing, GitSilent, changed_paths, path_of
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.frozen_class import frozen
from reconciler.ports.manifests import TreeEntry

_FILE: Final = b"100"
_LINK: Final = b"120"


@frozen(kw_only=False)
class MirrorCommit:
    """Implements ports.manifests.CommitTree. `close` ends the process that reads objects."""

    mirror: GitMirror
    commit: str
    objects: ObjectReader = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "objects", self.mirror.objects())

    def close(self) -> None:
        self.objects.close()

    def entries(self, folder: str) -> Iterator[TreeEntry]:
        if self.is_folder(folder):
            listed = self.mirror.ask("ls-tree", "-r", "-z", f"{self.commit}:{folder}")
            for about, _, path in (entry.partition(b"\t") for entry in listed.split(b"\0")):
                if about.startswith((_FILE, _LINK)):
                    yield TreeEntry(path_of(path), about.split()[2].decode(), link=about.startswith(_LINK))

    def contents(self, names: Sequence[str]) -> Iterator[bytes]:
        for name, found in zip(names, self._read(names), strict=True):
            if found is None:
                raise MirrorError(
                    msg("The mirror {folder} is damaged: {name} is missing", folder=str(self.mirror.folder), name=name),
                    code=codes.NO_CLONE,
                    hint=msg("Delete the folder; it is made again"),
                )
            yield found.content

    def is_folder(self, path: str) -> bool | None:
        found = self._find(path)
        return None if found is None else found.kind == "tree"

    def file(self, path: str) -> bytes | None:
        found = self._find(path)
        return found.content if found is not None and found.kind == "blob" else None

    def _find(self, path: str) -> GitObject | None:
        """Git cannot be given a name with a line break."""
        if "\n" in path:
            return None
        return next(iter(self._read([f"{self.commit}:{path}"])))

    def _read(self, names: Sequence[str]) -> Iterator[GitObject | None]:
        try:
            yield from self.objects.read(names)
        except (GitMissing, GitSilent) as error:
            text = msg(
                "Git cannot read the mirror {folder}: {reason}", folder=str(self.mirror.folder), reason=str(error)
            )
            raise MirrorError(text, code=codes.NO_CLONE) from None


@frozen(kw_only=False)
class MirrorRevisions:
    """Implements ports.VersionControl for a folder of one commit, where `.` is the root of the repository."""

    tree: MirrorCommit
    folder: str

    def changed_since(self, revision: str) -> frozenset[str]:
        words = ("diff-tree", "-r", "-z", "--no-ext-diff", "--no-renames", "--name-status")
        listed = self.tree.mirror.ask(*words, self._commit(revision), self.tree.commit)
        below = f"{self._path}/" if self._path else ""
        return frozenset(path.removeprefix(below) for path in changed_paths(listed) if path.startswith(below))

    def files_at(self, revision: str, wanted: Callable[[str], bool]) -> Mapping[str, bytes]:
        other = MirrorCommit(self.tree.mirror, self._commit(revision))
        try:
            found = [each for each in other.entries(self._path) if not each.link and wanted(each.path)]
            return dict(zip((each.path for each in found), other.contents([each.name for each in found]), strict=True))
        finally:
            other.close()

    @property
    def _path(self) -> str:
        return "" if self.folder == "." else self.folder

    def _commit(self, revision: str) -> str:
        if revision.startswith("-"):
            raise self._unknown(revision)
        try:
            return self.tree.mirror.ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
        except MirrorError:
            raise self._unknown(revision) from None

    def _unknown(self, revision: str) -> MirrorError:
        text = msg("Unknown Git revision {revision}", revision=repr(revision))
        return MirrorError(text, code=codes.NO_REVISION, subject="--changed-since")
