"""A report of `ci apply` that something refuses: the shops are applied all the same, and a warning says what is missing."""

from dataclasses import replace

import pytest

from reconciler.adapters.forges.job import DOTENV
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.workflows.ci.apply import MergedApplyRequest, apply_merged
from tests.support.forge.http import Fault
from tests.support.forge.merged_fleet import files_of, manifest, merged_fleet

pytestmark = pytest.mark.system

APPLY = MergedApplyRequest()
COMMENTS, RECORDS = "(comments|notes)$", "(check-runs|statuses/[0-9a-f]{40})$"
OUTSIDE_ITS_WINDOW = {"shops/nara-ink.yaml": manifest("nara-ink", "a", enabled=True)}


@pytest.fixture(params=["github", "gitlab"])
def fleet(request, tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")
    with merged_fleet(tmp_path / "fleet", request.param) as made:
        yield made


def warnings_of(result) -> list[str]:
    assert all(each.severity is Severity.WARNING for each in result.diagnostics)
    return [each.code.number for each in result.diagnostics]


def applied(fleet, *faults: Fault, job=None):
    """The result of an apply that went well, of the one shop that was merged."""
    fleet.server.faults = list(faults)
    result = fleet.run(apply_merged, APPLY, job=job)
    assert (result.exit_code, result.outcomes) == (ExitCode.DONE, {"kyoto-tea": "applied"})
    assert fleet.email("kyoto-tea") == "b@kyoto-tea.example"
    return result


def records_of(fleet) -> list[str]:
    return [each.name for each in fleet.world.records if "apply" in each.name]


def test_a_refused_comment_costs_only_the_comment(fleet):
    pull = fleet.merged("feature", files_of(kyoto_tea="b"))
    result = applied(fleet, Fault(method="POST", path=COMMENTS, status=403, times=9))
    assert warnings_of(result) == ["C202"]
    assert fleet.comment(pull.number) == ""
    assert len(records_of(fleet)) == 1


def test_a_refused_record_costs_only_the_record(fleet):
    pull = fleet.merged("feature", files_of(kyoto_tea="b"))
    result = applied(fleet, Fault(method="POST", path=RECORDS, status=403, times=9))
    assert warnings_of(result) == ["C202"]
    assert "applied" in fleet.comment(pull.number)
    assert records_of(fleet) == []


def test_files_of_the_job_that_cannot_be_written_cost_only_the_files(fleet):
    pull = fleet.merged("feature", files_of(kyoto_tea="b"))
    job = fleet.push_job()
    (job.clone / DOTENV).mkdir()  # where GitLab's would be; GitHub names a file of its own
    if fleet.kind == "github":
        job = replace(job, environment={**job.environment, "GITHUB_OUTPUT": "/nowhere/output"})
    assert warnings_of(applied(fleet, job=job)) == ["C109"]
    assert "applied" in fleet.comment(pull.number)


def test_the_next_run_reports_a_deferred_shop_whose_comment_was_refused(fleet):
    pull = fleet.merged("feature", OUTSIDE_ITS_WINDOW)
    fleet.server.faults = [Fault(method="POST", path=COMMENTS, status=403, times=9)]
    assert warnings_of(fleet.run(apply_merged, APPLY)) == ["C202"]
    fleet.server.faults = []
    assert warnings_of(fleet.run(apply_merged, APPLY)) == []
    assert "deferred" in fleet.comment(pull.number)


def test_the_same_report_is_not_sent_twice(fleet):
    pull = fleet.merged("feature", OUTSIDE_ITS_WINDOW)
    fleet.run(apply_merged, APPLY)
    assert "deferred" in fleet.comment(pull.number)
    sent = len(fleet.server.requests)
    fleet.run(apply_merged, APPLY)
    again = [path for _method, path, _status in fleet.server.requests[sent:] if "comments" in path or "notes" in path]
    assert again == []
