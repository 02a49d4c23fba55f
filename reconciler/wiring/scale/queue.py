"""The queue of chunks, opened over the store of the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.lib.frozen_class import frozen
from reconciler.wiring.plan_files import fleet_name
from reconciler.wiring.store import open_run_store

if TYPE_CHECKING:
    from reconciler.adapters.store.queue.queue_place import QueuePlace
    from reconciler.ports.fleet.chunk_queue import ChunkQueue


@frozen(kw_only=False)
class ConfiguredChunkQueues:
    """Implements ports.fleet.ChunkQueues over the store of the settings."""

    settings: Settings

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ChunkQueue]:
        from reconciler.scale.chunk_jobs import open_chunk_jobs

        async with open_chunk_jobs(queue_place(self.settings), fleet_name(self.settings)) as jobs:
            yield jobs


def queue_place(settings: Settings) -> QueuePlace:
    """Raises StoreError where the store is no PostgreSQL database, or has no queue that its user may use."""
    from reconciler.adapters.store.queue.queue_place import find_queue

    with open_run_store(settings) as opened:
        return find_queue(opened, settings.store)
