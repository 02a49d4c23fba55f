"""One chunk, over the real store, the embedded backend and a bare mirror."""

from __future__ import annotations

import os
import platform
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from reconciler.adapters.store.db.run_tables import leases
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.core.fleet.chunk_end import ChunkEnding
from reconciler.core.fleet.chunk_result import ChunkResult
from reconciler.core.fleet.fleet_run import ChunkState, FleetRun, FleetRunState, StopReason
from reconciler.core.model.selection import Selection
from reconciler.wiring.scale.runs import open_fleet_runs
from reconciler.wiring.store import open_run_store
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.session import Session
from tests.support.example_fleet import TOKEN
from tests.support.fleet.chunk_fleet import ChunkFleet
from tests.support.forge.remote import git


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)


@pytest.fixture
def fleet(tmp_path: Path) -> ChunkFleet:
    return ChunkFleet.made(tmp_path / "fleet", ".reconciler/journal.db", 4)


def test_a_look_counts_its_shops_and_writes_nothing(fleet: ChunkFleet) -> None:
    run = fleet.look(chunks=2)
    end = fleet.run(run, 2)
    assert end.ending is ChunkEnding.DONE
    assert end.result is not None
    assert {word: count for word, count in end.result.counts.items() if count} == {"drift": 2}
    assert end.result.fields > 0
    assert end.requests > 0
    assert (fleet.chunk(run, 2).state, fleet.chunk(run, 1).state) == (ChunkState.DONE, ChunkState.WAITING)
    assert fleet.changes() == []


def test_a_lease_names_who_started_the_run_and_the_host_that_writes(fleet: ChunkFleet) -> None:
    fleet.run(fleet.apply())
    with open_run_store(fleet.settings) as opened, opened.reading() as connection:
        owners = set(connection.execute(select(leases.c.owner)).scalars())
    assert owners == {f"operator@{platform.node()} (pid {os.getpid()})"}


def test_a_chunk_that_is_delivered_twice_is_done_once(fleet: ChunkFleet) -> None:
    run = fleet.apply()
    assert fleet.run(run).ending is ChunkEnding.DONE
    written = fleet.changes()
    assert fleet.run(run).ending is ChunkEnding.FREE
    assert fleet.changes() == written


