"""The staging folder of files: a folder inside their target folder, which readers of manifests ignore.

In: the file to be written. Out: the folder beside it. All of them are removed in the end. The next command that writes there
removes what a killed command left; a folder in use is recognised by the lock that its command holds on it.

Many files written as one: all of them are staged first, then each is put in its place.

In: changes, one by one: a fleet is never in memory as a whole. Out: how many. After any end, also an interruption, each file is
the old one or the new one, and no staged file remains, or the next command removes it if the process was killed; the same command
completes what is missing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from reconciler.adapters.files.atomic_write import fsync_dir
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.ports.files.file_changes import FileChange

if sys.platform != "win32":
    import fcntl

_PREFIX: Final = ".reconciler-staged-"


class StagingFolders:
    """One for each folder that is written to, for as long as `cleaning` is open."""

    def __init__(self, cleaning: ExitStack) -> None:
        self._cleaning = cleaning
        self._made: dict[Path, Path] = {}

    def for_target(self, target: Path) -> Path:
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


_NEW_FILE: Final = 0o666
_BINARY: Final = getattr(os, "O_BINARY", 0)
_FEW: Final = 64
"""Up to this many files, each is synced separately; above it, the whole file system is synced once."""


@frozen
class _Staged:
    """`target` is the file itself, also where a link led to it. `before` is the digest of what it takes the place of."""

    beside: Path
    target: Path
    shown: str
    before: bytes | None


class AtomicBatchWriter:
    """The port `FileWriter`."""

    def write(self, changes: Iterable[FileChange]) -> int:
        with ExitStack() as cleaning:
            folders = StagingFolders(cleaning)
            staged = [_stage(change, number, folders) for number, change in enumerate(changes)]
            _sync(staged)
            for file in staged:
                _look(file)
            for file in staged:
                _put(file)
        for folder in {file.target.parent for file in staged}:
            fsync_dir(folder)
        return len(staged)


def _stage(change: FileChange, number: int, folders: StagingFolders) -> _Staged:
    with _reporting_errors(change.display_path):
        target = change.path.resolve()
        beside = folders.for_target(target) / str(number)
        mode = _NEW_FILE if change.before is None else stat.S_IMODE(target.stat().st_mode)
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(change.after)
        if change.before is not None:
            beside.chmod(mode)
    return _Staged(
        beside=beside,
        target=target,
        shown=change.display_path,
        before=None if change.before is None else _digest(change.before),
    )


def _sync(staged: Sequence[_Staged]) -> None:
    if len(staged) > _FEW and hasattr(os, "sync"):
        os.sync()
        return
    for file in staged:
        with _reporting_errors(file.shown), file.beside.open("rb") as stream:
            os.fsync(stream.fileno())


def _look(file: _Staged) -> None:
    """Whether it is still what the change was made from."""
    with _reporting_errors(file.shown):
        try:
            now = _digest(file.target.read_bytes())
        except FileNotFoundError:
            now = None
    if now != file.before:
        raise SetupError(
            msg("The file changed in the meantime: someone else wrote or deleted it"),
            code=codes.MOVED_MEANWHILE,
            hint=msg("Nothing was written; run the command again"),
            origin=Origin(file.shown),
        )


def _put(file: _Staged) -> None:
    with _reporting_errors(file.shown):
        file.beside.replace(file.target)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


@contextmanager
def _reporting_errors(shown: str) -> Iterator[None]:
    """What the system has against it, as a finding at the file."""
    try:
        yield
    except OSError as error:
        raise SetupError(
            msg("The file cannot be written: {reason}", reason=system_reason(error)),
            code=codes.NOT_WRITTEN,
            hint=msg("Fix this and run the command again; it continues where it stopped"),
            origin=Origin(shown),
        ) from error
