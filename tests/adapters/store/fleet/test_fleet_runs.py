"""Fleet runs in the store: created once, claimed under a fence, ended once; the same over SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.fleet_tables import closure_slots, fleet_runs, run_chunks
from reconciler.adapters.store.fleet.claims import MOST_ATTEMPTS
from reconciler.adapters.store.fleet.fleet_runs import StoreFleetRuns
from reconciler.adapters.store.retention.prune_store import prune_rows
from reconciler.core.fleet.chunk_result import ChunkFailure, ChunkResult
from reconciler.core.fleet.chunks import cut_apply, cut_look
from reconciler.core.fleet.fleet_run import (
    ChunkState,
    FleetRunKind,
    FleetRunOptions,
    FleetRunState,
    NewFleetRun,
    StopReason,
)
from reconciler.core.model.selection import Selection
from reconciler.core.planning.failure_limit import FailureCounts, FailureLimit
from reconciler.core.planning.waves import Wave
from reconciler.core.values import ShopKey
from reconciler.ports.fleet.fleet_runs import UNHEALTHY, UnfinishedChunk

FLEET = "production-kyoto"
STALL = 120
SHOPS = tuple(ShopKey(f"shop-{number:02}") for number in range(10))
OPTIONS = FleetRunOptions(
    selection=Selection(globs=("shop-*",), labels=(("area", "west"),), group="tea"),
    total=10,
    chunk_size=4,
    waves=("canary", "100%"),
    soak=600,
    tolerance=FailureLimit(number=5, percent=True),
    closed=2,
    allowed=(("fleet-share", "*"),),
    reason="the new endpoint",
    alerts=False,
    require_secrets=True,
    settings="fleets/japan/reconciler.yaml",
)
LOOK = NewFleetRun(fleet=FLEET, kind=FleetRunKind.LOOK, commit="a" * 40, actor="mori@kyoto", options=OPTIONS)
APPLY = NewFleetRun(fleet=FLEET, kind=FleetRunKind.APPLY, commit="b" * 40, actor="mori@kyoto", options=OPTIONS)
LEAVES = {shop: "sha256:" + f"{number:064}" for number, shop in enumerate(SHOPS)}
WAVES = (Wave(number=1, name="canary", shops=SHOPS[:3]), Wave(number=2, name="100%", shops=SHOPS[3:]))
RESULT = ChunkResult(counts={"in-sync": 3, "drift": 1}, fields=2)


class MovableClock:
    """Of SQLite's store. A server has its own clock: there, time passes by making what is stored older."""

    def __init__(self, store, clock):
        self.store, self.clock = store, clock

    def pass_by(self, seconds):
        if self.store.is_file:
            self.clock.move(seconds)
            return
        with self.store.writing() as connection:
            for row in connection.execute(select(run_chunks)).mappings().all():
                if row["seen"] is not None:
                    of = (run_chunks.c.run == row["run"], run_chunks.c.number == row["number"])
                    older = row["seen"] - timedelta(seconds=seconds)
                    connection.execute(update(run_chunks).where(*of).values(seen=older))


@pytest.fixture
def runs(store, clock):
    numbers = iter(range(1, 1000))
    return StoreFleetRuns(store, clock, stall=STALL, new_id=lambda: f"run-{next(numbers)}")


@pytest.fixture
def time(store, clock):
    return MovableClock(store, clock)


@pytest.fixture
def look(runs):
    return runs.create(LOOK, cut_look(SHOPS, 4))


def test_a_run_is_read_as_it_was_created(runs, look):
    run = runs.run(look)
    assert (run.fleet, run.kind, run.commit, run.actor, run.options) == (
        FLEET,
        FleetRunKind.LOOK,
        "a" * 40,
        "mori@kyoto",
        OPTIONS,
    )
    assert (run.state, run.wave, run.ended, run.why) == (FleetRunState.OPEN, 1, None, None)
    assert [(each.number, each.wave, each.first, each.last, each.shops) for each in runs.chunks(look)] == [
        (1, 1, "shop-00", "shop-03", 4),
        (2, 1, "shop-04", "shop-07", 4),
        (3, 1, "shop-08", "shop-09", 2),
    ]
    assert {each.state for each in runs.chunks(look)} == {ChunkState.WAITING}


