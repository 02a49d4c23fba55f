"""Where files lie before they are put in place: a folder inside the one that they go to, which no reader of manifests looks into.

In: the file that is to be written. Out: the folder beside it. All of them go in the end. What a killed command left is cleared
away by the next that writes there; a folder that is in use is told by the lock that its command holds on it.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

if sys.platform != "win32":
    import fcntl

_PREFIX: Final = ".reconciler-staged-"


class Folders:
    """One for each folder that is written to, for as long as `cleaning` is open."""

    def __init__(self, cleaning: ExitStack) -> None:
        self._cleaning = cleaning
        self._made: dict[Path, Path] = {}

    def beside(self, target: Path) -> Path:
        """Raises OSError."""
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            _clear(target.parent)
            self._made[target.parent] = self._make(target.parent)
        return self._made[target.parent]

    def _make(self, parent: Path) -> Path:
        made = TemporaryDirectory(prefix=_PREFIX, dir=parent, ignore_cleanup_errors=True)
        folder = Path(self._cleaning.enter_context(made))
        held = _held(folder)
        if held is not None:
            self._cleaning.callback(os.close, held)
        return folder


def _clear(parent: Path) -> None:
    for left in parent.glob(f"{_PREFIX}*"):
        held = _held(left)
        if held is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(held)


def _held(folder: Path) -> int | None:
    """A descriptor that locks it, also until its process dies; None where another's does, or where there are no such locks."""
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
