"""The use cases `runs watch` and `runs cancel`: follow a fleet run to its end, or ask it to stop."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.fleet.fleet_run import ChunkState
from reconciler.core.fleet.totals import fold_chunks
from reconciler.ports import BackendError, SetupError
from reconciler.workflows.fleet.coordinate import advance, recover_lost_workers, stop_run
from reconciler.workflows.fleet.find_run import find_fleet_run, fleet_run_result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.fleet.fleet_run import FleetRun
    from reconciler.core.fleet.totals import FleetRunTotals
    from reconciler.core.results.history_result import FleetRunResult
    from reconciler.ports.fleet.chunk_queue import ChunkQueue
    from reconciler.ports.fleet.fleet_runs import FleetRuns
    from reconciler.workflows.session import Session

POLL_SECONDS: Final = 1.0
_RECOVERY_POLLS: Final = 10
"""After so many polls the shops of lost workers are recovered."""
_PATIENCE: Final = 120.0
"""Seconds for which a store or a backend may fail while a run is watched."""
_STANDSTILL: Final = 60.0
"""Seconds without a change after which the command says what it waits for; the next time after twice as long."""
_LEAVING: Final = msg("The run is no longer watched; workers continue it")
_SHOWN: Final = 8
"""Characters of an id that people read."""


async def watch_run(session: Session, word: str) -> FleetRunResult:
    """Until the run ends, or a stop is requested: then the run goes on without being watched. Raises SetupError."""
    with session.fleet.runs.open(create=False) as runs:
        run = find_fleet_run(runs, session.target.fleet_name, word)
        assert runs is not None
        if run.state.ended:
            return fleet_run_result(runs, run)
        async with session.fleet.queues.open() as queue:
            return await follow(session, runs, queue, run)


async def cancel_run(session: Session, word: str) -> FleetRunResult:
    """Asks the run to stop and returns at once. Raises SetupError."""
    with session.fleet.runs.open(create=False) as runs:
        run = find_fleet_run(runs, session.target.fleet_name, word)
        assert runs is not None
        if stop_run(runs, run):
            notices: tuple[Message, ...] = (
                msg("Shops in progress will be finished; no further shop is started"),
                msg("`reconciler runs watch {run}` shows when it has ended", run=run.id[:_SHOWN]),
            )
        elif run.state.ended:
            notices = (msg("The run has already ended"),)
        else:
            notices = (msg("The run is stopping already"),)
        return fleet_run_result(runs, run, judged=False, notices=notices)


async def follow(
    session: Session, runs: FleetRuns, queue: ChunkQueue, run: FleetRun, diagnostics: Sequence[Diagnostic] = ()
) -> FleetRunResult:
    """As `watch_run`, for a run that is open. `diagnostics` are added to the result."""
    watcher = _Watcher(session)
    async with session.stop_signals.listening(watcher.leave, watcher.leave, said=_LEAVING):
        for poll in count(1):
            if watcher.left:
                break
            try:
                if await _ended(session, runs, queue, run, watcher, recover=poll % _RECOVERY_POLLS == 0):
                    break
            except (SetupError, BackendError) as error:
                watcher.wait_for(error)
            await session.clock.sleep(POLL_SECONDS)
    return fleet_run_result(runs, run, diagnostics=diagnostics, notices=watcher.notices(run))


async def _ended(
    session: Session, runs: FleetRuns, queue: ChunkQueue, run: FleetRun, watcher: _Watcher, *, recover: bool
) -> bool:
    if recover:
        await recover_lost_workers(session, [run])
    await advance(session, runs, queue, run.id)
    found = runs.run(run.id) or run
    watcher.show(found, fold_chunks(found, runs.chunks(run.id)))
    return found.state.ended


class _Watcher:
    """Shows what changed since the last time; `left`: the person does not want to wait for the end."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shown: tuple[int, int] | None = None
        self._states: Mapping[ChunkState, int] = {}
        self._unchanged_since = 0.0
        self._patience = _STANDSTILL
        self._failing_since: float | None = None
        self.left = False

    def leave(self) -> None:
        self.left = True

    def wait_for(self, error: SetupError | BackendError) -> None:
        """The run goes on without its watcher: a store or a backend that does not answer now is tried again for a while.

        Raises `error` once that has lasted too long.
        """
        now = self._session.clock.monotonic()
        if self._failing_since is None:
            self._failing_since = now
            self._session.listener.on_notice(msg("Waiting: {reason}", reason=error.text))
        elif now - self._failing_since > _PATIENCE:
            raise error

    def show(self, run: FleetRun, totals: FleetRunTotals) -> None:
        """Every wave, and every tenth of its chunks. And where nothing changes, what is waited for."""
        self._failing_since = None
        self._show_standstill(run, totals.states)
        wave = next((each for each in reversed(totals.waves) if each.open), None)
        if wave is None:
            return
        tenth = 10 * wave.ended // wave.chunks
        if self._shown == (wave.number, tenth):
            return
        self._shown = (wave.number, tenth)
        self._session.listener.on_notice(
            msg(
                "Run {run}, wave {wave} of {waves} ({name}); chunks done: {ended} of {chunks}",
                run=run.id[:_SHOWN],
                wave=wave.number,
                waves=len(run.options.waves),
                name=wave.name,
                ended=wave.ended,
                chunks=wave.chunks,
            )
        )

    def _show_standstill(self, run: FleetRun, states: Mapping[ChunkState, int]) -> None:
        now = self._session.clock.monotonic()
        if states != self._states:
            self._states, self._unchanged_since, self._patience = states, now, _STANDSTILL
        elif now - self._unchanged_since >= self._patience:
            self._patience *= 2
            self._session.listener.on_notice(_standstill(run, states, int(now - self._unchanged_since)))

    def notices(self, run: FleetRun) -> tuple[Message, ...]:
        if not self.left:
            return ()
        return (
            msg("Watch it: `reconciler runs watch {run}`", run=run.id[:_SHOWN]),
            msg("Stop it: `reconciler runs cancel {run}`", run=run.id[:_SHOWN]),
        )


def _standstill(run: FleetRun, states: Mapping[ChunkState, int], seconds: int) -> Message:
    name, running = run.id[:_SHOWN], states.get(ChunkState.RUNNING, 0)
    if running:
        return msg(
            "Run {run}: no chunk ended for {seconds} s, {running} running. The log of `reconciler worker` says why",
            run=name, seconds=seconds, running=running,
        )  # fmt: skip
    return msg(
        "Run {run}: no worker took a chunk for {seconds} s. Check that `reconciler worker` runs and uses this store",
        run=name, seconds=seconds,
    )  # fmt: skip
