"""In whatever order chunks are delivered, lost, delivered twice and reported: each has one holder, and a result counts once.

Steps are played against the real store and a model of a few lines, which says what each answer has to be.
"""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.store.fleet.claims import MOST_ATTEMPTS
from reconciler.adapters.store.fleet.fleet_runs import StoreFleetRuns
from reconciler.core.fleet.chunk_result import ChunkResult
from reconciler.core.fleet.chunks import cut_apply
from reconciler.core.fleet.fleet_run import ChunkState, FleetRunState, StopReason
from tests.adapters.store.fakes import ManualClock, wipe
from tests.adapters.store.fleet.test_fleet_runs import APPLY, LEAVES, STALL, WAVES

CHUNKS = 3  # one in the first wave, two in the second
WAVE = {1: 1, 2: 2, 3: 2}
WORKERS = ("tokyo-1", "osaka-1")
ENDS = (ChunkState.DONE, ChunkState.DONE, ChunkState.WAITING, ChunkState.CANCELLED)

numbers = st.sampled_from([1, 1, 1, 2, 3])
workers = st.sampled_from(WORKERS)
steps = st.one_of(
    st.tuples(st.just("deliver"), workers, numbers),
    st.tuples(st.just("deliver"), workers, numbers),
    st.tuples(st.just("wait"), st.just(STALL + 1)),
    st.tuples(st.just("beat"), workers, numbers),
    st.tuples(st.just("finish"), workers, numbers, st.sampled_from(ENDS)),
    st.tuples(st.just("wait"), st.sampled_from([STALL // 2, STALL + 1])),
    st.tuples(st.just("open"), st.integers(1, 3)),
    st.tuples(st.sampled_from(["stop", "end"])),
)


@dataclass
class ModelChunk:
    state: ChunkState = ChunkState.WAITING
    holder: str | None = None
    fence: int = 0
    attempts: int = 0
    seen: float = 0.0
    counted: list[str] = field(default_factory=list)


class Model:
    """What the tables have to say."""

    def __init__(self):
        self.chunks = {number: ModelChunk() for number in range(1, CHUNKS + 1)}
        self.now, self.wave, self.state = 0.0, 1, FleetRunState.OPEN

    def lost(self, chunk):
        return chunk.state is ChunkState.RUNNING and self.now - chunk.seen > STALL

    def claim(self, worker, number):
        chunk = self.chunks[number]
        free = chunk.state is ChunkState.WAITING or self.lost(chunk)
        if self.state is not FleetRunState.OPEN or WAVE[number] > self.wave or not free:
            return None
        if chunk.attempts >= MOST_ATTEMPTS:
            chunk.state = ChunkState.FAILED
            return None
        chunk.state, chunk.holder, chunk.seen = ChunkState.RUNNING, worker, self.now
        chunk.fence, chunk.attempts = chunk.fence + 1, chunk.attempts + 1
        return chunk.fence

    def holds(self, number, fence):
        chunk = self.chunks[number]
        return chunk.state is ChunkState.RUNNING and chunk.fence == fence

    def finish(self, number, fence, state, word):
        if not self.holds(number, fence):
            return False
        chunk = self.chunks[number]
        chunk.state = state
        if state is ChunkState.WAITING:
            chunk.attempts -= 1
        else:
            chunk.counted.append(word)
        return True


class Played:
    def __init__(self, store):
        self.clock, self.model, self.claims = ManualClock(), Model(), {}
        self.runs = StoreFleetRuns(store, self.clock, stall=STALL, new_id=lambda: "run-1")
        self.run = self.runs.create(APPLY, cut_apply(LEAVES, WAVES, 4))

    def step(self, at, what, *words):
        getattr(self, what)(at, *words)
        self.check()

    def deliver(self, _at, worker, number):
        claim = self.runs.claim(self.run, number, worker)
        fence = self.model.claim(worker, number)
        assert (None if claim is None else claim.chunk.fence) == fence
        if claim is not None:
            self.claims[worker, number] = claim

    def beat(self, _at, worker, number):
        claim = self.claims.get((worker, number))
        if claim is not None:
            holds = self.model.holds(number, claim.chunk.fence)
            assert self.runs.heartbeat(claim) == holds
            if holds:
                self.model.chunks[number].seen = self.model.now

    def finish(self, at, worker, number, state):
        claim = self.claims.get((worker, number))
        if claim is not None:
            word = f"result-{at}"
            result = None if state is ChunkState.WAITING else ChunkResult(run=word)
            expected = self.model.finish(number, claim.chunk.fence, state, word)
            assert self.runs.finish(claim, state, result) == expected

    def wait(self, _at, seconds):
        self.clock.move(seconds)
        self.model.now += seconds

    def open(self, _at, wave):
        moves = self.model.state is FleetRunState.OPEN and wave > self.model.wave
        assert self.runs.open_wave(self.run, wave) == moves
        if moves:
            self.model.wave = wave

    def stop(self, _at):
        assert self.runs.request_stop(self.run, StopReason.CANCELLED) == (self.model.state is FleetRunState.OPEN)
        if self.model.state is FleetRunState.OPEN:
            self.model.state = FleetRunState.STOPPING

    def end(self, _at):
        assert self.runs.end(self.run, FleetRunState.CANCELLED) != self.model.state.ended
        if not self.model.state.ended:
            self.model.state = FleetRunState.CANCELLED
            for chunk in self.model.chunks.values():
                chunk.state = chunk.state if chunk.state.ended else ChunkState.CANCELLED

    def check(self):
        for found in self.runs.chunks(self.run):
            chunk = self.model.chunks[found.number]
            assert (found.state, found.fence, found.attempts) == (chunk.state, chunk.fence, chunk.attempts)
            assert len(chunk.counted) <= 1, "a result counts once"
            if chunk.counted:
                assert found.result.run == chunk.counted[0]
        lost = {number for number, chunk in self.model.chunks.items() if self.model.lost(chunk)}
        assert self.runs.stalled(self.run) == lost
        open_ = self.model.state is FleetRunState.OPEN
        waiting = {
            number
            for number, chunk in self.model.chunks.items()
            if open_ and WAVE[number] <= self.model.wave and (chunk.state is ChunkState.WAITING or number in lost)
        }
        assert {each.number for each in self.runs.unfinished(APPLY.fleet)} == waiting


@given(todo=st.lists(steps, min_size=10, max_size=40))
@settings(max_examples=settings.default.max_examples * 6)
def test_in_any_order_a_chunk_has_one_holder_and_its_result_counts_once(quick_store, todo):
    wipe(quick_store)
    played = Played(quick_store)
    for at, step in enumerate(todo):
        played.step(at, *step)
