"""Which shops a set of changed files affects: those whose own file changed, and those that inherit from a changed shared file.

In: the files of the folder, and the paths below it that changed. Out: the names of shops. The bytes of the files are scanned for
groups, and a file is parsed only if it may name a group in question; if no shared file changed, none is read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from pathlib import Path, PurePosixPath
from typing import Final

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_bytes, read_file, shared_files
from reconciler.adapters.manifests.layout import DEFAULTS, GROUPS
from reconciler.adapters.manifests.loading.merge import group_of
from reconciler.adapters.manifests.yaml.reader import read_yaml

_GROUP: Final = re.compile(rb"""\bgroup["']?\s*:(?:[\s>|"'+-]|#[^\n]*\n)*([^\s"',}#]*)""")
"""A key `group` and the start of its value, in any style; also within texts, which parsing distinguishes."""


class Affected:
    """`groups` are the groups with a changed file, their own or an inherited one. `names` are shops' names, as
    files give them; None: a file changed from which every shop inherits.
    """

    def __init__(self, root: Path, shown_as: str, shops: Iterable[ManifestPath], changed: AbstractSet[str]) -> None:
        self._root = str(root)
        self._real = os.path.realpath(root)
        self._changed = changed
        self._folders = tuple(f"{path}/" for path in changed if os.path.isdir(os.path.join(self._root, path)))  # noqa: PTH112, PTH118  # thousands of them
        shared = {file.stem: file for file in shared_files(root, shown_as).files}
        self.affects_all = self._lies_under_all(shared.get(DEFAULTS))
        self.groups = self._groups(shared)
        self.names = None if self.affects_all else frozenset(self._names(shops))

    def includes(self, stem: str) -> bool:
        return self.names is None or stem in self.names

    def _lies_under_all(self, defaults: ManifestPath | None) -> bool:
        named = any(path == GROUPS or ("/" not in path and _stem(path) == DEFAULTS) for path in self._changed)
        return named or (defaults is not None and self._touched(defaults))

    def _groups(self, shared: dict[str, ManifestPath]) -> frozenset[str]:
        """Those that changed, and those over them, through as many groups as there are."""
        below = {stem: group_of(read_file(file)) for stem, file in shared.items() if stem != DEFAULTS}
        changed = {_stem(path) for path in self._changed if PurePosixPath(path).parent.name == GROUPS}
        changed |= {stem for stem in below if self._touched(shared[stem])}
        while over := {stem for stem, group in below.items() if group in changed} - changed:
            changed |= over
        return frozenset(changed)

    def _names(self, shops: Iterable[ManifestPath]) -> Iterable[str]:
        own = {_stem(path) for path in self._changed if not path.startswith(f"{GROUPS}/")}
        for file in shops:
            if file.stem in own or self._touched(file) or (self.groups and self._over_a_group(file)):
                yield file.stem

    def _touched(self, file: ManifestPath) -> bool:
        """Its own file; also in a separate repository inside this one, or as a link to a changed file."""
        path = file.path[len(self._root) + 1 :]
        if path in self._changed or (self._folders and path.startswith(self._folders)):
            return True
        return file.linked and os.path.realpath(file.path)[len(self._real) + 1 :] in self._changed

    def _over_a_group(self, file: ManifestPath) -> bool:
        data = read_bytes(file)
        return (
            isinstance(data, bytes)
            and self._may_name(data)
            and group_of(read_yaml(data, file.display_path)) in self.groups
        )

    def _may_name(self, data: bytes) -> bool:
        """Also where the key, or its value, is not spelled out."""
        values = _GROUP.findall(data)
        return b"\\" in data or any(value.decode("utf-8", "replace") in self.groups for value in values)


def _stem(path: str) -> str:
    return PurePosixPath(path).stem
