"""The fleets of the files that are open. In: paths. Out: for each file its fleet, opened once.

A file belongs to the nearest folder above it that has a `reconciler.yaml`; without one, to the workspace folder that it is in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from reconciler.workflows.editor.editor_fleet import EditorFleet

SETTINGS: Final = "reconciler.yaml"
OpenFleet = Callable[[Path], EditorFleet]
"""The fleet of a folder: with its `reconciler.yaml`, or with the defaults where that is not there, or is not valid."""


class Fleets:
    """Not for several threads."""

    def __init__(self, open_fleet: OpenFleet) -> None:
        self._open_fleet = open_fleet
        self._fleets: dict[Path, EditorFleet] = {}
        self._roots: dict[Path, Path | None] = {}
        self._folders: tuple[Path, ...] = ()

    def use_folders(self, folders: Iterable[Path]) -> None:
        """The workspace folders; the fleets of those that have settings are opened."""
        self._folders = tuple(folders)
        self._roots.clear()
        for root in [root for root in self._fleets if not any(root.is_relative_to(each) for each in self._folders)]:
            self._fleets.pop(root).close()
        for folder in self._folders:
            if (folder / SETTINGS).is_file():
                self._at(folder)

    def of(self, path: Path) -> EditorFleet | None:
        folder = path.parent
        if folder not in self._roots:
            self._roots[folder] = self._find_root(folder)
        root = self._roots[folder]
        return None if root is None else self._at(root)

    def reopen(self, root: Path) -> None:
        """Its settings changed, or came or went: the files that are open have to be opened in it again."""
        self._roots.clear()
        fleet = self._fleets.pop(root, None)
        if fleet is not None:
            fleet.close()

    def read_ahead(self, seconds: float) -> int:
        return sum(fleet.live.read_ahead(seconds) for fleet in tuple(self._fleets.values()))

    def close(self) -> None:
        for fleet in self._fleets.values():
            fleet.close()
        self._fleets.clear()

    def _at(self, root: Path) -> EditorFleet:
        if root not in self._fleets:
            self._fleets[root] = self._open_fleet(root)
        return self._fleets[root]

    def _find_root(self, folder: Path) -> Path | None:
        above = (folder, *folder.parents)
        found = next((each for each in above if (each / SETTINGS).is_file()), None)
        return found or next((each for each in above if each in self._folders), None)