def test_the_same_outcome_has_the_same_digest(fleet: ChunkFleet) -> None:
    one, other = (fleet.run(fleet.look()).result for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.digest == other.digest


def test_a_look_is_recorded_with_findings_at_their_places(fleet: ChunkFleet) -> None:
    fleet.run(fleet.look())
    with open_run_store(fleet.settings) as opened:
        found = StoreFindings(opened).findings(fleet.name)
    assert {finding.file for finding in found} == {f"shops/{shop}.yaml" for shop in fleet.shops}


def test_an_apply_writes_what_was_approved(fleet: ChunkFleet) -> None:
    run = fleet.apply(closed=2)
    end = fleet.run(run)
    assert end.ending is ChunkEnding.DONE
    assert end.result is not None
    assert dict(end.result.counts) == {"applied": 4}
    assert end.result.run is not None
    assert fleet.switched_on() == list(fleet.shops)
    assert fleet.left_closed() == fleet.written_twice() == []
    assert 1 <= fleet.most_closed() <= 2


def test_the_commit_counts_and_not_the_work_tree(fleet: ChunkFleet) -> None:
    run = fleet.apply()
    for shop in fleet.shops:
        (fleet.folder / "shops" / f"{shop}.yaml").write_text("not even a manifest")
    (fleet.folder / "reconciler.yaml").write_text(
        (fleet.folder / "reconciler.yaml").read_text() + "manifests: nowhere\n"
    )
    assert fleet.run(run).ending is ChunkEnding.DONE
    assert fleet.switched_on() == list(fleet.shops)


def test_a_shop_whose_plan_is_another_by_now_is_held(fleet: ChunkFleet) -> None:
    run = fleet.apply()
    merchant = fleet.shops[1]
    fleet.merchant_edits(merchant, notificationEmail="someone@else.example")
    end = fleet.run(run)
    assert end.result is not None
    assert dict(end.result.counts) == {"applied": 3, "refused": 1}
    assert [(each.shop, each.outcome) for each in end.result.failures] == [(merchant, "refused")]
    assert merchant not in fleet.switched_on()


def test_settings_and_accepted_drift_are_those_of_the_commit(fleet: ChunkFleet) -> None:
    shop = fleet.shops[0]
    (fleet.folder / "accepted-drift.yaml").write_text(
        "apiVersion: reconciler/v1\naccepted:\n"
        f"  - {{shop: {shop}, field: amazon.enabled, value: false, until: '2026-12-31', owner: a, reason: b}}\n"
    )
    fleet.commit_all()
    accepted = fleet.run(fleet.look()).result
    (fleet.folder / "accepted-drift.yaml").unlink()
    again = fleet.run(fleet.look()).result
    fleet.commit_all()
    without = fleet.run(fleet.look()).result
    assert accepted is not None
    assert accepted == again
    assert without is not None
    assert without.fields == accepted.fields + 1


def test_other_shops_of_the_range_are_not_looked_at(fleet: ChunkFleet) -> None:
    run = fleet.look(selection=Selection(globs=("*-001", "*-003")))
    end = fleet.run(run)
    assert end.result is not None
    assert sum(end.result.counts.values()) == 2


def test_a_commit_that_is_not_there_is_tried_again_and_then_fails(fleet: ChunkFleet) -> None:
    fleet.commit = "a" * 40
    run = fleet.look()
    for _ in range(4):
        assert fleet.run(run).ending is ChunkEnding.POSTPONED
        assert fleet.chunk(run).state is ChunkState.RUNNING
        fleet.stall(run)
    end = fleet.run(run)
    assert end.ending is ChunkEnding.FAILED
    assert end.result is not None
    assert "aaaaaaaaaaaa" in str(end.result.error)
    assert fleet.chunk(run).state is ChunkState.FAILED


def test_settings_that_no_attempt_repairs_fail_at_once(fleet: ChunkFleet) -> None:
    run = fleet.look(settings="elsewhere.yaml")
    end = fleet.run(run)
    assert end.ending is ChunkEnding.FAILED
    assert end.result is not None
    assert "elsewhere.yaml" in str(end.result.error)


def test_a_commit_of_another_fleet_is_refused(fleet: ChunkFleet) -> None:
    with (fleet.folder / "reconciler.yaml").open("a") as file:
        file.write("environment: sandbox\n")
    fleet.commit_all()
    git(fleet.folder, "revert", "--no-edit", "HEAD")
    end = fleet.run(fleet.look())
    assert end.ending is ChunkEnding.FAILED
    assert end.result is not None
    assert "sandbox" in str(end.result.error)


def test_a_worker_that_was_asked_to_stop_claims_nothing(fleet: ChunkFleet) -> None:
    run = fleet.look()
    assert fleet.run(run, stop=StopToken(signalled=True)).ending is ChunkEnding.GIVEN_BACK
    assert fleet.chunk(run).fence == 0


def test_a_worker_that_is_asked_to_stop_gives_its_chunk_back(fleet: ChunkFleet) -> None:
    run, stop = fleet.apply(), StopToken()

    def session_at(made: FleetRun) -> AbstractContextManager[Session]:
        stop.request()
        return tools.session_at(made)

    with fleet.tools(stop) as tools:
        end = fleet.run_with(replace(tools, session_at=session_at), run)
    assert (end.ending, end.result) == (ChunkEnding.GIVEN_BACK, None)
    assert fleet.chunk(run).state is ChunkState.WAITING
    assert fleet.changes() == []
    assert fleet.run(run).ending is ChunkEnding.DONE


def test_what_a_worker_applied_that_is_gone_counts_as_applied(fleet: ChunkFleet) -> None:
    """Its fault comes after the last shop, before the end of the chunk is recorded."""
    run = fleet.apply()
    with fleet.tools() as tools:
        assert fleet.run_with(tools, run).ending is ChunkEnding.DONE
    fleet.reopen(run)
    written = fleet.changes()
    end = fleet.run(run)
    assert end.result is not None
    assert dict(end.result.counts) == {"applied": 4}
    assert fleet.changes() == written


def test_a_look_at_no_shop_of_the_chunk_is_done(fleet: ChunkFleet) -> None:
    end = fleet.run(fleet.look(selection=Selection(globs=("elsewhere-*",))))
    assert end.ending is ChunkEnding.DONE
    assert end.result == ChunkResult()
    assert end.requests == 0


def test_a_run_that_is_stopped_ends_a_chunk_in_order(fleet: ChunkFleet) -> None:
    """Before its first shop: nothing is written, and the chunk says so."""
    run = fleet.apply()
    with fleet.stopping(run) as tools:
        end = fleet.run_with(tools, run)
    assert end.ending is ChunkEnding.CANCELLED
    assert fleet.changes() == []
    assert fleet.chunk(run).state is ChunkState.CANCELLED


def test_a_claim_that_is_lost_writes_nothing_more(fleet: ChunkFleet) -> None:
    run = fleet.apply()
    with fleet.losing(run) as tools:
        end = fleet.run_with(tools, run)
    assert end.ending is ChunkEnding.LOST
    assert fleet.changes() == []
    assert fleet.chunk(run).fence == 2
    assert fleet.chunk(run).result is None


def test_a_process_that_can_give_no_sign_starts_nothing(fleet: ChunkFleet) -> None:
    run = fleet.apply()
    end = fleet.run(run, silence=-1.0)
    assert end.ending is ChunkEnding.POSTPONED
    assert fleet.changes() == []


def test_failures_of_other_chunks_count_from_the_first_shop_on(fleet: ChunkFleet) -> None:
    run = fleet.apply(chunks=2, failures=0)
    with open_fleet_runs(fleet.settings) as runs:
        runs.add_outcomes(run, [(fleet.keys[0], "failed")])
    end = fleet.run(run, 2)
    assert end.ending is ChunkEnding.CANCELLED
    assert end.result is not None
    assert dict(end.result.counts) == {"skipped": 2}
    assert fleet.changes() == []


def test_a_run_that_has_ended_gives_nothing_to_do(fleet: ChunkFleet) -> None:
    run = fleet.apply()
    with open_fleet_runs(fleet.settings) as runs:
        runs.request_stop(run, StopReason.CANCELLED)
        runs.end(run, FleetRunState.CANCELLED)
    assert fleet.run(run).ending is ChunkEnding.FREE
