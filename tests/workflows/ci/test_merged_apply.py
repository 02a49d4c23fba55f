"""`ci apply` after a merge: what was reviewed is applied, once, whatever happens to jobs; the rest is refused and reported."""

from datetime import timedelta

import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.workflows.ci.apply import MergedApplyRequest, apply_merged
from reconciler.workflows.ci.check import CheckRequest, check_approvals
from reconciler.workflows.ci.deferred import drop_deferred, list_deferred
from reconciler.workflows.ci.plan import PullRequestPlanRequest, plan_pull_request
from tests.support.forge.http import Fault
from tests.support.forge.merged_fleet import files_of, manifest, merged_fleet

pytestmark = pytest.mark.system

APPLY = MergedApplyRequest()


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


def codes_of(result) -> list[str]:
    return [reason.code.slug for decision in result.decisions for reason in decision.reasons]


@pytest.mark.parametrize("how", ["merge", "squash", "rebase", "queue"])
def test_what_was_reviewed_is_applied_after_each_kind_of_merge(github, how):
    pull = github.merged("feature", files_of(kyoto_tea="b"), how)
    result = github.run(apply_merged, APPLY)
    assert (result.exit_code, result.outcomes) == (ExitCode.DONE, {"kyoto-tea": "applied"})
    assert github.email("kyoto-tea") == "b@kyoto-tea.example"
    assert github.written_shops == ["kyoto-tea"]
    assert "applied" in github.comment(pull.number)


def test_both_forges_apply_and_report(fleet):
    pull = fleet.merged("feature", files_of(kyoto_tea="b", uji_cups="b"))
    result = fleet.run(apply_merged, APPLY)
    assert result.outcomes == {"kyoto-tea": "applied", "uji-cups": "applied"}
    assert "kyoto-tea" in fleet.comment(pull.number)
    assert result.diagnostics == ()


def test_a_doubled_job_changes_nothing(github):
    github.merged("feature", files_of(kyoto_tea="b"))
    job = github.push_job()
    github.run(apply_merged, APPLY, job=job)
    before = len(github.writes)
    again = github.run(apply_merged, APPLY, job=job)
    assert (again.exit_code, again.outcomes) == (ExitCode.DONE, {"kyoto-tea": "done"})
    assert len(github.writes) == before


def test_a_lost_job_is_made_up_for_by_the_next_one(github):
    github.merged("first", files_of(kyoto_tea="b"))
    github.later(hours=1)
    github.merged("second", files_of(uji_cups="b"))
    result = github.run(apply_merged, APPLY)
    assert result.outcomes == {"kyoto-tea": "applied", "uji-cups": "applied"}


def test_an_older_job_leaves_the_work_to_the_newest_commit(github):
    github.merged("first", files_of(kyoto_tea="b"))
    older = github.push_job()
    github.later(hours=1)
    github.merged("second", files_of(uji_cups="b"))
    result = github.run(apply_merged, APPLY, job=older)
    assert (result.exit_code, github.writes) == (ExitCode.DONE, [])
    assert "has moved on" in str(result.notices[0])


def test_a_job_that_is_killed_in_the_middle_is_finished_by_the_next_one(github):
    github.merged("feature", files_of(kyoto_tea="b", uji_cups="b"))

    def killed(write):
        if write.shop == "uji-cups":
            raise KeyboardInterrupt

    github.before_write = killed
    with pytest.raises(KeyboardInterrupt):
        github.run(apply_merged, APPLY)
    github.before_write = lambda _write: None
    github.later(hours=1)
    result = github.run(apply_merged, APPLY)
    assert result.exit_code is ExitCode.DONE
    assert [github.email(shop) for shop in ("kyoto-tea", "uji-cups")] == ["b@kyoto-tea.example", "b@uji-cups.example"]


def test_a_commit_that_is_older_than_its_merge_is_applied(fleet):
    pull = fleet.opened("feature", files_of(kyoto_tea="b"))
    fleet.later(days=20)
    fleet.plan(pull.number)
    fleet.world.merge(pull.number, "fast-forward")
    assert fleet.run(apply_merged, APPLY).outcomes == {"kyoto-tea": "applied"}


