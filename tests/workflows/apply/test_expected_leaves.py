"""`apply --expect-leaves`: shops with an approved leaf are applied, the others are held with both leaves."""

from pathlib import Path

import pytest

from reconciler.core.approvals.leaf_list import format_leaves
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.planning.leaves import leaf_digest
from reconciler.workflows.apply.from_file import SavedPlanRequest, apply_saved_plan
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.plan import PlanRequest, plan_changes
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import SHOPS, merchant_edits, open_caller, rewrite, write_fleet


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    return write_fleet(tmp_path / "fleet")


def planned(folder: Path, out: str | None = None):
    return open_caller(folder).run(plan_changes, PlanRequest(out=None if out is None else folder / out)).plan


def applied(folder: Path, leaves: Path, *, saved: str | None = None):
    caller = open_caller(folder)
    if saved is None:
        return caller, caller.run(apply_manifests, ApplyRequest(approved=leaves))
    return caller, caller.run(apply_saved_plan, SavedPlanRequest(file=folder / saved, approved=leaves))


@pytest.mark.parametrize("saved", [None, "plan.json"])
def test_only_shops_with_an_approved_leaf_are_written(folder, saved):
    plan = planned(folder, saved)
    leaves = folder / "leaves.txt"
    leaves.write_text(format_leaves(plan.leaves[:1]))
    caller, result = applied(folder, leaves, saved=saved)
    assert caller.written_shops == {SHOPS[0]}
    assert result.outcomes == {SHOPS[0]: "applied", SHOPS[1]: "refused"}
    (held,) = result.report.shops[1].findings
    assert held.code is codes.OTHER_LEAF
    assert plan.leaves[1].digest in str(held.summary)
    assert result.exit_code is ExitCode.PARTLY


@pytest.mark.parametrize("saved", [None, "plan.json"])
def test_all_leaves_approve_the_whole_plan(folder, saved):
    leaves = folder / "leaves.txt"
    leaves.write_text(format_leaves(planned(folder, saved).leaves))
    caller, result = applied(folder, leaves, saved=saved)
    assert (caller.written_shops, result.exit_code) == (set(SHOPS), ExitCode.DONE)


def test_without_an_approved_leaf_nothing_is_written(folder):
    leaves = folder / "leaves.txt"
    leaves.write_text(f"{SHOPS[0]} {leaf_digest('another plan')}\n")
    caller, result = applied(folder, leaves)
    assert (caller.writes, result.exit_code) == ([], ExitCode.REFUSED)
    assert leaf_digest("another plan") in str(result.report.shops[0].findings[-1].expected)


def test_a_shop_that_changed_since_it_was_approved_is_held(folder):
    leaves = folder / "leaves.txt"
    leaves.write_text(format_leaves(planned(folder).leaves))
    merchant_edits(folder, SHOPS[0], notificationEmail="other@kyoto-tea.example")
    rewrite(folder, SHOPS[1], "amazon:", "amazon:\n  # the same values, another line")
    caller, result = applied(folder, leaves)
    assert caller.written_shops == {SHOPS[1]}
    assert result.outcomes == {SHOPS[0]: "refused", SHOPS[1]: "applied"}
