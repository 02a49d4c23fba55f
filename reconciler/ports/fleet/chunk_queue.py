"""The queue that carries names of chunks to workers. It may lose them, and deliver one twice: the tables are the truth."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from reconciler.core.fleet.fleet_run import FleetRunKind


class ChunkQueue(Protocol):
    async def enqueue(self, chunks: Sequence[tuple[str, int]], *, kind: FleetRunKind) -> None:
        """Chunks as run and number, many in one statement. One that still waits in the queue may be skipped.

        Raises SetupError.
        """
        ...


class ChunkQueues(Protocol):
    def open(self) -> AbstractAsyncContextManager[ChunkQueue]:
        """Raises SetupError where the queue cannot be used."""
        ...
