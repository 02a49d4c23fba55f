"""Changes of files: the present content of a file, and the new one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from reconciler.lib.frozen_class import frozen


@frozen
class FileChange:
    """`shown` is the path in messages. `before` is None for a new file."""

    path: Path
    display_path: str
    before: bytes | None
    after: bytes


class FileWriter(Protocol):
    def write(self, changes: Iterable[FileChange]) -> int:
        """All, or none if a problem is found before the first is replaced; returns how many.

        Each file is complete at any time. Raises SetupError: a folder that cannot be written, a full disk, a file that
        has changed since it was read.
        """
        ...
