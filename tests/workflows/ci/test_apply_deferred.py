"""Deferred applies without a CI job: only what was approved, only in its window, once, and reported by the next job."""

from datetime import timedelta

import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.ports import BackendError
from reconciler.workflows.ci.apply import MergedApplyRequest, apply_merged
from reconciler.workflows.ci.apply_deferred import DeferredApplyRequest, apply_deferred
from reconciler.workflows.ci.deferred import drop_deferred, list_deferred
from reconciler.workflows.ci.deferred_windows import deferred_windows
from tests.support.forge.http import Fault
from tests.support.forge.merged_fleet import files_of, manifest, merged_fleet

pytestmark = pytest.mark.system

APPLY = MergedApplyRequest()
DEFERRED = DeferredApplyRequest()
NIGHT = {"hour": 16, "minute": 0, "second": 0, "microsecond": 0}
"""In UTC: one o'clock in Tokyo, when the window opens."""
ENABLED = {"shops/nara-ink.yaml": manifest("nara-ink", "a", enabled=True)}


@pytest.fixture
def fleet(tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")
    with merged_fleet(tmp_path / "fleet") as made:
        yield made


@pytest.fixture
def waiting(fleet):
    """One shop is deferred. Returns the fleet and the pull request."""
    pull = fleet.merged("feature", ENABLED)
    assert fleet.run(apply_merged, APPLY).outcomes == {"nara-ink": "deferred"}
    return fleet, pull


def codes_of(result) -> list[str]:
    return [reason.code.slug for decision in result.decisions for reason in decision.reasons]


def state_of(fleet) -> list[str]:
    return [row[2].key for row in fleet.run(list_deferred).rows]


def window_of(fleet) -> object:
    (row,) = fleet.run(list_deferred).rows
    return row[5] if row[5] is None or isinstance(row[5], str) else row[5].key


def test_it_is_applied_in_the_window_without_the_forge_and_reported_by_the_next_job(waiting):
    fleet, pull = waiting
    fleet.at(fleet.clock.now().replace(**NIGHT))
    fleet.server.faults += [Fault(method=method, path=".*", status=503) for method in ("GET", "POST", "PATCH")]
    night = fleet.run(apply_deferred, DEFERRED)
    assert [fault.times for fault in fleet.server.faults] == [1, 1, 1], "the forge was not asked"
    fleet.server.faults.clear()
    assert (night.exit_code, night.outcomes) == (ExitCode.DONE, {"nara-ink": "applied"})
    assert (fleet.enabled("nara-ink"), fleet.open("nara-ink")) == (True, True)
    assert state_of(fleet) == ["applied"]
    assert "deferred" in fleet.comment(pull.number)
    written = len(fleet.writes)
    job = fleet.run(apply_merged, APPLY)
    assert (job.exit_code, job.outcomes) == (ExitCode.DONE, {"nara-ink": "applied-in-window"})
    assert night.applied.run in str(job.decisions[0].reasons[0].summary)
    assert (night.applied.run in fleet.comment(pull.number), len(fleet.writes)) == (True, written)
    assert state_of(fleet) == []
    assert fleet.run(apply_merged, APPLY).outcomes == {"nara-ink": "done"}


def test_a_job_that_came_first_leaves_nothing_to_do(waiting):
    fleet, pull = waiting
    fleet.at(fleet.clock.now().replace(**NIGHT))
    assert fleet.run(apply_merged, APPLY).outcomes == {"nara-ink": "applied"}
    written, comment = len(fleet.writes), fleet.comment(pull.number)
    night = fleet.run(apply_deferred, DEFERRED)
    assert (night.exit_code, night.decisions) == (ExitCode.DONE, ())
    fleet.run(apply_merged, APPLY)
    assert (len(fleet.writes), fleet.comment(pull.number)) == (written, comment)


@pytest.mark.parametrize("first", [apply_merged, apply_deferred])
def test_both_at_once_apply_once(waiting, first):
    """The other one runs as a whole when the first one is about to send its first write."""
    fleet, pull = waiting
    fleet.at(fleet.clock.now().replace(**NIGHT))
    requests = {apply_merged: APPLY, apply_deferred: DEFERRED}
    second = apply_deferred if first is apply_merged else apply_merged
    between = []

    def other_one(_write):
        fleet.before_write = lambda _write: None
        between.append(fleet.run_in_thread(second, requests[second]))

    fleet.before_write = other_one
    result = fleet.run(first, requests[first])
    assert result.outcomes == {"nara-ink": "applied"}
    assert between[0].outcomes["nara-ink"] in ("refused", "failed", "skipped", "unchanged")
    closings = [
        change for change in fleet.trail("nara-ink") if change["field"] == "status" and change["to"] == "CLOSED"
    ]
    assert (len(closings), fleet.enabled("nara-ink"), fleet.open("nara-ink")) == (1, True, True)
    fleet.run(apply_merged, APPLY)
    assert "applied" in fleet.comment(pull.number)
    assert state_of(fleet) == []


def test_a_shop_that_changed_since_is_held_and_stays_deferred(waiting):
    fleet, _ = waiting
    fleet.edit("nara-ink", notificationEmail="private@nara-ink.example")
    fleet.at(fleet.clock.now().replace(**NIGHT))
    result = fleet.run(apply_deferred, DEFERRED)
    assert (result.exit_code, codes_of(result), fleet.writes) == (ExitCode.REFUSED, ["other-leaf"], [])
    assert state_of(fleet) == ["deferred"]
    fleet.edit("nara-ink", notificationEmail="a@nara-ink.example")
    assert fleet.run(apply_deferred, DEFERRED).outcomes == {"nara-ink": "applied"}


def test_a_newer_manifest_that_nobody_approved_is_held(waiting):
    fleet, _ = waiting
    fleet.world.remote.commit("main", {"shops/nara-ink.yaml": manifest("nara-ink", "c", enabled=True)})
    fleet.at(fleet.clock.now().replace(**NIGHT))
    result = fleet.run(apply_deferred, DEFERRED)
    assert (result.exit_code, codes_of(result), fleet.writes) == (ExitCode.REFUSED, ["other-leaf"], [])


def test_a_failure_keeps_it_and_the_rest_is_applied_later(waiting):
    fleet, _ = waiting
    fleet.at(fleet.clock.now().replace(**NIGHT))

    def killed(write):
        if write.kind == "amazon_settings":
            raise KeyboardInterrupt

    fleet.before_write = killed
    with pytest.raises(BaseExceptionGroup):
        fleet.run(apply_deferred, DEFERRED)
    fleet.before_write = lambda _write: None
    assert state_of(fleet) == ["deferred"]
    fleet.later(minutes=10)
    assert fleet.run(apply_deferred, DEFERRED).outcomes == {"nara-ink": "applied"}
    assert (fleet.enabled("nara-ink"), fleet.open("nara-ink")) == (True, True)


def test_a_backend_that_does_not_answer_is_an_error_and_keeps_it(waiting):
    fleet, _ = waiting
    fleet.at(fleet.clock.now().replace(**NIGHT))
    fleet.maintenance(on=True)
    with pytest.raises(BackendError):
        fleet.run(apply_deferred, DEFERRED)
    fleet.maintenance(on=False)
    assert fleet.run(apply_deferred, DEFERRED).outcomes == {"nara-ink": "applied"}


def test_outside_the_window_nothing_is_asked_of_the_backend(waiting):
    fleet, _ = waiting
    fleet.maintenance(on=True)
    result = fleet.run(apply_deferred, DEFERRED)
    assert (result.exit_code, result.outcomes, codes_of(result)) == (
        ExitCode.DONE,
        {"nara-ink": "deferred"},
        ["outside-window"],
    )


def test_a_window_that_is_allowed_to_be_ignored(waiting):
    fleet, _ = waiting
    request = DeferredApplyRequest(allowed=(("outside-window", "nara-*"),))
    assert fleet.run(apply_deferred, request).outcomes == {"nara-ink": "applied"}


def test_what_was_dropped_or_expired_is_not_applied(waiting):
    fleet, _ = waiting
    fleet.run(drop_deferred, ("nara-ink",))
    fleet.at(fleet.clock.now().replace(**NIGHT))
    assert fleet.run(apply_deferred, DEFERRED).decisions == ()
    named = fleet.run(apply_deferred, DeferredApplyRequest(shops=("nara-*",)))
    assert (named.exit_code, codes_of(named), fleet.writes) == (ExitCode.REFUSED, ["dropped-apply"], [])


def test_an_approval_that_expired_is_not_applied(waiting):
    fleet, _ = waiting
    fleet.at(fleet.clock.now().replace(**NIGHT) + timedelta(days=8))
    assert fleet.run(apply_deferred, DEFERRED).decisions == ()
    named = fleet.run(apply_deferred, DeferredApplyRequest(shops=("nara-ink",)))
    assert (named.exit_code, codes_of(named), fleet.writes) == (ExitCode.REFUSED, ["approval-expired"], [])


def test_a_shop_that_is_not_deferred_is_an_error(waiting):
    fleet, _ = waiting
    result = fleet.run(apply_deferred, DeferredApplyRequest(shops=("nara-ink", "uji-*")))
    assert [each.code.slug for each in result.diagnostics] == ["not-deferred"]


def test_what_a_person_applied_meanwhile_is_reported_by_the_next_job(waiting):
    fleet, pull = waiting
    fleet.edit("nara-ink", storefront="CLOSED")
    fleet.edit("nara-ink", useAmazon=True)
    fleet.edit("nara-ink", storefront="OPEN")
    fleet.at(fleet.clock.now().replace(**NIGHT))
    assert fleet.run(apply_deferred, DEFERRED).outcomes == {"nara-ink": "done"}
    assert state_of(fleet) == ["applied"]
    fleet.run(apply_merged, APPLY)
    assert "Nothing was left to be applied" in fleet.comment(pull.number)
    assert (state_of(fleet), fleet.writes) == ([], [])


def test_a_report_that_the_forge_did_not_take_is_sent_by_the_job_after(waiting):
    fleet, pull = waiting
    fleet.at(fleet.clock.now().replace(**NIGHT))
    fleet.run(apply_deferred, DEFERRED)
    fleet.server.faults.append(Fault(method="PATCH", path=".*comments.*", status=403, times=100))
    fleet.run(apply_merged, APPLY)
    assert state_of(fleet) == ["applied"]
    fleet.server.faults.clear()
    fleet.run(apply_merged, APPLY)
    assert ("applied in its window" in fleet.comment(pull.number), state_of(fleet)) == (True, [])


def test_a_shop_with_a_newer_change_gets_two_reports(waiting):
    fleet, pull = waiting
    fleet.at(fleet.clock.now().replace(**NIGHT))
    fleet.run(apply_deferred, DEFERRED)
    newer = fleet.merged("newer", {"shops/nara-ink.yaml": manifest("nara-ink", "c", enabled=True)})
    assert fleet.run(apply_merged, APPLY).outcomes == {"nara-ink": "applied"}
    assert "applied in its window" in fleet.comment(pull.number)
    assert "applied in its window" not in fleet.comment(newer.number)
    assert fleet.email("nara-ink") == "c@nara-ink.example"


def test_the_windows_of_what_is_deferred(waiting):
    fleet, _ = waiting
    noon = fleet.clock.now()
    opens = noon.replace(**NIGHT)
    assert (fleet.run(deferred_windows).open, fleet.run(deferred_windows).next_opening) == (frozenset(), opens)
    assert window_of(fleet) == opens.strftime("%Y-%m-%dT%H:%M:%SZ")
    fleet.at(opens - timedelta(seconds=1))
    assert fleet.run(deferred_windows).open == frozenset()
    assert fleet.run(apply_deferred, DEFERRED).outcomes == {"nara-ink": "deferred"}
    fleet.at(opens)
    assert fleet.run(deferred_windows).open == {"nara-ink"}
    assert window_of(fleet) == "open"
    fleet.at(opens + timedelta(hours=4) - timedelta(seconds=1))
    assert fleet.run(deferred_windows).open == {"nara-ink"}
    fleet.at(opens + timedelta(hours=4))
    assert fleet.run(deferred_windows).open == frozenset()
    assert fleet.run(deferred_windows).next_opening == opens + timedelta(days=1)


def test_nothing_is_deferred_without_a_store(fleet):
    fleet.forget()
    assert fleet.run(apply_deferred, DEFERRED).decisions == ()
    assert fleet.run(deferred_windows).next_opening is None


def test_only_what_is_deferred_is_applied(waiting):
    fleet, _ = waiting
    fleet.merged("day", files_of(kyoto_tea="b"))
    fleet.at(fleet.clock.now().replace(**NIGHT))
    assert fleet.run(apply_deferred, DEFERRED).outcomes == {"nara-ink": "applied"}
    assert fleet.written_shops == ["nara-ink"]
