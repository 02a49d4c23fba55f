"""What a person reads to approve a plan: its fingerprint with the counts, and the leaves of its shops."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.results.plan_result import PlanResult, SavedPlanResult
from reconciler.views.common.context import RenderContext
from reconciler.views.render import render_result
from reconciler.views.text.plan import render_plan, render_plan_summary
from tests.views import samples
from tests.views.fleet.large_fleet import large_plan


def test_the_summary_is_the_first_and_the_last_line_of_the_plan(context: RenderContext) -> None:
    for plan in (samples.plan(), samples.quiet_plan(), large_plan()):
        summary = render_plan_summary(plan, context).splitlines()
        whole = render_plan(plan, context).splitlines()
        assert len(summary) == 2
        assert plan.fingerprint in summary[0]
        assert summary == [whole[0], whole[-1]]


def test_a_saved_plan_is_followed_by_the_leaf_of_each_shop(english: RenderContext) -> None:
    plan = samples.plan()
    text = render_result(SavedPlanResult(plan=plan), "text", english)
    rest = text.removeprefix(render_result(PlanResult(plan=plan), "text", english)).splitlines()
    assert rest[:2] == ["", "Leaves, for `apply --expect-leaves FILE`:"]
    assert [line.split() for line in rest[2:]] == [[leaf.shop, leaf.digest] for leaf in plan.leaves]


def test_of_a_saved_plan_of_a_fleet_the_leaves_are_shown_when_asked_for(english: RenderContext) -> None:
    plan = large_plan()
    folded = render_result(SavedPlanResult(plan=plan), "text", english)
    assert folded.splitlines()[-1] == "`--expand` shows the leaf of each shop, for `apply --expect-leaves FILE`"
    expanded = render_result(SavedPlanResult(plan=plan), "text", replace(english, expand=True)).splitlines()
    assert [line.split() for line in expanded[-len(plan.leaves) :]] == [
        [leaf.shop, leaf.digest] for leaf in plan.leaves
    ]


def test_a_saved_plan_in_which_nothing_is_to_be_approved_has_no_leaves(english: RenderContext) -> None:
    plan = samples.quiet_plan()
    assert not plan.leaves
    assert render_result(SavedPlanResult(plan=plan), "text", english) == render_plan(plan, english)
