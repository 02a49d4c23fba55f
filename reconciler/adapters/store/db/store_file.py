"""The file of an SQLite store: whether it still is the one that was opened.

A file that is deleted or replaced while it is open accepts writes as before, but they are lost. So the file at the path is
compared with the one that was opened.
"""

from __future__ import annotations

import os
from pathlib import Path

from reconciler.adapters.store.db.errors import StoreError
from reconciler.core.diagnostics.messages import msg


class StoreFile:
    def __init__(self, path: Path, place: str) -> None:
        self._path = path
        self._place = place
        self._opened = _identity(path)

    def check(self) -> None:
        """Raises StoreError."""
        found = _identity(self._path)
        if found is None or found != self._opened:
            reason = msg("its file was deleted or replaced while in use: what is written to it is lost")
            raise StoreError(msg("The store {place} cannot be used: {reason}", place=self._place, reason=reason))


def _identity(path: Path) -> tuple[int, int] | None:
    """None where there is no file, or none that a name leads to."""
    try:
        state = os.stat(path)  # noqa: PTH116  # once a transaction: pathlib costs as much as the call
    except OSError:
        return None
    return (state.st_dev, state.st_ino) if state.st_nlink else None
