"""`ci check`: the queued, opened or merged commit is planned and compared with what was reviewed; nothing is written."""

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.ports import SetupError
from reconciler.workflows.ci.apply import MergedApplyRequest, apply_merged
from reconciler.workflows.ci.check import CheckRequest, check_approvals
from tests.support.forge.merged_fleet import files_of, manifest, merged_fleet

pytestmark = pytest.mark.system

CHECK = CheckRequest()
BEFORE = MergedApplyRequest(before_merge=True)


@pytest.fixture(params=["github", "gitlab"])
def fleet(request, tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")
    with merged_fleet(tmp_path / "fleet", request.param) as made:
        yield made


@pytest.fixture
def github(tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")
    with merged_fleet(tmp_path / "fleet") as made:
        yield made


def test_a_queued_commit_that_is_planned_as_reviewed_passes(github):
    pull = github.reviewed("feature", files_of(kyoto_tea="b"))
    result = github.run(check_approvals, CHECK, job=github.runner.github_merge_group(pull.number))
    assert (result.exit_code, result.outcomes, github.writes) == (ExitCode.DONE, {"kyoto-tea": "apply"}, [])


def test_a_queued_commit_names_the_shops_that_differ(github):
    pull = github.reviewed("feature", files_of(kyoto_tea="b", uji_cups="b"))
    github.edit("kyoto-tea", notificationEmail="private@kyoto-tea.example")
    result = github.run(check_approvals, CHECK, job=github.runner.github_merge_group(pull.number))
    assert (result.exit_code, result.outcomes) == (ExitCode.REFUSED, {"kyoto-tea": "refused", "uji-cups": "apply"})
    assert next(row for row in result.rows if row[1] == "kyoto-tea")[3] == "A120"


def test_the_shops_of_others_on_the_branch_do_not_count(github):
    pull = github.reviewed("feature", files_of(kyoto_tea="b"))
    github.world.remote.commit("main", files_of(uji_cups="z"))
    result = github.run(check_approvals, CHECK, job=github.runner.github_merge_group(pull.number))
    assert (result.exit_code, result.outcomes) == (ExitCode.DONE, {"kyoto-tea": "apply"})


def test_a_closed_window_is_no_difference(fleet):
    pull = fleet.reviewed("feature", {"shops/nara-ink.yaml": manifest("nara-ink", "a", enabled=True)})
    result = fleet.run(check_approvals, CHECK, job=fleet.pull_job(pull.number))
    assert (result.exit_code, result.outcomes) == (ExitCode.DONE, {"nara-ink": "deferred"})


def test_a_pull_request_without_a_record_does_not_pass(fleet):
    pull = fleet.opened("feature", files_of(kyoto_tea="b"))
    result = fleet.run(check_approvals, CHECK, job=fleet.pull_job(pull.number))
    assert (result.exit_code, result.outcomes) == (ExitCode.REFUSED, {"kyoto-tea": "not-reviewed"})


def test_what_was_merged_is_checked_before_it_is_applied(github):
    github.merged("feature", files_of(kyoto_tea="b"))
    result = github.run(check_approvals, CHECK)
    assert (result.exit_code, result.outcomes, github.writes) == (ExitCode.DONE, {"kyoto-tea": "apply"}, [])


def test_a_pull_request_of_a_fork_is_not_checked(github):
    pull = github.world.open_pull("main", fork="someone/shops")
    with pytest.raises(SetupError, match="fork"):
        github.run(check_approvals, CHECK, job=github.runner.github_pull_request(pull.number))


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_before_the_merge_the_reviewed_plan_is_applied(tmp_path, monkeypatch, kind):
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")
    with merged_fleet(tmp_path / "fleet", kind) as fleet:
        pull = fleet.reviewed("feature", files_of(kyoto_tea="b"))
        result = fleet.run(apply_merged, BEFORE, job=fleet.pull_job(pull.number))
        assert (result.exit_code, result.outcomes) == (ExitCode.DONE, {"kyoto-tea": "applied"})
        assert "applied" in fleet.comment(pull.number)
        fleet.world.merge(pull.number)
        assert fleet.run(apply_merged, MergedApplyRequest()).outcomes == {"kyoto-tea": "done"}


def test_before_the_merge_the_pull_request_contains_the_tip_of_its_base(github):
    pull = github.reviewed("feature", files_of(kyoto_tea="b"))
    github.world.remote.commit("main", files_of(uji_cups="z"))
    with pytest.raises(SetupError, match="main has commits") as refused:
        github.run(apply_merged, BEFORE, job=github.runner.github_pull_request(pull.number))
    assert refused.value.code is codes.BEHIND_BASE
    assert github.writes == []


def test_before_the_merge_a_push_needs_a_review_again(github):
    pull = github.reviewed("feature", files_of(kyoto_tea="b"))
    github.pushed(pull.number, files_of(kyoto_tea="c"))
    result = github.run(apply_merged, BEFORE, job=github.runner.github_pull_request(pull.number))
    assert (result.outcomes, github.writes) == ({"kyoto-tea": "not-reviewed"}, [])
