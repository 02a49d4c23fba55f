"""The place of each declared value of a shop, looked up only on demand.

In: the merged files. Out: a mapping from the dotted place to an `Origin`. Ten thousand shops keep one
each, so it holds packed positions and shares all names of places and all lower layers; the `Origin`s are made on demand.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

from reconciler.adapters.manifests.yaml.parsed import Parsed, unpack_origin
from reconciler.core.values import Origin

Names = dict[tuple[str, ...], tuple[str, ...]]
"""One copy of each list of places that files have in common."""


class Origins(Mapping[str, Origin]):
    """`taken_out` are the places at which the file holds `null`: neither they nor what lies below them has an origin."""

    __slots__ = ("_file", "_marks", "_names", "_taken_out", "_under")

    _file: str
    _names: tuple[str, ...]
    _marks: array[int]
    _under: Mapping[str, Origin]
    _taken_out: tuple[str, ...]

    def __init__(
        self, parsed: Parsed, *, under: Mapping[str, Origin], taken_out: tuple[str, ...] = (), names: Names
    ) -> None:
        self._file = parsed.file
        self._names = names.setdefault(parsed.names, parsed.names)
        self._marks = parsed.marks
        self._under = under
        self._taken_out = taken_out

    def __getitem__(self, place: str) -> Origin:
        if self._hidden(place):
            raise KeyError(place)
        if place in self._names:
            return unpack_origin(self._file, self._marks[self._names.index(place)])
        return self._under[place]

    def __iter__(self) -> Iterator[str]:
        yield from (place for place in self._under if place not in self._names and not self._hidden(place))
        yield from (place for place in self._names if not self._hidden(place))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _hidden(self, place: str) -> bool:
        taken_out = self._taken_out
        return bool(taken_out) and any(place == out or place.startswith(f"{out}.") for out in taken_out)

    def __repr__(self) -> str:
        return f"Origins({self._file!r}, {len(self)} places)"
