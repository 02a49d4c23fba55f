"""`ci apply` after a merge that was applied, or half applied: drift is no refusal, the rest of an approved plan is approved."""

import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.workflows.ci.apply import MergedApplyRequest, apply_merged
from reconciler.workflows.ci.check import CheckRequest, check_approvals
from tests.support.forge.merged_fleet import files_of, manifest, merged_fleet

pytestmark = pytest.mark.system

APPLY = MergedApplyRequest()
NIGHT_FILES = {"shops/nara-ink.yaml": manifest("nara-ink", "b", enabled=True)}
_WRITES = 4
"""The address, the closing, the switch, the reopening."""
THREE_CHANGES = {
    path: text.replace("enabled: true", "enabled: true, messages: {order_area: {label: Amazon Pay}}")
    for path, text in NIGHT_FILES.items()
}
"""And a text, written after the reopening."""
INTERRUPTED = (
    "An earlier job was interrupted in nara-ink after it wrote part of the approved plan, and the present plan is not what "
    "remains of it"
)


class Killed(BaseException):
    """No `except` of the tool catches it."""


@pytest.fixture
def fleet(tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")
    with merged_fleet(tmp_path / "fleet") as made:
        yield made


def reasons_of(result) -> list[str]:
    return [reason.code.slug for decision in result.decisions for reason in decision.reasons]


def summaries_of(result) -> list[str]:
    return [str(reason.summary) for decision in result.decisions for reason in decision.reasons]


def merged(fleet, branch: str, files: dict[str, str]):
    """And some time passes: people merge later than the plan was recorded."""
    pull = fleet.merged(branch, files)
    fleet.later(minutes=5)
    return pull


def at_night(fleet) -> None:
    fleet.at(fleet.clock.now().replace(hour=16, minute=0))


def killed_job(fleet, writes: int) -> bool:
    """A job that is killed after so many writes; False if it had no more to write."""
    left = writes

    def kill(_write) -> None:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1

    fleet.before_write = kill
    try:
        fleet.run(apply_merged, APPLY)
    except Killed:
        return True
    except BaseExceptionGroup as group:
        if group.subgroup(Killed) is None:
            raise
        return True
    finally:
        fleet.before_write = lambda _write: None
    return False


# A merge that was applied.


@pytest.mark.parametrize("email", ["private", "a"])
def test_a_change_at_the_backend_after_the_apply_is_drift(fleet, email):
    """Also one to the value from before: an applied merge is not applied once more."""
    pull = merged(fleet, "feature", files_of(kyoto_tea="b"))
    fleet.run(apply_merged, APPLY)
    comment = fleet.comment(pull.number)
    fleet.later(hours=1)
    fleet.edit("kyoto-tea", notificationEmail=f"{email}@kyoto-tea.example")
    written = len(fleet.writes)
    result = fleet.run(apply_merged, APPLY)
    assert (result.exit_code, result.outcomes) == (ExitCode.DONE, {"kyoto-tea": "drifted"})
    assert (reasons_of(result), len(fleet.writes)) == (["drifted-since"], written)
    assert fleet.comment(pull.number) == comment
    assert fleet.run(check_approvals, CheckRequest()).exit_code is ExitCode.DONE


def test_drift_of_a_field_that_the_merge_did_not_touch_is_drift(fleet):
    merged(fleet, "feature", files_of(kyoto_tea="b"))
    fleet.run(apply_merged, APPLY)
    fleet.edit("kyoto-tea", notificationEmail="private@kyoto-tea.example")
    fleet.later(days=1)
    merged(fleet, "other", files_of(uji_cups="b"))
    result = fleet.run(apply_merged, APPLY)
    assert (result.exit_code, result.outcomes) == (ExitCode.DONE, {"kyoto-tea": "drifted", "uji-cups": "applied"})


def test_drift_is_known_although_the_job_that_applied_was_killed_afterwards(fleet):
    merged(fleet, "feature", files_of(kyoto_tea="b"))
    fleet.run(apply_merged, APPLY)
    merged(fleet, "next", files_of(uji_cups="b"))
    assert killed_job(fleet, 0)
    fleet.edit("kyoto-tea", notificationEmail="private@kyoto-tea.example")
    assert fleet.run(apply_merged, APPLY).outcomes == {"kyoto-tea": "drifted", "uji-cups": "applied"}


def test_drift_is_no_expired_approval(fleet):
    pull = fleet.reviewed("feature", files_of(kyoto_tea="b"))
    fleet.later(days=6)
    fleet.world.merge(pull.number)
    fleet.run(apply_merged, APPLY)
    fleet.edit("kyoto-tea", notificationEmail="private@kyoto-tea.example")
    fleet.later(days=2)
    assert fleet.run(apply_merged, APPLY).outcomes == {"kyoto-tea": "drifted"}


def test_a_merge_that_was_never_applied_is_refused(fleet):
    """The very same plan was applied before, for another pull request."""
    merged(fleet, "first", files_of(kyoto_tea="b"))
    fleet.run(apply_merged, APPLY)
    fleet.later(hours=1)
    fleet.edit("kyoto-tea", notificationEmail="a@kyoto-tea.example")
    text = manifest("kyoto-tea", "b") + "# the address is ours\n"
    pull = merged(fleet, "again", {"shops/kyoto-tea.yaml": text})
    fleet.edit("kyoto-tea", notificationEmail="private@kyoto-tea.example")
    result = fleet.run(apply_merged, APPLY)
    assert (result.exit_code, reasons_of(result)) == (ExitCode.REFUSED, ["other-leaf"])
    assert "refused" in fleet.comment(pull.number)


def test_without_the_store_nobody_knows_that_it_is_drift(fleet):
    merged(fleet, "feature", files_of(kyoto_tea="b", uji_cups="b"))
    fleet.run(apply_merged, APPLY)
    fleet.forget()
    fleet.edit("kyoto-tea", notificationEmail="private@kyoto-tea.example")
    result = fleet.run(apply_merged, APPLY)
    assert (result.exit_code, reasons_of(result)) == (ExitCode.REFUSED, ["no-leaves"])


# A job that was killed in the middle of a shop.


@pytest.mark.parametrize("writes", range(_WRITES + 1))
def test_the_rest_of_an_approved_plan_is_applied(fleet, writes):
    merged(fleet, "feature", NIGHT_FILES)
    at_night(fleet)
    assert killed_job(fleet, writes) is (writes < _WRITES)
    fleet.later(minutes=30)
    result = fleet.run(apply_merged, APPLY)
    assert result.exit_code is ExitCode.DONE, result.rows
    assert (fleet.email("nara-ink"), fleet.enabled("nara-ink")) == ("b@nara-ink.example", True)
    assert fleet.open("nara-ink")
    fleet.edit("nara-ink", notificationEmail="private@nara-ink.example")
    again = fleet.run(apply_merged, APPLY)
    assert (again.exit_code, again.outcomes) == (ExitCode.DONE, {"nara-ink": "drifted"})


def test_the_rest_waits_for_the_window_as_the_whole_would(fleet):
    merged(fleet, "feature", NIGHT_FILES)
    at_night(fleet)
    assert killed_job(fleet, 1)
    fleet.later(hours=8)
    assert fleet.run(apply_merged, APPLY).outcomes == {"nara-ink": "deferred"}
    at_night(fleet)
    fleet.later(days=1)
    assert fleet.run(apply_merged, APPLY).outcomes == {"nara-ink": "applied"}
    assert (fleet.enabled("nara-ink"), fleet.open("nara-ink")) == (True, True)


def test_two_jobs_may_be_killed_before_the_rest_is_applied(fleet):
    merged(fleet, "feature", NIGHT_FILES)
    at_night(fleet)
    assert killed_job(fleet, 1)
    assert killed_job(fleet, 1)
    result = fleet.run(apply_merged, APPLY)
    assert (result.exit_code, result.outcomes) == (ExitCode.DONE, {"nara-ink": "applied"})
    assert fleet.enabled("nara-ink")


@pytest.mark.parametrize("email", ["private", "a"])
def test_what_was_written_and_changed_again_is_not_the_rest(fleet, email):
    """Also where it was changed back: then the merchant undid what was approved, or a part of it."""
    pull = merged(fleet, "feature", THREE_CHANGES)
    at_night(fleet)
    assert killed_job(fleet, _WRITES)
    fleet.edit("nara-ink", notificationEmail=f"{email}@nara-ink.example")
    written = len(fleet.writes)
    result = fleet.run(apply_merged, APPLY)
    assert (result.exit_code, reasons_of(result), len(fleet.writes)) == (ExitCode.REFUSED, ["other-leaf"], written)
    assert "interrupted" in fleet.comment(pull.number)
    assert "reconciler apply nara-ink --expect" in fleet.comment(pull.number)


def test_a_merchant_who_changes_what_remains_is_not_overwritten(fleet):
    merged(fleet, "feature", THREE_CHANGES)
    at_night(fleet)
    assert killed_job(fleet, _WRITES)
    fleet.edit("nara-ink", **{"ORDER_AREA.label": "Pay"})
    written = len(fleet.writes)
    result = fleet.run(apply_merged, APPLY)
    assert (result.exit_code, summaries_of(result), len(fleet.writes)) == (ExitCode.REFUSED, [INTERRUPTED], written)


def test_without_the_store_the_rest_is_refused(fleet):
    merged(fleet, "feature", NIGHT_FILES)
    at_night(fleet)
    assert killed_job(fleet, 1)
    fleet.forget()
    result = fleet.run(apply_merged, APPLY)
    assert (result.exit_code, reasons_of(result)) == (ExitCode.REFUSED, ["no-leaves"])