def test_runs_are_listed_newest_first_for_one_fleet(runs, look):
    later = runs.create(APPLY, cut_apply(LEAVES, WAVES, 4))
    runs.end(look, FleetRunState.DONE)
    assert [run.id for run in runs.runs(FLEET)] == [later, look]
    assert [run.id for run in runs.runs(FLEET, limit=1)] == [later]
    assert [run.id for run in runs.runs(FLEET, ended=True)] == [look]
    assert [run.id for run in runs.runs(FLEET, ended=False)] == [later]
    assert runs.runs("sandbox-kyoto") == []
    assert runs.run("run-99") is None


def test_a_run_with_closures_has_one_slot_for_each(runs, store, look):
    with store.reading() as connection:
        found = connection.execute(select(closure_slots.c.run, closure_slots.c.slot)).all()
    assert sorted(found) == [(look, 1), (look, 2)]


def test_an_apply_brings_the_approved_leaves_of_its_chunk(runs):
    run = runs.create(APPLY, cut_apply(LEAVES, WAVES, 4))
    claim = runs.claim(run, 1, "tokyo-1")
    assert claim.leaves == tuple((shop, LEAVES[shop]) for shop in SHOPS[:3])
    assert (claim.chunk.first, claim.chunk.last, claim.run.commit) == ("shop-00", "shop-02", "b" * 40)


def test_a_chunk_has_one_holder(runs, look):
    claim = runs.claim(look, 2, "tokyo-1")
    assert (claim.chunk.fence, claim.chunk.attempts, claim.chunk.worker) == (1, 1, "tokyo-1")
    assert claim.chunk.state is ChunkState.RUNNING
    assert runs.claim(look, 2, "osaka-1") is None
    assert runs.claim(look, 2, "tokyo-1") is None


def test_there_is_nothing_to_claim_of_what_does_not_exist(runs, look):
    assert runs.claim(look, 4, "tokyo-1") is None
    assert runs.claim("run-99", 1, "tokyo-1") is None


def test_heartbeats_keep_a_chunk(runs, look, time):
    claim = runs.claim(look, 1, "tokyo-1")
    for _ in range(3):
        time.pass_by(STALL - 20)
        assert runs.heartbeat(claim)
    assert runs.claim(look, 1, "osaka-1") is None
    assert runs.stalled(look) == frozenset()


def test_a_silent_worker_loses_its_chunk_and_what_it_reports_counts_no_more(runs, look, time):
    old = runs.claim(look, 1, "tokyo-1")
    time.pass_by(STALL + 20)
    assert runs.stalled(look) == {1}
    new = runs.claim(look, 1, "osaka-1")
    assert (new.chunk.fence, new.chunk.attempts, new.chunk.worker) == (2, 2, "osaka-1")
    assert not runs.heartbeat(old)
    assert not runs.finish(old, ChunkState.DONE, ChunkResult(counts={"drift": 4}))
    assert runs.finish(new, ChunkState.DONE, RESULT)
    assert runs.chunks(look)[0].result == RESULT


def test_a_result_counts_once(runs, look):
    claim = runs.claim(look, 1, "tokyo-1")
    assert runs.finish(claim, ChunkState.DONE, RESULT)
    assert not runs.finish(claim, ChunkState.DONE, ChunkResult(counts={"drift": 9}))
    assert not runs.heartbeat(claim)
    assert runs.claim(look, 1, "osaka-1") is None
    chunk = runs.chunks(look)[0]
    assert (chunk.state, chunk.result) == (ChunkState.DONE, RESULT)


