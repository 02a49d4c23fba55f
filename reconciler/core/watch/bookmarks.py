"""How far each source of hints was read. A place is saved only after all shops that were named up to it were looked at.

In: places in the order in which they were read, each with the shops that it named; shops that were looked at. Out: the places
that may be saved. So a process that is killed reads again what no look has read yet.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping


class Bookmarks:
    """`saved` are the places that the last process saved, by source."""

    def __init__(self, saved: Mapping[str, str]) -> None:
        self._saved = dict(saved)
        self._read = dict(saved)
        self._reached: dict[str, str] = {}
        self._pending: dict[str, deque[tuple[str, set[str]]]] = {}

    def place(self, source: str) -> str | None:
        """Up to where it was read, saved or not; None: never."""
        return self._read.get(source)

    def advance(self, source: str, place: str, shops: Collection[str]) -> None:
        """It was read up to `place`, and named these shops."""
        self._read[source] = place
        self._pending.setdefault(source, deque()).append((place, set(shops)))

    def looked_at(self, shops: Collection[str]) -> None:
        for pending in self._pending.values():
            for _, waiting in pending:
                waiting.difference_update(shops)

    def keep_only(self, shops: Collection[str]) -> None:
        """The others are gone: no look will read them."""
        for pending in self._pending.values():
            for _, waiting in pending:
                waiting.intersection_update(shops)

    def to_save(self) -> Mapping[str, str]:
        """Those that differ from what was saved."""
        for source, pending in self._pending.items():
            while pending and not pending[0][1]:
                self._reached[source] = pending.popleft()[0]
        return {source: place for source, place in self._reached.items() if self._saved.get(source) != place}

    def mark_saved(self, places: Mapping[str, str]) -> None:
        self._saved.update(places)
