"""Chunks in processes that share a PostgreSQL and one embedded backend, which is the judge: its trail says what was written."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from reconciler.core.fleet.chunk_end import ChunkEnding
from reconciler.core.fleet.fleet_run import ChunkState
from reconciler.wiring.scale.runs import open_fleet_runs
from reconciler.wiring.session import open_session
from reconciler.workflows.fleet.coordinate import care
from tests.support.example_fleet import TOKEN
from tests.support.fleet.chunk_fleet import ChunkFleet, ended, killed
from tests.support.fleet.list_queue import ListQueue
from tests.support.postgres import Cluster, running
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


@pytest.fixture
def fleet(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ChunkFleet:
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    return ChunkFleet.made(tmp_path / "fleet", cluster.fresh(), 8)


def test_two_processes_never_close_more_shops_than_allowed(fleet: ChunkFleet) -> None:
    run = fleet.apply(chunks=2, closed=2)
    children = [fleet.child(run, number) for number in (1, 2)]
    assert [ended(child)["counts"] for child in children] == [{"applied": 4}] * 2
    assert fleet.most_closed() <= 2
    assert fleet.switched_on() == list(fleet.shops)
    assert fleet.left_closed() == fleet.written_twice() == []


def test_without_a_limit_the_same_processes_close_more(fleet: ChunkFleet) -> None:
    """So that the limit above is what holds them."""
    run = fleet.apply(chunks=2)
    children = [fleet.child(run, number) for number in (1, 2)]
    assert [ended(child)["ending"] for child in children] == ["done", "done"]
    assert fleet.most_closed() > 2


def test_failures_of_one_process_stop_the_other(fleet: ChunkFleet) -> None:
    fleet.one_at_a_time()
    run = fleet.apply(chunks=2, failures=1)
    first = ended(fleet.child(run, 1, refuse=fleet.shops[0]))
    assert first["counts"] == {"applied": 3, "unknown": 1}
    with open_fleet_runs(fleet.settings) as runs:
        assert runs.failure_counts(run).failed == 1
    second = ended(fleet.child(run, 2, refuse=fleet.shops[4]))
    assert second["ending"] == "cancelled"
    assert second["counts"]["unknown"] == 1
    assert fleet.left_closed() == []


def test_the_same_chunk_in_two_processes_is_written_once(fleet: ChunkFleet) -> None:
    """The first one is stopped beyond the stall limit, the second one does its chunk, and then the first one goes on."""
    fleet.one_at_a_time()
    run = fleet.apply()
    first = fleet.child(run, stop=9)
    _, status = os.waitpid(first.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    fleet.stall(run)
    fleet.expire_leases()
    second = ended(fleet.child(run))
    assert second["ending"] == "done"
    os.kill(first.pid, signal.SIGCONT)
    assert ended(first)["ending"] == "lost"
    assert fleet.written_twice() == fleet.left_closed() == []
    assert fleet.chunk(run).fence == 2


@pytest.mark.parametrize("writes", [2, 5])
def test_after_a_kill_the_next_attempt_finishes_the_chunk(fleet: ChunkFleet, writes: int) -> None:
    run = fleet.apply(closed=2)
    killed(fleet.child(run, kill=writes))
    assert fleet.chunk(run).state is ChunkState.RUNNING
    assert fleet.run(run).ending is ChunkEnding.FREE  # as long as the stall limit lasts
    fleet.stall(run)
    again = ended(fleet.child(run))
    assert again["ending"] == "done"
    assert sum(again["counts"].values()) == len(fleet.shops)
    assert set(again["counts"]) <= {"applied", "unchanged", "refused"}
    assert again["counts"].get("refused", 0) <= 4  # those in progress: their plan is another by now
    assert fleet.left_closed() == fleet.written_twice() == []
    assert fleet.most_closed() <= 2


def test_a_shop_that_a_killed_process_left_closed_counts_until_it_is_recovered(fleet: ChunkFleet) -> None:
    """The next chunk recovers it first: it never closes a second one beside it."""
    run = fleet.apply(chunks=2, closed=1)
    killed(fleet.child(run, 1, kill="closing"))
    assert len(fleet.left_closed()) == 1
    fleet.stall(run)
    assert ended(fleet.child(run, 2))["ending"] == "done"
    assert fleet.most_closed() == 1
    assert fleet.left_closed() == []


def test_a_chunk_that_waits_to_close_a_shop_goes_on_after_another_was_killed(fleet: ChunkFleet) -> None:
    """It started before the kill and waits for the closure that was left: the care for runs recovers that shop in between."""
    fleet.one_at_a_time()
    run = fleet.apply(chunks=2, closed=1)
    first = fleet.child(run, 1, stop="closing")
    _, status = os.waitpid(first.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    second = fleet.child(run, 2)
    wait_until(lambda: fleet.runs_started() == 2)

    first.kill()
    killed(first)
    fleet.stall(run)
    care_for(fleet)

    assert ended(second)["counts"] == {"applied": 4}
    assert fleet.most_closed() == 1
    assert fleet.left_closed() == []


def care_for(fleet: ChunkFleet) -> None:
    session = open_session(fleet.settings)
    with open_fleet_runs(fleet.settings) as runs:
        anyio.run(care, session, runs, ListQueue())


def test_a_signal_gives_the_chunk_back(fleet: ChunkFleet) -> None:
    run = fleet.apply()
    first = ended(fleet.child(run, term=2))
    assert first["ending"] == "given-back"
    chunk = fleet.chunk(run)
    assert (chunk.state, chunk.attempts) == (ChunkState.WAITING, 0)
    assert fleet.left_closed() == []
    done = fleet.switched_on()
    assert len(done) < len(fleet.shops)
    second = ended(fleet.child(run))
    assert (second["ending"], second["counts"]) == ("done", {"applied": 8})
    assert fleet.switched_on() == list(fleet.shops)
    assert fleet.left_closed() == fleet.written_twice() == []
    with open_fleet_runs(fleet.settings) as runs:
        assert runs.failure_counts(run).failed == 0


def test_looks_in_two_processes_count_every_shop_once(fleet: ChunkFleet) -> None:
    run = fleet.look(chunks=2)
    children = [fleet.child(run, number) for number in (1, 2)]
    assert [ended(child)["counts"]["drift"] for child in children] == [4, 4]
    assert fleet.changes() == []
