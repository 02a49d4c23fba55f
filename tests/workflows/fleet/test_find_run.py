"""Fleet runs as rows of the list of runs: what their chunks' counts mean depends on what the run did."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.fleet.fleet_runs import StoreFleetRuns
from reconciler.core.fleet.chunk_result import ChunkFailure, ChunkResult
from reconciler.core.fleet.chunks import cut_look
from reconciler.core.fleet.fleet_run import (
    ChunkState,
    FleetRunKind,
    FleetRunOptions,
    FleetRunState,
    NewFleetRun,
    StopReason,
)
from reconciler.core.model.selection import Selection
from reconciler.core.runs.run_summary import RunCounts, RunStatus, RunSummary
from reconciler.core.values import ShopKey
from reconciler.views.tables.history import status_message
from reconciler.workflows.fleet.find_run import fleet_summaries
from tests.adapters.store.fakes import ManualClock

SHOPS = tuple(ShopKey(f"shop-{number}") for number in range(4))
OPTIONS = FleetRunOptions(selection=Selection(), total=len(SHOPS), chunk_size=len(SHOPS))
UNKNOWN = tuple(ChunkFailure(shop=shop, outcome="unknown", code=None) for shop in SHOPS[:2])


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[StoreFleetRuns]:
    store = open_store(tmp_path / "journal.db")
    yield StoreFleetRuns(store, ManualClock(), stall=60, new_id=lambda: "run-1")
    store.close()


def listed(runs: StoreFleetRuns, kind: FleetRunKind, state: FleetRunState, **counts: int) -> RunSummary:
    new = NewFleetRun(fleet="kyoto", kind=kind, commit="a" * 40, actor="mori@kyoto", options=OPTIONS)
    run = runs.create(new, cut_look(SHOPS, len(SHOPS)))
    claim = runs.claim(run, 1, "worker-1")
    assert claim is not None
    runs.finish(claim, ChunkState.DONE, ChunkResult(counts=counts, failures=UNKNOWN))
    if state is FleetRunState.CANCELLED:
        runs.request_stop(run, StopReason.CANCELLED)
    runs.end(run, state)
    (summary,) = fleet_summaries(runs, "kyoto", 10)
    return summary


def test_an_apply_counts_writes_of_unknown_outcome(runs: StoreFleetRuns) -> None:
    run = listed(runs, FleetRunKind.APPLY, FleetRunState.DONE, applied=2, unknown=2)
    assert run.counts == RunCounts(applied=2, failed=2, unknown=2)
    assert str(status_message(run)) == "applied 2 of 4, unknown: 2"


def test_a_check_has_no_writes_only_shops_that_could_not_be_read(runs: StoreFleetRuns) -> None:
    run = listed(runs, FleetRunKind.LOOK, FleetRunState.DONE, **{"in-sync": 2, "unknown": 2})
    assert run.counts == RunCounts(failed=2)
    assert str(status_message(run)) == "failed 2"


@pytest.mark.parametrize(
    ("kind", "words"), [(FleetRunKind.APPLY, "cancelled, applied 2, unknown: 2"), (FleetRunKind.LOOK, "cancelled")]
)
def test_a_cancelled_run_is_called_so(runs: StoreFleetRuns, kind: FleetRunKind, words: str) -> None:
    run = listed(runs, kind, FleetRunState.CANCELLED, applied=2, unknown=2)
    assert (run.status, str(status_message(run))) == (RunStatus.CANCELLED, words)
