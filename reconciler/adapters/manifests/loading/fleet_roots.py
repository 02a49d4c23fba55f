"""Several folders of manifests as one fleet: the port `Manifests` over the readers of each.

In: the folders, each with its own groups and defaults. Out: their shops and diagnostics together. A shop that two of them have is
an error at each of its files, which names the others; such a shop is in neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from reconciler.adapters.manifests.discovery.duplicate_shops import duplicate_shop_diagnostics
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import shop_files
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.model.selection import Selection
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Manifest, Manifests
from reconciler.ports.manifests import AffectedShops


@frozen
class Root:
    """`files` lists the shops' files. `below` is its path below the folder that holds all roots, as paths of changed
    files start.
    """

    reader: Manifests
    files: Callable[[], Sequence[ManifestPath]]
    shown_as: str
    below: str


def files_in(folder: Path, shown_as: str) -> Sequence[ManifestPath]:
    """None where there is no such folder."""
    return shop_files(folder, shown_as).files if folder.is_dir() else ()


class FleetRoots:
    def __init__(self, roots: Sequence[Root]) -> None:
        self._roots = roots

    def read(self, selection: Selection) -> Manifest:
        read = self._together([root.reader.read(selection) for root in self._roots])
        return _without_twins(read, [files for files in self._twins() if selection.may_name(files[0].stem)])

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(name for root in self._roots for name in root.reader.names()))

    def read_at(self, revision: str, names: frozenset[str]) -> Manifest:
        return self._together([root.reader.read_at(revision, names) for root in self._roots])

    def affected_by(self, changes: Sequence[frozenset[str]]) -> AffectedShops:
        found = [root.reader.affected_by([_below(change, root.below) for change in changes]) for root in self._roots]
        by_change = zip(*(each.by_change for each in found), strict=True)
        return AffectedShops(
            by_change=tuple(frozenset().union(*some) for some in by_change), total=sum(each.total for each in found)
        )

    @staticmethod
    def _together(read: Sequence[Manifest]) -> Manifest:
        return Manifest(
            shops=tuple(sorted((shop for each in read for shop in each.shops), key=lambda shop: shop.shop)),
            findings=sort_diagnostics(finding for each in read for finding in each.findings),
            broken=tuple(sorted({name for each in read for name in each.broken})),
            unchanged=sum(each.unchanged for each in read),
        )

    def _twins(self) -> Iterable[list[ManifestPath]]:
        """The files of each shop that several folders have."""
        roots: dict[str, set[int]] = defaultdict(set)
        listed = [root.files() for root in self._roots]
        for number, files in enumerate(listed):
            for file in files:
                roots[file.stem].add(number)
        twins: dict[str, list[ManifestPath]] = {stem: [] for stem, some in roots.items() if len(some) > 1}
        for file in (file for files in listed for file in files if file.stem in twins):
            twins[file.stem].append(file)
        return twins.values()


def _without_twins(read: Manifest, twins: Sequence[Sequence[ManifestPath]]) -> Manifest:
    """What one folder alone says of its second file of such a shop is part of what is said here."""
    if not twins:
        return read
    names = {files[0].stem for files in twins}
    found = duplicate_shop_diagnostics((file for files in twins for file in files), (), names.__contains__)
    return Manifest(
        shops=tuple(shop for shop in read.shops if shop.shop not in names),
        findings=sort_diagnostics((*(each for each in read.findings if not _says_it_twice(each, names)), *found)),
        broken=tuple(sorted({*read.broken, *names})),
        unchanged=read.unchanged,
    )


def _says_it_twice(finding: Diagnostic, names: set[str]) -> bool:
    return finding.code is codes.TWO_FILES and finding.shop in names


def _below(change: frozenset[str], folder: str) -> frozenset[str]:
    prefix = "" if folder == "." else f"{folder}/"
    return frozenset(path.removeprefix(prefix) for path in change if path.startswith(prefix))
