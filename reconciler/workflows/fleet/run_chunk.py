"""What a worker does with one chunk: claim it, look or apply at the commit of its run, record the result under the claim.

In: the tables, the limits that all workers share, and the name of a chunk. Out: how it ended. A chunk that runs twice does no
harm: the second one finds shops in sync, leased by the other, or with another leaf. A shop under work is always finished, and
never left closed for a stop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import anyio
import anyio.to_thread

from reconciler.core.diagnostics import codes
from reconciler.core.fleet.chunk_end import ChunkEnd, ChunkEnding
from reconciler.core.fleet.chunk_result import ChunkResult
from reconciler.core.fleet.fleet_run import ChunkState, ClaimedChunk, FleetRunKind
from reconciler.core.model.selection import Selection
from reconciler.core.runs.report import ShopOutcome
from reconciler.lib.error_location import error_location
from reconciler.lib.event_log import log_context, log_event
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, SetupError
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.apply.rollout_options import RolloutOptions
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from reconciler.workflows.fleet.chunk_outcome import apply_outcome, error_text, look_outcome
from reconciler.workflows.fleet.chunk_pulse import EVERY, ChunkPulse
from reconciler.workflows.fleet.shared_control import ChunkStop, SharedRunControl

if TYPE_CHECKING:
    from reconciler.core.fleet.fleet_run import FleetRun, FleetRunOptions
    from reconciler.core.values import ShopKey
    from reconciler.ports import Clock
    from reconciler.ports.executor import StopRequest
    from reconciler.ports.fleet.fleet_runs import FleetRuns
    from reconciler.ports.fleet.shared_limits import ClosureSlots
    from reconciler.workflows.session import Session

MOST_POSTPONED: Final = 4
"""Attempts that may fail for a reason of the outside; the next one fails the chunk."""


@frozen
class ChunkTools:
    """`session_at` opens a session over the commit of a run; it may fetch, and raises SetupError. `slots` are the closures of
    a run.

    `stop` is the request to stop of this process. A process that could not give a sign for `silence` seconds starts nothing
    more: less than the time after which others may do its chunk. `every`: seconds between two pulses.
    """

    runs: FleetRuns
    session_at: Callable[[FleetRun], AbstractContextManager[Session]]
    slots: Callable[[FleetRun, int], ClosureSlots]
    clock: Clock
    stop: StopRequest
    silence: float
    every: float = EVERY


async def run_chunk(tools: ChunkTools, run: str, number: int, worker: str) -> ChunkEnd:
    """Raises SetupError where the tables cannot be used, so that nothing is claimed or recorded."""
    if tools.stop.requested:
        return ChunkEnd(run=run, number=number, ending=ChunkEnding.GIVEN_BACK)
    claim = await anyio.to_thread.run_sync(tools.runs.claim, run, number, worker)
    if claim is None:
        return ChunkEnd(run=run, number=number, ending=ChunkEnding.FREE)
    with log_context(fleet_run=run, chunk=str(number)):
        end = await _Chunk(tools, claim).work()
        shops = 0 if end.result is None else sum(end.result.counts.values())
        log_event("chunk-ended", kind=claim.run.kind.value, ending=end.ending.value, shops=shops)
    return end


class _Chunk:
    """`interrupted`: not every shop of an apply was started. `requests` were sent to the backend."""

    def __init__(self, tools: ChunkTools, claim: ClaimedChunk) -> None:
        self.tools = tools
        self.claim = claim
        self.stop = ChunkStop(outer=tools.stop, clock=tools.clock, silence=tools.silence)
        self.looking = anyio.CancelScope()
        self.requests = 0
        self.interrupted = False
        self.pulse = ChunkPulse(
            runs=tools.runs, claim=claim, clock=tools.clock, stop=self.stop, control=None, every=tools.every,
            on_stop=self.looking.cancel,
        )  # fmt: skip

    async def work(self) -> ChunkEnd:
        async with anyio.create_task_group() as group:
            group.start_soon(self.pulse.run)
            outcome = await self._outcome()
            group.cancel_scope.cancel()
        await self.pulse.beat()
        ending, result = await self._recorded(outcome)
        chunk = self.claim.chunk
        return ChunkEnd(run=chunk.run, number=chunk.number, ending=ending, result=result, requests=self.requests)

    async def _outcome(self) -> ChunkResult | Exception | None:
        """What became of it; or why it could not be done now; None where it was stopped before there was anything to say."""
        try:
            async with _entered(self.tools.session_at(self.claim.run)) as session:
                if self.stop.requested:
                    return None
                return await (self._look(session) if self._looks else self._apply(session))
        except Exception as error:  # noqa: BLE001  # after any error the chunk is tried again, and then reports it
            return error

    @property
    def _looks(self) -> bool:
        return self.claim.run.kind is FleetRunKind.LOOK

    async def _look(self, session: Session) -> ChunkResult | None:
        """It writes nothing but its record at the end, so that a stop may cancel it anywhere."""
        chunk, options = self.claim.chunk, self.claim.run.options
        names = [name for name in session.manifests.names() if chunk.first <= name <= chunk.last]
        wanted = frozenset(name for name in names if options.selection.may_name(name))
        if not wanted:
            return ChunkResult()
        selection = replace(options.selection, globs=(), names=wanted)
        request = DriftRequest(selection=selection, require_secrets=options.require_secrets, alerts=False, record=True)
        with self.looking:
            result = await detect_drift(session, request)
            self.requests = len(result.requests)
            return look_outcome(result)
        return None

    async def _apply(self, session: Session) -> ChunkResult:
        """As much of it as was approved, under the leases of its shops."""
        leaves, options = dict(self.claim.leaves), self.claim.run.options
        control = self._shared_control(session)
        self.pulse.control = control
        await self.pulse.beat()  # what the others know counts from the first shop on
        request = ApplyRequest(
            selection=Selection(names=frozenset(leaves)),
            allowed=options.allowed,
            pacing=_pacing(options),
            reason=options.reason,
            require_secrets=options.require_secrets,
            approved=leaves,
            others=max(0, options.total - len(leaves)),
        )
        result = await apply_manifests(replace(session, control=control), request)
        self.requests = len(result.requests)
        self.interrupted = result.report.interrupted or result.report.halted
        return apply_outcome(result, leaves, await self._applied_before())

    def _shared_control(self, session: Session) -> SharedRunControl:
        run, chunk = self.claim.run, self.claim.chunk
        return SharedRunControl(
            stop=self.stop,
            in_flight=session.execution.in_flight,
            clock=session.clock,
            slots=None if run.options.closed is None else self.tools.slots(run, run.options.closed),
            holder=f"{chunk.worker} {chunk.number}/{chunk.fence}",
        )

    async def _applied_before(self) -> frozenset[ShopKey]:
        if self.claim.chunk.fence == 1:
            return frozenset()
        outcomes = await anyio.to_thread.run_sync(self.tools.runs.outcomes, self.claim.run.id)
        return outcomes.get(ShopOutcome.APPLIED.value, frozenset())

    async def _recorded(self, outcome: ChunkResult | Exception | None) -> tuple[ChunkEnding, ChunkResult | None]:
        """Under the claim only. What cannot be recorded is done again by the worker that claims the chunk next."""
        ending, state, result = self._judged(outcome)
        if state is None:
            return ending, None
        try:
            recorded = await anyio.to_thread.run_sync(self.tools.runs.finish, self.claim, state, result)
        except SetupError:
            return ChunkEnding.POSTPONED, None
        return (ending, result) if recorded else (ChunkEnding.LOST, None)

    def _judged(
        self, outcome: ChunkResult | Exception | None
    ) -> tuple[ChunkEnding, ChunkState | None, ChunkResult | None]:
        """How it ends, and what is to be recorded; no state: nothing."""
        stop = self.stop
        if stop.why is not None:
            return ChunkEnding.LOST if stop.lost else ChunkEnding.POSTPONED, None, None
        if isinstance(outcome, Exception):
            return self._failed(outcome)
        if outcome is not None and outcome.error is not None:
            return ChunkEnding.FAILED, ChunkState.FAILED, outcome
        if outcome is None or self.interrupted:
            if stop.outer.requested:
                return ChunkEnding.GIVEN_BACK, ChunkState.WAITING, None
            return ChunkEnding.CANCELLED, ChunkState.CANCELLED, outcome
        return ChunkEnding.DONE, ChunkState.DONE, outcome

    def _failed(self, error: Exception) -> tuple[ChunkEnding, ChunkState | None, ChunkResult | None]:
        """Settings are not repaired by trying again; a backend, a store or a repository may be back the next time."""
        known = isinstance(error, SetupError | BackendError)
        why = error_text(f"{error.code.number} {error.text}" if known else error_location(error))  # type: ignore[attr-defined]
        hopeless = isinstance(error, SetupError) and error.code is codes.BAD_SETTINGS
        log_event("chunk-not-done", level="warning", attempt=self.claim.chunk.attempts, error=why)
        if hopeless or self.claim.chunk.attempts > MOST_POSTPONED:
            return ChunkEnding.FAILED, ChunkState.FAILED, ChunkResult(error=why)
        return ChunkEnding.POSTPONED, None, None


@asynccontextmanager
async def _entered(manager: AbstractContextManager[Session]) -> AsyncIterator[Session]:
    """Both ends in a thread: opening may fetch for minutes, and the heartbeat goes on."""
    with anyio.CancelScope(shield=True):
        session = await anyio.to_thread.run_sync(manager.__enter__)
    try:
        yield session
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(manager.__exit__, None, None, None)


def _pacing(options: FleetRunOptions) -> RolloutOptions:
    """The chunk is one wave without a soak: waves are those of the run."""
    tolerance = options.tolerance
    return RolloutOptions(
        max_failures=f"{tolerance.number}{'%' if tolerance.percent else ''}", max_closed=options.closed
    )
