"""The tables of fleet runs: the truth about each run and its chunks. A queue only carries names of chunks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol

from reconciler.core.fleet.chunk_result import ChunkResult
from reconciler.core.fleet.fleet_run import (
    ChunkState,
    ClaimedChunk,
    FleetRun,
    FleetRunKind,
    FleetRunState,
    NewChunk,
    NewFleetRun,
    RunChunk,
    StopReason,
)
from reconciler.core.planning.failure_limit import FailureCounts
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

UNHEALTHY: Final = "unhealthy"
"""The outcome of a shop whose notifications fail after its apply."""


@frozen
class UnfinishedChunk:
    """A chunk of an open wave that no living worker holds."""

    run: str
    number: int
    kind: FleetRunKind


class FleetRuns(Protocol):
    """Each method is one transaction and raises SetupError. Times are those of the database. A run that a newer version started,
    with options that this one does not know, is ignored everywhere: newer workers do it.

    A claim that was not followed by a heartbeat within the stall limit is lost: the chunk may be claimed by another.
    """

    def create(self, run: NewFleetRun, chunks: Sequence[NewChunk]) -> str:
        """The id of the new run. Its first wave is open."""
        ...

    def run(self, run: str) -> FleetRun | None: ...

    def runs(self, fleet: str, *, limit: int | None = None, ended: bool | None = None) -> Sequence[FleetRun]:
        """Newest first; `ended`: only those that have ended, or only the others."""
        ...

    def chunks(self, run: str) -> Sequence[RunChunk]:
        """By number."""
        ...

    def quiet_seconds(self, run: str) -> float:
        """For how long nothing was heard of any chunk of the run: since its last claim, heartbeat or end, or its creation."""
        ...

    def claim(self, run: str, number: int, worker: str) -> ClaimedChunk | None:
        """None: there is no such chunk, its wave or run is not open, it has ended, or a living worker holds it."""
        ...

    def heartbeat(self, claim: ClaimedChunk) -> bool:
        """False: another fence holds the chunk, or it has ended: the worker must stop, and write nothing more."""
        ...

    def stop_requested(self, run: str) -> bool:
        """The run is stopping or has ended: shops in progress are finished, and no further shop is started."""
        ...

    def finish(self, claim: ClaimedChunk, state: ChunkState, result: ChunkResult | None = None) -> bool:
        """Only under the claim's fence; False: it is another's by now, and nothing was recorded. `WAITING` gives it back."""
        ...

    def unfinished(self, fleet: str) -> Sequence[UnfinishedChunk]:
        """Of open runs and waves: the chunks that wait, and those whose worker is silent for longer than the stall limit."""
        ...

    def stalled(self, run: str) -> frozenset[int]:
        """Chunks that are running by their state, and whose worker is silent for longer than the stall limit."""
        ...

    def open_wave(self, run: str, wave: int) -> bool:
        """Opens `wave`, if the run is open and the wave is a later one than the last that is. False: another process did."""
        ...

    def request_stop(self, run: str, why: StopReason) -> bool:
        """False: it has ended, or is stopping already."""
        ...

    def end(self, run: str, state: FleetRunState) -> bool:
        """Chunks that have not ended are cancelled, and their workers lose their claims. False: it has ended already."""
        ...

    def add_outcomes(self, run: str, outcomes: Sequence[tuple[ShopKey, str]]) -> None:
        """What became of shops of an apply: values of `core.runs.report.ShopOutcome`, or `UNHEALTHY`. A shop counts once for each
        outcome, however often it is added. A shop that was only interrupted is not added: it did not fail.
        """
        ...

    def outcomes(self, run: str) -> Mapping[str, frozenset[ShopKey]]:
        """The shops of each outcome that was added."""
        ...

    def failure_counts(self, run: str) -> FailureCounts:
        """Over all workers. `started`: the shops of all waves that are open."""
        ...


class FleetRunStores(Protocol):
    def open(self, *, create: bool) -> AbstractContextManager[FleetRuns | None]:
        """None where nothing was ever stored and `create` is not given. Raises SetupError."""
        ...