def test_a_commit_with_a_wrong_clock_hides_no_approval(github):
    github.merged("feature", files_of(kyoto_tea="b"))
    github.world.remote.date = "2001-01-01T00:00:00+00:00"
    github.world.remote.commit("main", files_of(uji_cups="b"))
    result = github.run(apply_merged, APPLY)
    assert result.outcomes == {"kyoto-tea": "applied", "uji-cups": "not-reviewed"}


def test_a_direct_push_is_not_applied(github):
    github.world.remote.commit("main", files_of(kyoto_tea="b"))
    result = github.run(apply_merged, APPLY)
    assert (result.exit_code, codes_of(result), github.writes) == (ExitCode.REFUSED, ["not-reviewed"], [])


def test_a_direct_push_over_a_merged_change_takes_its_approval_away(github):
    github.merged("feature", files_of(kyoto_tea="b"))
    github.world.remote.commit("main", files_of(kyoto_tea="c"))
    result = github.run(apply_merged, APPLY)
    assert (codes_of(result), github.writes) == (["not-reviewed"], [])


def test_the_leaves_that_ci_plan_saved_are_found_after_the_merge(fleet):
    pull = fleet.opened("feature", files_of(kyoto_tea="b", uji_cups="b"))
    fleet.run(plan_pull_request, PullRequestPlanRequest(), job=fleet.pull_job(pull.number))
    fleet.world.merge(pull.number)
    fleet.edit("kyoto-tea", notificationEmail="private@kyoto-tea.example")
    assert fleet.run(apply_merged, APPLY).outcomes == {"kyoto-tea": "refused", "uji-cups": "applied"}


def test_a_shop_that_changed_since_it_was_planned_is_refused_and_the_others_are_applied(github):
    pull = github.reviewed("feature", files_of(kyoto_tea="b", uji_cups="b"))
    github.world.merge(pull.number)
    github.edit("kyoto-tea", notificationEmail="private@kyoto-tea.example")
    result = github.run(apply_merged, APPLY)
    assert result.exit_code is ExitCode.PARTLY
    assert result.outcomes == {"kyoto-tea": "refused", "uji-cups": "applied"}
    assert codes_of(result) == ["other-leaf"]
    comment = github.comment(pull.number)
    assert "A120" in comment
    assert "refused" in comment


def test_a_pull_request_that_nobody_planned_is_refused(github):
    pull = github.opened("feature", files_of(kyoto_tea="b"))
    github.world.merge(pull.number)
    result = github.run(apply_merged, APPLY)
    assert (result.exit_code, codes_of(result), github.writes) == (ExitCode.REFUSED, ["not-reviewed"], [])


def test_a_commit_after_the_reviewed_head_is_not_approved(github):
    pull = github.reviewed("feature", files_of(kyoto_tea="b"))
    github.pushed(pull.number, files_of(kyoto_tea="c"))
    github.world.merge(pull.number)
    result = github.run(apply_merged, APPLY)
    assert (codes_of(result), github.writes) == (["not-reviewed"], [])


def test_a_record_of_another_identity_counts_for_nothing(fleet):
    pull = fleet.reviewed("feature", files_of(kyoto_tea="b"), login="mallory[bot]")
    fleet.world.merge(pull.number)
    result = fleet.run(apply_merged, APPLY)
    assert (codes_of(result), fleet.writes) == (["not-reviewed"], [])


def test_an_edited_record_approves_nothing(github):
    """The store's leaves do not lead to it, and the plan as a whole has another fingerprint."""
    pull = github.reviewed("feature", files_of(kyoto_tea="b"))
    (record,) = [each for each in github.world.records if each.commit == pull.head]
    record.text = record.text.replace("sha256:", "sha256:0000")[: len(record.text)]
    github.world.merge(pull.number)
    result = github.run(apply_merged, APPLY)
    assert result.exit_code is ExitCode.REFUSED
    assert github.writes == []


@pytest.mark.parametrize("edited", [False, True])
def test_without_leaves_a_plan_is_applied_whole_or_not_at_all(github, edited):
    pull = github.reviewed("feature", files_of(kyoto_tea="b", uji_cups="b"), store=False)
    github.world.merge(pull.number, "rebase")
    if edited:
        github.edit("kyoto-tea", notificationEmail="private@kyoto-tea.example")
    result = github.run(apply_merged, APPLY)
    if edited:
        assert (codes_of(result), github.writes) == (["no-leaves", "no-leaves"], [])
    else:
        assert result.outcomes == {"kyoto-tea": "applied", "uji-cups": "applied"}