def test_a_result_is_stored_with_its_digest(runs, store, look):
    result = ChunkResult(counts={"failed": 1}, failures=(ChunkFailure(shop=SHOPS[1], outcome="failed", code="A102"),))
    runs.finish(runs.claim(look, 1, "tokyo-1"), ChunkState.DONE, result)
    with store.reading() as connection:
        digest = connection.execute(select(run_chunks.c.result_digest).where(run_chunks.c.number == 1)).scalar_one()
    assert digest == result.digest
    assert runs.chunks(look)[0].result == result


def test_a_chunk_that_is_given_back_was_no_attempt(runs, look):
    for _ in range(MOST_ATTEMPTS + 2):
        claim = runs.claim(look, 1, "tokyo-1")
        assert runs.finish(claim, ChunkState.WAITING)
    assert runs.claim(look, 1, "tokyo-1").chunk.attempts == 1


def test_a_chunk_that_loses_all_its_workers_fails(runs, look, time):
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert runs.claim(look, 1, "tokyo-1").chunk.attempts == attempt
        time.pass_by(STALL + 20)
    assert runs.claim(look, 1, "tokyo-1") is None
    chunk = runs.chunks(look)[0]
    assert chunk.state is ChunkState.FAILED
    assert chunk.result.error == "its worker was lost 5 times"


def test_unfinished_are_chunks_of_open_waves_that_nobody_holds(runs, look, time):
    later = runs.create(APPLY, cut_apply(LEAVES, WAVES, 4))
    runs.finish(runs.claim(look, 1, "tokyo-1"), ChunkState.DONE, RESULT)
    runs.claim(look, 2, "tokyo-1")

    def unfinished():
        return [(each.run, each.number, each.kind.value) for each in runs.unfinished(FLEET)]

    assert unfinished() == [(look, 3, "look"), (later, 1, "apply")]
    time.pass_by(STALL + 20)
    assert unfinished() == [(look, 2, "look"), (look, 3, "look"), (later, 1, "apply")]
    runs.open_wave(later, 2)
    assert unfinished()[2:] == [(later, 1, "apply"), (later, 2, "apply"), (later, 3, "apply")]
    runs.request_stop(look, StopReason.CANCELLED)
    assert {run for run, _, _ in unfinished()} == {later}
    assert runs.unfinished("sandbox-kyoto") == []
    assert runs.unfinished(FLEET)[0] == UnfinishedChunk(run=later, number=1, kind=FleetRunKind.APPLY)


def test_a_chunk_of_a_wave_that_is_not_open_cannot_be_claimed(runs):
    run = runs.create(APPLY, cut_apply(LEAVES, WAVES, 4))
    assert runs.claim(run, 2, "tokyo-1") is None
    assert runs.open_wave(run, 2)
    assert runs.claim(run, 2, "tokyo-1") is not None


def test_a_wave_is_opened_once(runs):
    run = runs.create(APPLY, cut_apply(LEAVES, WAVES, 4))
    assert runs.open_wave(run, 2)
    assert not runs.open_wave(run, 2)
    assert not runs.open_wave(run, 1)
    assert runs.run(run).wave == 2


def test_after_a_stop_nothing_is_claimed_and_no_wave_opens(runs):
    run = runs.create(APPLY, cut_apply(LEAVES, WAVES, 4))
    assert not runs.stop_requested(run)
    held = runs.claim(run, 1, "tokyo-1")
    assert runs.request_stop(run, StopReason.FAILURE_LIMIT)
    assert runs.stop_requested(run)
    assert not runs.open_wave(run, 2)
    assert runs.claim(run, 2, "osaka-1") is None
    assert runs.heartbeat(held)
    assert runs.finish(held, ChunkState.DONE, RESULT)
    assert not runs.request_stop(run, StopReason.CANCELLED)
    found = runs.run(run)
    assert (found.state, found.why) == (FleetRunState.STOPPING, StopReason.FAILURE_LIMIT)


