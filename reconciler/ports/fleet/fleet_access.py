"""What a command needs to divide its work among workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.core.fleet.scale_settings import ExecutorKind, ScaleSettings
from reconciler.ports.fleet.chunk_queue import ChunkQueues
from reconciler.ports.fleet.fleet_runs import FleetRunStores


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanCommit:
    """The commit that is checked out, and the path of the settings file in its repository."""

    commit: str
    settings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetAccess:
    """`executor` is that of the settings. `clean_commit` raises SetupError where manifests or settings differ from the commit:
    workers see only what is committed.
    """

    executor: ExecutorKind
    scale: ScaleSettings
    runs: FleetRunStores
    queues: ChunkQueues
    clean_commit: Callable[[], CleanCommit]