def test_leaves_of_an_artifact_stand_in_for_the_store(github, tmp_path):
    pull = github.reviewed("feature", files_of(kyoto_tea="b", uji_cups="b"))
    leaves = tmp_path / "leaves.txt"
    leaves.write_text(github.saved_leaves(pull))
    github.forget()
    github.world.merge(pull.number)
    github.edit("kyoto-tea", notificationEmail="private@kyoto-tea.example")
    result = github.run(apply_merged, MergedApplyRequest(leaves=(leaves,)))
    assert result.outcomes == {"kyoto-tea": "refused", "uji-cups": "applied"}


def test_an_approval_expires_and_that_is_reported(github):
    pull = github.reviewed("feature", files_of(kyoto_tea="b"))
    github.later(days=6)
    github.world.merge(pull.number)
    github.later(days=2)
    result = github.run(apply_merged, APPLY)
    assert (result.exit_code, codes_of(result), github.writes) == (ExitCode.REFUSED, ["approval-expired"], [])
    assert "C302" in github.comment(pull.number)


def test_a_shop_outside_its_window_is_deferred_and_applied_at_one_in_the_night(github):
    pull = github.merged("feature", {"shops/nara-ink.yaml": manifest("nara-ink", "a", enabled=True)})
    day = github.run(apply_merged, APPLY)
    assert (day.exit_code, day.outcomes, github.writes) == (ExitCode.DONE, {"nara-ink": "deferred"}, [])
    (row,) = github.run(list_deferred).rows
    assert row[:2] == ("nara-ink", pull.number)
    assert "deferred" in github.comment(pull.number)
    github.at(github.clock.now().replace(hour=16, minute=0))
    night = github.run(apply_merged, APPLY, job=github.push_job("schedule"))
    assert (night.exit_code, night.outcomes) == (ExitCode.DONE, {"nara-ink": "applied"})
    assert (github.enabled("nara-ink"), github.open("nara-ink")) == (True, True)
    assert github.run(list_deferred).rows == ()
    assert "applied" in github.comment(pull.number)


def test_one_story_from_a_branch_to_an_apply_at_one_in_the_night(fleet):
    pull = fleet.opened("feature", {"shops/nara-ink.yaml": manifest("nara-ink", "b", enabled=True)})
    plan = fleet.run(plan_pull_request, PullRequestPlanRequest(), job=fleet.pull_job(pull.number))
    assert [leaf.shop for leaf in plan.plan.leaves] == ["nara-ink"]
    assert fleet.run(check_approvals, CheckRequest(), job=fleet.pull_job(pull.number)).exit_code is ExitCode.DONE
    fleet.world.merge(pull.number)
    assert fleet.run(apply_merged, APPLY).outcomes == {"nara-ink": "deferred"}
    fleet.at(fleet.clock.now().replace(hour=16, minute=0))
    night = fleet.run(apply_merged, APPLY)
    assert (night.outcomes, night.diagnostics) == ({"nara-ink": "applied"}, ())
    assert (fleet.email("nara-ink"), fleet.enabled("nara-ink"), fleet.open("nara-ink")) == (
        "b@nara-ink.example",
        True,
        True,
    )


def test_a_deferred_apply_expires_with_its_approval(github):
    pull = github.merged("feature", {"shops/nara-ink.yaml": manifest("nara-ink", "a", enabled=True)})
    github.run(apply_merged, APPLY)
    github.at(github.clock.now().replace(hour=16, minute=0) + timedelta(days=8))
    result = github.run(apply_merged, APPLY)
    assert (result.exit_code, codes_of(result), github.writes) == (ExitCode.REFUSED, ["approval-expired"], [])
    assert "C302" in github.comment(pull.number)
    assert github.run(apply_merged, APPLY).decisions == ()


