"""Where a shop's file is in a tree that is divided: the first two characters of its key, then the next two, and so on.

In: which files there are. Out: for each shop the folder below that of the manifests, as `ky` or `ky/ot`; the top one is empty.
Nothing is read or moved. Folders that people made keep their meaning: one of them is divided in the same way, once it has more
shops than `FOLDER_LIMIT`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from reconciler.adapters.manifests.discovery.entries import ManifestPath

FOLDER_LIMIT: Final = 2_000
"""Shops of one folder before it is divided. A thousand more fit before a folder has 3,000 entries, which Git and its web pages
can still show. A divided folder stays divided, so that shops do not move back and forth.
"""
_WIDTH: Final = 2
_TOP: Final = ""


def shard_steps(shop: str) -> tuple[str, ...]:
    """The folders that a shop may be in, from the outermost: `ky`, `ot` for `kyoto`."""
    return tuple(shop[at : at + _WIDTH] for at in range(0, len(shop) - _WIDTH + 1, _WIDTH))


class ShardLayout:
    """`files` are the shops' files below `root`, each once."""

    def __init__(self, root: str, files: Sequence[ManifestPath]) -> None:
        self._by_base: dict[str, list[int]] = defaultdict(list)
        self._divided: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._new: dict[str, str] = {}
        self._stems = [file.stem for file in files]
        for number, file in enumerate(files):
            folder = file.path[len(root) + 1 :].rpartition("/")[0]
            base = self._base_of(folder, file.stem)
            self._counts[folder] += 1
            self._by_base[base].append(number)
            while folder != base:
                folder = folder.rpartition("/")[0]
                self._divided.add(folder)

    def folder_for_new(self, shop: str) -> str:
        """For a shop without a file: the top folder, unless most shops below it are in the folders of their keys."""
        if shop not in self._new:
            self._new[shop] = self._place(shop) if self._is_divided() else _TOP
            self._counts[self._new[shop]] += 1
        return self._new[shop]

    def folders(self) -> list[str]:
        """Where each file belongs, in the order of the files."""
        found = [_TOP] * len(self._stems)
        for base, numbers in self._by_base.items():
            for number, folder in self._spread(base, numbers, 0):
                found[number] = folder
        return found

    def _is_divided(self) -> bool:
        return len(self._by_base.get(_TOP, ())) > 2 * self._counts[_TOP]

    def _place(self, shop: str) -> str:
        folder = _TOP
        for step in shard_steps(shop):
            if folder != _TOP and not self._is_full(folder, self._counts[folder] + 1):
                break
            folder = _below(folder, step)
        return folder

    def _is_full(self, folder: str, shops: int) -> bool:
        return folder in self._divided or shops > FOLDER_LIMIT

    def _spread(self, folder: str, numbers: Sequence[int], depth: int) -> Iterator[tuple[int, str]]:
        if folder != _TOP and not self._is_full(folder, len(numbers)):
            yield from ((number, folder) for number in numbers)
            return
        below: dict[str, list[int]] = defaultdict(list)
        for number in numbers:
            below[self._stems[number][depth * _WIDTH : (depth + 1) * _WIDTH]].append(number)
        for step, some in below.items():
            if len(step) < _WIDTH:
                yield from ((number, folder) for number in some)
            else:
                yield from self._spread(_below(folder, step), some, depth + 1)

    @staticmethod
    def _base_of(folder: str, shop: str) -> str:
        """The folder that people chose: without the folders of its key."""
        parts, steps = folder.split("/") if folder else [], shard_steps(shop)
        depth = next((n for n in range(min(len(steps), len(parts)), 0, -1) if tuple(parts[-n:]) == steps[:n]), 0)
        return "/".join(parts[: len(parts) - depth])


def tree_layout(root: str, files: Iterable[ManifestPath]) -> ShardLayout:
    """Of the files themselves: a link stays where it is, since what it leads to is relative."""
    return ShardLayout(root, [file for file in files if not file.linked])


def _below(folder: str, step: str) -> str:
    return f"{folder}/{step}" if folder else step
