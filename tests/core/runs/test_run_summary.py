"""The outcome of a run."""

from dataclasses import replace

import pytest

from reconciler.core.runs.run_summary import RunCounts, RunStatus, RunSummary

RUN = RunSummary(
    run="5e3e3c6e-0000-4000-8000-000000000001",
    command="apply",
    actor="hanako",
    host="build-7",
    started="2026-04-01T03:00:00Z",
    ended="2026-04-01T03:01:00Z",
    commit=None,
    fingerprint=None,
    shops=0,
    counts=RunCounts(),
    unfinished_shops=0,
    interrupted=False,
    running=False,
    resumed_by=None,
)


@pytest.mark.parametrize(
    ("changed", "came_to"),
    [
        ({}, RunStatus.NOTHING),
        ({"counts": RunCounts(applied=2)}, RunStatus.APPLIED),
        ({"counts": RunCounts(refused=2)}, RunStatus.REFUSED),
        ({"counts": RunCounts(failed=1, refused=2)}, RunStatus.FAILED),
        ({"counts": RunCounts(applied=1, failed=1)}, RunStatus.PARTLY_APPLIED),
        ({"counts": RunCounts(applied=1, refused=1)}, RunStatus.PARTLY_APPLIED),
        ({"counts": RunCounts(applied=1), "interrupted": True}, RunStatus.INTERRUPTED),
        ({"ended": None, "unfinished_shops": 1, "running": True}, RunStatus.RUNNING),
        ({"ended": None, "unfinished_shops": 1, "resumed_by": "another"}, RunStatus.KILLED),
        ({"ended": None, "resumed_by": "another"}, RunStatus.RESUMED),
        ({"ended": None}, RunStatus.UNFINISHED),
    ],
)
def test_what_it_came_to(changed, came_to):
    assert replace(RUN, **changed).status is came_to
