"""A queue of chunks in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from reconciler.core.diagnostics.messages import msg
from reconciler.core.fleet.fleet_run import FleetRunKind
from reconciler.ports import SetupError


@dataclass
class ListQueue:
    """Implements ports.fleet.ChunkQueue and ChunkQueues in this process. `lost`: it forgets what it is given. `down`: it does not
    answer.
    """

    names: list[tuple[str, int]] = field(default_factory=list)
    lost: bool = False
    down: bool = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ListQueue]:
        yield self

    async def enqueue(self, chunks: Sequence[tuple[str, int]], *, kind: FleetRunKind) -> None:
        if self.down:
            raise SetupError(msg("the queue does not answer"))
        if not self.lost:
            self.names.extend(chunks)
