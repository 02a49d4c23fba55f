"""A fleet run, its chunks and its options, as values.

A fleet run is a look or an apply of one commit. A chunk is a list of shops of one wave of it; a worker does one chunk at a
time. Times are those of the store's database, so that hosts whose clocks differ agree; UTC, written as
`2026-11-28T03:00:00Z`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.core.fleet.chunk_result import ChunkResult
from reconciler.core.planning.failure_limit import FailureLimit
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from reconciler.core.model.selection import Selection


class FleetRunKind(StrEnum):
    LOOK = "look"
    APPLY = "apply"


class FleetRunState(StrEnum):
    """`OPEN` until it ends. `STOPPING`: no chunk is started any more, shops under work are finished. `FAILED`: more shops
    failed than the failure limit allows, or a chunk could not be done at all.
    """

    OPEN = "open"
    STOPPING = "stopping"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        return self not in (FleetRunState.OPEN, FleetRunState.STOPPING)


class StopReason(StrEnum):
    """Why a run was stopped: by a person, by its failure limit, or since a chunk could not be done at all."""

    CANCELLED = "cancelled"
    FAILURE_LIMIT = "failure-limit"
    CHUNK_FAILED = "chunk-failed"


class ChunkState(StrEnum):
    """`DONE` also where shops of it failed: its result says which. `FAILED`: it could not be done at all."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self not in (ChunkState.WAITING, ChunkState.RUNNING)


@frozen
class FleetRunOptions:
    """What every worker of the run has to know.

    `selection` is that of the command, `total` the number of shops it selected. `waves` are their names, in order: wave number 1
    is the first. `soak` in seconds, after each wave but the last. `closed`: at most so many shops are closed at one time, over
    all workers; None: no such limit. `allowed` pairs guards with patterns over shops, `reason` says why. `alerts`: what changed
    is alerted, once, when the run ends: the look of a chunk alerts nothing. `settings` is the path of the settings
    file in the repository, as in `fleets/japan/reconciler.yaml`.
    """

    selection: Selection
    total: int
    chunk_size: int
    require_secrets: bool = False
    waves: tuple[str, ...] = ("100%",)
    soak: int = 0
    tolerance: FailureLimit = FailureLimit()
    closed: int | None = None
    allowed: tuple[tuple[str, str], ...] = ()
    reason: str | None = None
    alerts: bool = True
    settings: str = "reconciler.yaml"


@frozen
class NewFleetRun:
    """`commit`: that of the manifests, in full. `actor` started it: a person, `@`, and a host."""

    fleet: str
    kind: FleetRunKind
    commit: str
    actor: str
    options: FleetRunOptions


@frozen
class FleetRun:
    """`actor` is the person who started it, `@`, and the host on which they did. `wave` is the last one that is open; `why` says
    why it was stopped, None where it was not.
    """

    id: str
    fleet: str
    kind: FleetRunKind
    commit: str
    created: str
    actor: str
    options: FleetRunOptions
    state: FleetRunState
    wave: int = 1
    ended: str | None = None
    why: StopReason | None = None

    @property
    def started_by(self) -> tuple[str, str]:
        """The person and the host of `actor`; the name of a person may hold an `@` too."""
        person, _, host = self.actor.rpartition("@")
        return person, host


@frozen
class NewChunk:
    """The shops from `first` to `last`, both included, in the order of their keys. `leaves`: of an apply, the approved leaf
    of each of its shops, and only these are applied. A look takes all selected shops of the range.
    """

    number: int
    wave: int
    first: ShopKey
    last: ShopKey
    shops: int
    leaves: tuple[tuple[ShopKey, str], ...] = ()


@frozen
class RunChunk:
    """`fence` counts how often it was claimed. `worker`, `claimed` and `seen` (the last heartbeat) are those of the last
    claim. `attempts` are the claims that were not given back.
    """

    run: str
    number: int
    wave: int
    first: ShopKey
    last: ShopKey
    shops: int
    state: ChunkState = ChunkState.WAITING
    fence: int = 0
    attempts: int = 0
    worker: str | None = None
    claimed: str | None = None
    seen: str | None = None
    result: ChunkResult | None = None


@frozen
class ClaimedChunk:
    """What a worker holds. It counts only under `chunk.fence`."""

    run: FleetRun
    chunk: RunChunk
    leaves: tuple[tuple[ShopKey, str], ...] = ()