def test_a_run_ends_once_and_takes_its_chunks_with_it(runs, look):
    held = runs.claim(look, 1, "tokyo-1")
    runs.finish(runs.claim(look, 2, "osaka-1"), ChunkState.DONE, RESULT)
    assert runs.end(look, FleetRunState.CANCELLED)
    assert not runs.end(look, FleetRunState.DONE)
    assert not runs.request_stop(look, StopReason.CANCELLED)
    assert [each.state.value for each in runs.chunks(look)] == ["cancelled", "done", "cancelled"]
    assert not runs.heartbeat(held)
    assert not runs.finish(held, ChunkState.DONE, RESULT)
    assert runs.stop_requested(look)
    found = runs.run(look)
    assert found.state is FleetRunState.CANCELLED
    assert found.ended is not None


def test_outcomes_count_each_shop_once(runs):
    run = runs.create(APPLY, cut_apply(LEAVES, WAVES, 4))
    first, second, third = SHOPS[:3]
    runs.add_outcomes(run, [(first, "failed"), (second, "left-closed"), (third, UNHEALTHY)])
    runs.add_outcomes(run, [(first, "partly"), (first, "failed"), (third, "missed"), (second, "applied")])
    runs.add_outcomes(run, [])
    assert runs.failure_counts(run) == FailureCounts(started=3, failed=1, missed=1, unhealthy=1, left_closed=1)
    assert runs.outcomes(run) == {
        "applied": {second},
        "failed": {first},
        "left-closed": {second},
        "missed": {third},
        "partly": {first},
        UNHEALTHY: {third},
    }
    runs.open_wave(run, 2)
    assert runs.failure_counts(run).started == 10


def test_old_runs_are_pruned_with_all_that_belongs_to_them(runs, store, clock):
    old, open_ = runs.create(APPLY, cut_apply(LEAVES, WAVES, 4)), runs.create(APPLY, cut_apply(LEAVES, WAVES, 4))
    runs.add_outcomes(old, [(SHOPS[0], "applied")])
    runs.end(old, FleetRunState.DONE)
    later = datetime.now(UTC) + timedelta(days=365)
    assert prune_rows(store, later, later, dry_run=True).runs == 1
    assert len(runs.runs(FLEET)) == 2
    assert prune_rows(store, later, later).runs == 1
    assert [run.id for run in runs.runs(FLEET)] == [open_]
    assert runs.chunks(old) == []
    assert runs.outcomes(old) == {}
    assert runs.claim(open_, 1, "tokyo-1").leaves


def test_quiet_seconds_run_from_the_last_sign(runs, look, time):
    assert 0 <= runs.quiet_seconds(look) < 60
    claim = runs.claim(look, 1, "tokyo-1")
    time.pass_by(100)
    assert runs.heartbeat(claim)
    assert 0 <= runs.quiet_seconds(look) < 60


def test_of_two_workers_at_the_same_time_one_gets_the_chunk(location, clock):
    stores = [open_store(location) for _ in range(2)]
    both = [StoreFleetRuns(store, clock, stall=STALL, new_id=lambda: "run-1") for store in stores]
    run = both[0].create(LOOK, cut_look(SHOPS, 1))
    for number in range(1, 11):
        with ThreadPoolExecutor(2) as pool:
            claims = [pool.submit(runs.claim, run, number, f"worker-{at}") for at, runs in enumerate(both)]
        assert sum(claim.result() is not None for claim in claims) == 1
    for store in stores:
        store.close()


def test_a_run_with_options_of_a_newer_version_is_left_to_newer_workers(runs, store, look):
    with store.writing() as connection:
        connection.execute(update(fleet_runs).values(options={"version": 99}))
    assert runs.run(look) is None
    assert runs.runs(FLEET) == []
    assert runs.claim(look, 1, "tokyo-1") is None
    assert [each.number for each in runs.unfinished(FLEET)] == [1, 2, 3]
