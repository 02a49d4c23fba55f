"""Which open files are to be checked, one after the other: what was typed last first, and files to read ahead when nothing waits.

In: URIs. Out: each is checked once for all its changes that came in the meantime. It runs in the loop of the server; the work
itself runs in one thread, so that the server answers while a file is checked, and no two checks meet.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

_SLICE: Final = 0.02
"""Seconds of reading ahead, for which a keystroke may wait."""
_LOG: Final = logging.getLogger("reconciler.lsp")

T = TypeVar("T")


class CheckThread:
    """One thread: what it runs needs no locks."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="manifests")

    async def run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


class CheckQueue:
    """`check` gets a file and whether its text changed; `read_ahead` reads for some seconds, and returns how much."""

    def __init__(
        self,
        check: Callable[[str, bool], Awaitable[None]],
        read_ahead: Callable[[float], Awaitable[int]],
        open_files: Callable[[], Iterable[str]],
    ) -> None:
        self._check = check
        self._read_ahead = read_ahead
        self._open_files = open_files
        self._waiting: dict[str, bool] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, uris: Iterable[str], *, changed: bool) -> None:
        """The last one added is checked first."""
        for uri in uris:
            self._waiting[uri] = self._waiting.pop(uri, False) or changed
        self.wake()

    def wake(self) -> None:
        self._wake.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._drain()
            except Exception as error:  # noqa: BLE001  # one file must not end the checks of all others
                _LOG.warning("internal error: %s", type(error).__name__)
                self._wake.set()

    async def _drain(self) -> None:
        """Files that were read ahead may say something new of open ones, which are checked again at the end."""
        read = 0
        while True:
            while self._waiting:
                uri, changed = self._waiting.popitem()
                await self._check(uri, changed)
            count = await self._read_ahead(_SLICE)
            read += count
            if not count and not self._waiting:
                if not read:
                    return
                self.add(self._open_files(), changed=False)
                read = 0
