"""Files that are there whole or not at all, also after a power cut.

In: a path and its content. Out: nothing, or OSError. Also what is refused before it is read. It knows nothing of what is in them.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

_SHOWN: Final = 40
_BINARY: Final = getattr(os, "O_BINARY", 0)


def atomic_write(target: Path, content: bytes | Iterable[bytes]) -> None:
    """Written beside, synced, put in its place, and the place synced: a reader, or a power cut, finds the old or the new."""
    beside = write_temp(target, content, 0o644)
    try:
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    fsync_dir(target.parent)


def write_temp(target: Path, content: bytes | Iterable[bytes], mode: int) -> Path:
    """A new file in the same folder with that content, on the disk. Its name is no longer than names may be."""
    beside = target.with_name(f".{target.name[:_SHOWN]}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines((content,) if isinstance(content, bytes) else content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside


def fsync_dir(folder: Path) -> None:
    """Where folders can be synced: not everywhere, and what was put there is complete either way."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def require_regular(path: Path) -> None:
    """Raises OSError for a pipe or a device, whose reading would wait for a writer. For a folder the system raises it."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(errno.EINVAL, "it is not a regular file")