def test_a_dropped_apply_is_not_applied_in_its_window(github):
    github.merged("feature", {"shops/nara-ink.yaml": manifest("nara-ink", "a", enabled=True)})
    github.run(apply_merged, APPLY)
    (row,) = github.run(drop_deferred, ("nara-*",)).rows
    assert row[2].key == "dropped"
    github.at(github.clock.now().replace(hour=16, minute=0))
    result = github.run(apply_merged, APPLY)
    assert (codes_of(result), github.writes) == (["dropped-apply"], [])
    missing = github.run(drop_deferred, ("nara-*",))
    assert [each.code.slug for each in missing.diagnostics] == ["not-deferred"]


def test_what_was_dropped_stays_dropped_whatever_the_shop_was_meanwhile(github):
    github.merged("feature", {"shops/nara-ink.yaml": manifest("nara-ink", "a", enabled=True)})
    github.run(apply_merged, APPLY)
    github.run(drop_deferred, ("nara-ink",))
    github.edit("nara-ink", notificationEmail="private@nara-ink.example")
    assert codes_of(github.run(apply_merged, APPLY)) == ["other-leaf"]
    github.edit("nara-ink", notificationEmail="a@nara-ink.example")
    github.at(github.clock.now().replace(hour=16, minute=0))
    assert codes_of(github.run(apply_merged, APPLY)) == ["dropped-apply"]
    assert github.writes == []


def test_a_deferred_shop_that_is_not_managed_any_more_holds_up_no_other(github):
    github.merged("feature", {"shops/nara-ink.yaml": manifest("nara-ink", "a", enabled=True)})
    github.run(apply_merged, APPLY)
    github.merged("gone", {"shops/nara-ink.yaml": None, **files_of(kyoto_tea="b")})
    result = github.run(apply_merged, APPLY)
    assert (result.exit_code, result.outcomes) == (ExitCode.DONE, {"kyoto-tea": "applied"})
    github.later(days=8)
    github.run(apply_merged, APPLY)
    assert github.run(list_deferred).rows == ()


def test_a_commit_that_was_also_merged_elsewhere_belongs_to_the_pull_request_of_the_branch(fleet):
    fleet.world.remote.commit("release", {"README.md": "1"})
    fleet.world.remote.commit("feature", files_of(kyoto_tea="b"))
    fleet.world.remote.commit("feature", files_of(uji_cups="b"))
    elsewhere, here = fleet.world.open_pull("feature", base_branch="release"), fleet.world.open_pull("feature")
    fleet.plan(here.number)
    fleet.world.merge(elsewhere.number)
    fleet.world.merge(here.number, "fast-forward")
    assert fleet.run(apply_merged, APPLY).outcomes == {"kyoto-tea": "applied", "uji-cups": "applied"}


def test_a_run_for_deferred_shops_leaves_the_others(github):
    github.merged("night", {"shops/nara-ink.yaml": manifest("nara-ink", "a", enabled=True)})
    github.run(apply_merged, APPLY)
    github.merged("day", files_of(kyoto_tea="b"))
    github.at(github.clock.now().replace(hour=16, minute=0))
    result = github.run(apply_merged, MergedApplyRequest(deferred_only=True))
    assert result.outcomes == {"nara-ink": "applied"}
    assert github.email("kyoto-tea") == "a@kyoto-tea.example"


def test_a_reverted_change_is_applied_back_although_the_file_is_as_before(github):
    github.merged("there", files_of(kyoto_tea="b"))
    github.run(apply_merged, APPLY)
    github.later(hours=1)
    github.merged("back", files_of(kyoto_tea="a"))
    assert github.run(apply_merged, APPLY).outcomes == {"kyoto-tea": "applied"}
    assert github.email("kyoto-tea") == "a@kyoto-tea.example"


def test_a_forge_that_does_not_answer_approves_nothing(github):
    github.merged("feature", files_of(kyoto_tea="b"))
    github.server.faults.append(Fault(method="GET", path="/pulls", status=503, times=50))
    result = github.run(apply_merged, APPLY)
    assert result.exit_code is ExitCode.ERROR
    assert github.writes == []


def test_a_file_that_is_not_committed_stops_the_job(github):
    github.merged("feature", files_of(kyoto_tea="b"))
    job = github.push_job()
    (job.clone / "shops" / "uji-cups.yaml").write_text(manifest("uji-cups", "c"))
    with pytest.raises(Exception, match="Uncommitted changes in the work tree: uji-cups"):
        github.run(apply_merged, APPLY, job=job)
    assert github.writes == []
