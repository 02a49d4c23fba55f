"""Manifests that are to be written: what a file holds, and what it is to hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """`shown` is the path people are told. `before` is None for a file that is not there yet."""

    path: Path
    shown: str
    before: bytes | None
    after: bytes


class FileWriter(Protocol):
    def write(self, changes: Iterable[FileChange]) -> int:
        """All or, where something stands against it before the first is put in place, none; returns how many.

        Each file is whole at any time. Raises Unusable: a folder that cannot be written, a disk that is full, a file that is not
        what it was any more.
        """
        ...
