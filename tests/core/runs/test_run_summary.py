"""What a run came to."""

from dataclasses import replace

import pytest

from reconciler.core.runs.run_summary import CameTo, Run, RunTally

RUN = Run(
    run="5e3e3c6e-0000-4000-8000-000000000001",
    command="apply",
    actor="hanako",
    host="build-7",
    started="2026-04-01T03:00:00Z",
    ended="2026-04-01T03:01:00Z",
    commit=None,
    fingerprint=None,
    shops=0,
    tally=RunTally(),
    left=0,
    interrupted=False,
    at_work=False,
    resumed_by=None,
)


@pytest.mark.parametrize(
    ("changed", "came_to"),
    [
        ({}, CameTo.NOTHING),
        ({"tally": RunTally(applied=2)}, CameTo.APPLIED),
        ({"tally": RunTally(refused=2)}, CameTo.REFUSED),
        ({"tally": RunTally(failed=1, refused=2)}, CameTo.FAILED),
        ({"tally": RunTally(applied=1, failed=1)}, CameTo.PARTLY),
        ({"tally": RunTally(applied=1, refused=1)}, CameTo.PARTLY),
        ({"tally": RunTally(applied=1), "interrupted": True}, CameTo.INTERRUPTED),
        ({"ended": None, "left": 1, "at_work": True}, CameTo.AT_WORK),
        ({"ended": None, "left": 1, "resumed_by": "another"}, CameTo.CUT_OFF),
        ({"ended": None, "resumed_by": "another"}, CameTo.RESUMED),
        ({"ended": None}, CameTo.NOT_ENDED),
    ],
)
def test_what_it_came_to(changed, came_to):
    assert replace(RUN, **changed).came_to is came_to
