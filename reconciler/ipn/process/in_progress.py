"""Which order references are being worked on in this process: one piece of news of each at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class InProgressKeys:
    def __init__(self) -> None:
        self._busy: set[str] = set()

    @property
    def busy(self) -> tuple[str, ...]:
        return tuple(sorted(self._busy))

    @contextmanager
    def claim(self, lane: str) -> Iterator[bool]:
        """Whether the lane was free; it is ours until the end, if so."""
        free = lane not in self._busy
        self._busy.add(lane)
        try:
            yield free
        finally:
            if free:
                self._busy.discard(lane)
