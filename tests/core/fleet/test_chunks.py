"""Every shop is in exactly one chunk of one wave; what comes next follows from the tables alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.fleet.chunk_result import ChunkFailure, ChunkResult, chunk_result_document, read_chunk_result
from reconciler.core.fleet.chunks import cut_apply, cut_look
from reconciler.core.fleet.fleet_run import (
    ChunkState,
    FleetRun,
    FleetRunKind,
    FleetRunOptions,
    FleetRunState,
    RunChunk,
    StopReason,
)
from reconciler.core.fleet.next_step import EndRun, OpenWave, RunProgress, StopRun, WaitForRun, next_step
from reconciler.core.fleet.options_document import options_document, read_options
from reconciler.core.fleet.totals import fold_chunks
from reconciler.core.model.canonical import dumps
from reconciler.core.model.selection import Selection
from reconciler.core.planning.failure_limit import FailureCounts, FailureLimit, limit_exceeded
from reconciler.core.planning.waves import Wave
from reconciler.core.values import ShopKey

KEYS = st.from_regex(r"[a-z0-9]{1,4}", fullmatch=True).map(ShopKey)
FLEETS = st.lists(KEYS, unique=True, max_size=40)
NOBODY_FAILED = FailureCounts(started=10)


@st.composite
def rollouts(draw):
    """Shops with leaves, in waves that also hold shops in which nothing is to be written."""
    shops = draw(FLEETS)
    count = draw(st.integers(1, 4))
    placed = {shop: draw(st.integers(1, count)) for shop in shops}
    waves = tuple(
        Wave(number=number, name=f"w{number}", shops=tuple(shop for shop in shops if placed[shop] == number))
        for number in range(1, count + 1)
    )
    changed = [shop for shop in shops if draw(st.booleans())]
    return {shop: f"leaf of {shop}" for shop in changed}, waves, placed


@given(FLEETS, st.integers(1, 12))
def test_every_shop_is_in_one_chunk_of_a_look(shops, size):
    chunks = cut_look([*shops, *shops[:3]], size)
    held = [shop for chunk in chunks for shop in shops if chunk.first <= shop <= chunk.last]
    assert sorted(held) == sorted(shops)
    assert sum(chunk.shops for chunk in chunks) == len(shops)
    assert all(1 <= chunk.shops <= size for chunk in chunks)
    assert [chunk.number for chunk in chunks] == list(range(1, len(chunks) + 1))


@given(rollouts(), st.integers(1, 12))
def test_every_shop_with_a_leaf_is_in_one_chunk_of_its_wave(rollout, size):
    leaves, waves, placed = rollout
    chunks = cut_apply(leaves, waves, size)
    assert sorted(pair for chunk in chunks for pair in chunk.leaves) == sorted(leaves.items())
    assert all(placed[shop] == chunk.wave for chunk in chunks for shop, _ in chunk.leaves)
    assert all(chunk.shops == len(chunk.leaves) <= size for chunk in chunks)
    assert all((chunk.first, chunk.last) == (chunk.leaves[0][0], chunk.leaves[-1][0]) for chunk in chunks)
    assert [chunk.number for chunk in chunks] == list(range(1, len(chunks) + 1))
    assert [chunk.wave for chunk in chunks] == sorted(chunk.wave for chunk in chunks)


def test_a_shop_without_a_wave_is_refused():
    with pytest.raises(ValueError, match="in no wave"):
        cut_apply({ShopKey("tea"): "leaf"}, (Wave(number=1, name="100%", shops=()),), 5)


OPTIONS = FleetRunOptions(
    selection=Selection(), total=10, chunk_size=5, waves=("w1", "w2", "w3"), soak=60, tolerance=FailureLimit(number=1)
)
RUN = FleetRun(
    id="run-1",
    fleet="kyoto",
    kind=FleetRunKind.APPLY,
    commit="a" * 40,
    created="2026-11-28T03:00:00Z",
    actor="mori@kyoto",
    options=OPTIONS,
    state=FleetRunState.OPEN,
)


def chunk(number, wave, state=ChunkState.DONE, **more):
    return RunChunk(
        run="run-1", number=number, wave=wave, first=ShopKey("a"), last=ShopKey("b"), shops=2, state=state, **more
    )


def progress(*chunks, run=RUN, counts=NOBODY_FAILED, **more):
    return RunProgress(run=run, chunks=chunks, counts=counts, **more)


@pytest.mark.parametrize("state", [ChunkState.WAITING, ChunkState.RUNNING])
def test_a_wave_waits_for_all_its_chunks(state):
    assert next_step(progress(chunk(1, 1), chunk(2, 1, state), chunk(3, 2, ChunkState.WAITING))) == WaitForRun()


def test_the_next_wave_opens_after_the_soak():
    both = (chunk(1, 1), chunk(2, 2, ChunkState.WAITING))
    assert next_step(progress(*both, quiet=20)) == WaitForRun(seconds=40)
    assert next_step(progress(*both, quiet=60)) == OpenWave(wave=2)


def test_a_wave_without_chunks_is_passed_over_without_a_soak():
    assert next_step(progress(chunk(1, 3, ChunkState.WAITING))) == OpenWave(wave=3)


def test_the_run_ends_after_its_last_wave_and_at_once_without_chunks():
    last = replace(RUN, wave=2)
    assert next_step(progress(chunk(1, 1), chunk(2, 2), run=last)) == EndRun(state=FleetRunState.DONE)
    assert next_step(progress()) == EndRun(state=FleetRunState.DONE)


@pytest.mark.parametrize("counts", [FailureCounts(started=10, failed=2), FailureCounts(started=10, left_closed=1)])
def test_too_many_failures_stop_the_run_in_the_middle_of_a_wave(counts):
    found = progress(chunk(1, 1), chunk(2, 1, ChunkState.RUNNING), counts=counts)
    assert next_step(found) == StopRun(why=StopReason.FAILURE_LIMIT)


def test_a_chunk_that_cannot_be_done_stops_the_run():
    assert next_step(progress(chunk(1, 1, ChunkState.FAILED))) == StopRun(why=StopReason.CHUNK_FAILED)


def test_a_stopping_run_waits_for_living_workers_only():
    stopping = replace(RUN, state=FleetRunState.STOPPING, why=StopReason.CANCELLED)
    chunks = (chunk(1, 1, ChunkState.RUNNING), chunk(2, 1, ChunkState.WAITING))
    assert next_step(progress(*chunks, run=stopping)) == WaitForRun()
    assert next_step(progress(*chunks, run=stopping, stalled={1})) == EndRun(state=FleetRunState.CANCELLED)


@pytest.mark.parametrize("why", [StopReason.FAILURE_LIMIT, StopReason.CHUNK_FAILED])
def test_a_run_that_stopped_itself_has_failed(why):
    stopping = replace(RUN, state=FleetRunState.STOPPING, why=why)
    assert next_step(progress(chunk(1, 1), run=stopping)) == EndRun(state=FleetRunState.FAILED)


@pytest.mark.parametrize("state", [FleetRunState.DONE, FleetRunState.CANCELLED, FleetRunState.FAILED])
def test_nothing_comes_after_the_end(state):
    assert next_step(progress(chunk(1, 1, ChunkState.WAITING), run=replace(RUN, state=state))) is None


COUNTS = st.builds(
    FailureCounts,
    started=st.just(10),
    failed=st.integers(0, 2),
    missed=st.integers(0, 1),
    left_closed=st.integers(0, 1),
)
CHUNKS = st.lists(st.tuples(st.integers(1, 3), st.sampled_from(ChunkState)), max_size=6).map(
    lambda some: tuple(chunk(number, wave, state) for number, (wave, state) in enumerate(sorted(some), start=1))
)


@given(CHUNKS, COUNTS, st.integers(1, 3), st.floats(0, 120))
def test_a_wave_opens_only_after_the_ones_before_and_only_within_the_failure_limit(chunks, counts, wave, quiet):
    step = next_step(progress(*chunks, run=replace(RUN, wave=wave), counts=counts, quiet=quiet))
    if isinstance(step, OpenWave):
        assert step.wave > wave
        assert not any(limit_exceeded(counts, OPTIONS.tolerance))
        assert all(each.state.ended for each in chunks if each.wave < step.wave)
        assert all(each.state is not ChunkState.FAILED for each in chunks)


@given(CHUNKS, st.integers(1, 3), st.sampled_from(StopReason), st.floats(0, 120))
def test_a_stopping_run_only_ever_waits_or_ends(chunks, wave, why, quiet):
    run = replace(RUN, wave=wave, state=FleetRunState.STOPPING, why=why)
    step = next_step(progress(*chunks, run=run, quiet=quiet))
    running = any(each.state is ChunkState.RUNNING for each in chunks)
    assert isinstance(step, WaitForRun if running else EndRun)


@given(CHUNKS, COUNTS)
def test_a_run_whose_chunks_end_comes_to_its_end(chunks, counts):
    """Whatever is done next is done, until it has ended: no state waits for nothing."""
    run = RUN
    for _ in range(10):
        step = next_step(progress(*chunks, run=run, counts=counts, quiet=60))
        match step:
            case OpenWave():
                run = replace(run, wave=step.wave)
            case StopRun():
                run = replace(run, state=FleetRunState.STOPPING, why=step.why)
            case EndRun():
                run = replace(run, state=step.state)
            case WaitForRun():
                assert any(not each.state.ended for each in chunks)
                chunks = tuple(replace(each, state=ChunkState.DONE) for each in chunks)
            case None:
                break
    assert run.state.ended


RESULTS = st.builds(
    ChunkResult,
    counts=st.dictionaries(st.sampled_from(["applied", "failed", "unchanged"]), st.integers(0, 5)),
    fields=st.integers(0, 9),
    failures=st.lists(
        st.builds(ChunkFailure, shop=KEYS, outcome=st.just("failed"), code=st.sampled_from([None, "A102"])), max_size=3
    ).map(lambda some: tuple(sorted(some, key=lambda each: each.shop))),
    run=st.sampled_from([None, "journal-1", "journal-2"]),
    error=st.sampled_from([None, "no mirror"]),
)


@given(RESULTS)
def test_a_result_survives_its_document(result):
    again = read_chunk_result(chunk_result_document(result))
    assert again == replace(result, counts={word: count for word, count in result.counts.items() if count})
    assert again.digest == result.digest


@given(RESULTS)
def test_the_digest_of_a_result_does_not_depend_on_who_did_it(result):
    assert replace(result, run="journal-9").digest == result.digest
    assert replace(result, fields=result.fields + 1).digest != result.digest


def test_only_a_selection_by_names_needs_workers_that_know_of_it():
    named = replace(OPTIONS, selection=Selection(names=frozenset({"uji-cups", "kyoto-tea"})))
    assert read_options(options_document(named)) == named
    assert options_document(named)["version"] == 2
    assert options_document(named)["selection"]["names"] == ["kyoto-tea", "uji-cups"]
    assert options_document(OPTIONS)["version"] == 1
    assert "names" not in options_document(OPTIONS)["selection"]


def test_options_survive_their_document():
    options = replace(
        OPTIONS,
        selection=Selection(globs=("kyoto-*",), labels=(("area", "west"),), group="tea"),
        closed=3,
        allowed=(("fleet-share", "*"),),
        reason="why not",
        alerts=False,
        require_secrets=True,
        tolerance=FailureLimit(number=5, percent=True),
        settings="fleets/japan/reconciler.yaml",
    )
    assert read_options(options_document(options)) == options
    assert dumps(options_document(options)) == dumps(options_document(read_options(options_document(options))))


def test_totals_fold_the_chunks():
    failure = ChunkFailure(shop=ShopKey("b"), outcome="failed", code="A102")
    chunks = [
        chunk(1, 1, result=ChunkResult(counts={"applied": 1, "failed": 1}, failures=(failure,))),
        chunk(2, 2, ChunkState.RUNNING),
        chunk(3, 2, ChunkState.FAILED, result=ChunkResult(error="no mirror", fields=2)),
    ]
    totals = fold_chunks(RUN, chunks)
    assert (totals.shops, totals.chunks, totals.ended, totals.fields) == (6, 3, 2, 2)
    assert totals.counts == {"applied": 1, "failed": 1}
    assert totals.failures == (failure,)
    assert totals.errors == ((3, "no mirror"),)
    assert [(each.number, each.name, each.shops, each.chunks, each.ended, each.open) for each in totals.waves] == [
        (1, "w1", 2, 1, 1, True),
        (2, "w2", 4, 2, 1, False),
    ]
