"""What comes next in a fleet run: level-triggered, from the present rows only. Every caller gets the same answer.

In: the run, its chunks, which of them have lost their worker, the shops that failed, and for how long nothing happened. Out:
wait, open the next wave, stop, or end.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reconciler.core.fleet.fleet_run import ChunkState, FleetRun, FleetRunState, RunChunk, StopReason
from reconciler.core.planning.failure_limit import FailureCounts, limit_exceeded
from reconciler.lib.frozen_class import frozen


@frozen
class WaitForRun:
    """`seconds` until something is due by time alone; None: workers have to finish chunks."""

    seconds: float | None = None


@frozen
class OpenWave:
    wave: int


@frozen
class StopRun:
    why: StopReason


@frozen
class EndRun:
    state: FleetRunState


NextStep = WaitForRun | OpenWave | StopRun | EndRun


@frozen
class RunProgress:
    """`stalled`: numbers of running chunks whose worker is silent for too long. `quiet`: seconds since the last sign of any
    chunk.
    """

    run: FleetRun
    chunks: Sequence[RunChunk]
    counts: FailureCounts
    stalled: Collection[int] = ()
    quiet: float = 0.0


def next_step(progress: RunProgress) -> NextStep | None:
    """None: the run has ended."""
    run = progress.run
    if run.state.ended:
        return None
    if run.state is FleetRunState.STOPPING:
        return _stopping(progress)
    why = stop_reason(progress)
    if why is not None:
        return StopRun(why=why)
    if any(chunk.wave <= run.wave and not chunk.state.ended for chunk in progress.chunks):
        return WaitForRun()
    return _after_wave(progress)


def stop_reason(progress: RunProgress) -> StopReason | None:
    """Why no further chunk may start; None where one may."""
    if any(limit_exceeded(progress.counts, progress.run.options.tolerance)):
        return StopReason.FAILURE_LIMIT
    if any(chunk.state is ChunkState.FAILED for chunk in progress.chunks):
        return StopReason.CHUNK_FAILED
    return None


def _stopping(progress: RunProgress) -> NextStep:
    """Shops under work are finished; a worker that is silent is not waited for."""
    busy = any(chunk.state is ChunkState.RUNNING and chunk.number not in progress.stalled for chunk in progress.chunks)
    if busy:
        return WaitForRun()
    cancelled = progress.run.why is StopReason.CANCELLED
    return EndRun(state=FleetRunState.CANCELLED if cancelled else FleetRunState.FAILED)


def _after_wave(progress: RunProgress) -> NextStep:
    """Waves without chunks are passed over, and not soaked for."""
    run = progress.run
    later = [chunk.wave for chunk in progress.chunks if chunk.wave > run.wave]
    if not later:
        return EndRun(state=FleetRunState.DONE)
    left = run.options.soak - progress.quiet
    if left > 0 and any(chunk.wave == run.wave for chunk in progress.chunks):
        return WaitForRun(seconds=left)
    return OpenWave(wave=min(later))
