"""What the result of a pull request says of its shops: what its plan says, and nothing where none could be made."""

from __future__ import annotations

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.plan_result import PlanResult
from reconciler.core.results.pull_request_result import PullRequestResult, ReviewState
from tests.support.example_worlds import leaving

OF_THE_JOB = diagnostic(codes.INCOMPLETE, msg("of the job"))
OF_THE_PLAN = diagnostic(codes.TURNING_OFF, msg("of the plan"))


def test_a_plan_speaks_for_its_pull_request() -> None:
    plan = PlanResult(plan=leaving().plan(), diagnostics=(OF_THE_PLAN,))
    result = PullRequestResult(state=ReviewState.HELD, number=7, head="c0ffee", plan=plan, diagnostics=(OF_THE_JOB,))
    assert result.outcomes == {"a": "changed"}
    assert result.counts == {"changed": 1}
    assert result.all_diagnostics[:2] == (OF_THE_JOB, OF_THE_PLAN)
    assert result.exit_code is ExitCode.REFUSED


def test_without_a_plan_there_are_no_shops_and_only_the_faults_of_the_job() -> None:
    result = PullRequestResult(state=ReviewState.FAILED, number=7, head="c0ffee", diagnostics=(OF_THE_JOB,))
    assert (result.outcomes, result.counts) == ({}, {})
    assert result.all_diagnostics == (OF_THE_JOB,)
    assert result.exit_code is ExitCode.DONE
