"""A folder of signing certificates on disk: those that `serve ipn` keeps over restarts, and those that an operator pinned.

In: names and bytes. Out: the same. Files are written atomically and for their owner only. A file, or a folder, that others may
write is not read where `private` is set. It does not know what a certificate is.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import anyio.to_thread

from reconciler.adapters.files.atomic_write import fsync_dir, write_temp
from reconciler.ports.signing_keys import CertificateFile

MAX_BYTES: Final = 64 * 1024
MAX_FILES: Final = 64
"""More are not read: no folder of certificates has so many."""

_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_NO_WAITING: Final = getattr(os, "O_NONBLOCK", 0)
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)


class FolderOfCertificates:
    """Implements ports.CertificateFiles."""

    def __init__(self, folder: Path, *, private: bool) -> None:
        self._folder = folder
        self._private = private

    async def read_all(self) -> Sequence[CertificateFile]:
        return await anyio.to_thread.run_sync(self._read_all)

    async def write(self, name: str, content: bytes) -> None:
        await anyio.to_thread.run_sync(self._write, name, content)

    async def remove(self, name: str) -> None:
        await anyio.to_thread.run_sync(lambda: (self._folder / name).unlink(missing_ok=True))

    def _read_all(self) -> Sequence[CertificateFile]:
        if not self._folder.is_dir():
            return []
        names = sorted(path.name for path in self._folder.iterdir() if path.suffix == ".pem")[:MAX_FILES]
        if self._private and _others_write(self._folder.stat()):
            return [CertificateFile(name=name, content=None, problem="permissions") for name in names]
        return [self._read(name) for name in names]

    def _read(self, name: str) -> CertificateFile:
        """Never waiting for a pipe's writer; never through a link where it is private."""
        try:
            descriptor = os.open(self._folder / name, os.O_RDONLY | _NO_WAITING | (_NO_LINK if self._private else 0))
            with os.fdopen(descriptor, "rb") as file:
                state = os.fstat(file.fileno())
                if not stat.S_ISREG(state.st_mode):
                    return CertificateFile(name=name, content=None, problem="unreadable")
                if self._private and _others_write(state):
                    return CertificateFile(name=name, content=None, problem="permissions")
                content = file.read(MAX_BYTES + 1)
        except OSError:
            return CertificateFile(name=name, content=None, problem="unreadable")
        if len(content) > MAX_BYTES:
            return CertificateFile(name=name, content=None, problem="too-large")
        return CertificateFile(name=name, content=content)

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self._folder / name
        beside = write_temp(target, content, 0o600)
        try:
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        fsync_dir(self._folder)


def _others_write(state: os.stat_result) -> bool:
    if not hasattr(os, "geteuid"):  # no such permissions here
        return False
    return bool(state.st_mode & _OTHERS_WRITE) or state.st_uid not in {0, os.geteuid()}
