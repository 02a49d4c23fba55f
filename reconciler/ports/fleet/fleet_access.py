"""What a command needs to divide its work among workers."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.core.fleet.scale_settings import ExecutorKind, ScaleSettings
from reconciler.lib.frozen_class import frozen
from reconciler.ports.fleet.chunk_queue import ChunkQueues
from reconciler.ports.fleet.fleet_runs import FleetRunStores


@frozen
class CleanCommit:
    """The commit that is checked out, and the path of the settings file in its repository."""

    commit: str
    settings: str


@frozen
class FleetAccess:
    """`executor` is that of the settings. `clean_commit` raises SetupError where manifests or settings differ from the commit:
    workers see only what is committed.
    """

    executor: ExecutorKind
    scale: ScaleSettings
    runs: FleetRunStores
    queues: ChunkQueues
    clean_commit: Callable[[], CleanCommit]
