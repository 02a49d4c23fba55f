"""Two runs apply one plan: the second gets the lease when the first is done, and has read the shop before that."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.planning.plan import Plan
from reconciler.core.runs.events import StepDone, StepStarted
from reconciler.core.runs.report import Report
from reconciler.core.values import ShopKey, StorefrontStatus
from reconciler.ports import WriteRequest
from reconciler.workflows.execution.run import apply
from tests.support.auto_clock import PassingClock
from tests.support.example_worlds import Memory, apply_context, going_live, leaving, outcomes
from tests.support.local_leases import LocalLeases
from tests.support.strategies import MAILS, World

A = ShopKey("a")


def run(world: World, plan: Plan, journal: Memory | None = None) -> Report:
    clock = PassingClock()
    return anyio.run(
        apply, plan, apply_context(world.backend, journal or Memory(), clock=clock, leases=LocalLeases(clock))
    )


def closings(writes: list[WriteRequest]) -> int:
    return sum(write.values.get("status") is StorefrontStatus.CLOSED for write in writes)


@pytest.mark.parametrize("make", [going_live, leaving])
def test_the_second_closes_no_shop_and_counts_it_as_unchanged(make) -> None:
    world = make()
    plan, journal = world.plan(), Memory()
    assert outcomes(run(world, plan)) == {"a": "applied"}
    done = list(world.backend.done)

    report = run(world, plan, journal)

    assert world.backend.done == done
    assert len(world.backend.asked) == len(done) + 1, "one write was sent, and refused"
    assert outcomes(report) == {"a": "unchanged"}
    assert [finding.code for finding in report.shops[0].findings] == [codes.ALREADY_APPLIED]
    assert [event for event in journal.events if isinstance(event, StepDone)] == []
    assert world.backend.state[A].is_open


def test_a_shop_is_not_closed_for_what_is_there_while_another_field_was_changed_back() -> None:
    """Something outside of the closure is to be written again: a new plan says so, this one is outdated."""
    world = leaving()
    plan = world.plan()
    run(world, plan)
    world.backend.state[A].texts["order_area.label"] = "changed back"
    done = list(world.backend.done)

    report = run(world, plan)

    assert world.backend.done == done
    assert outcomes(report) == {"a": "refused"}
    assert [finding.code for finding in report.shops[0].findings] == [codes.STALE]


def test_a_shop_is_closed_for_what_was_changed_back() -> None:
    """What the closure is for is to be written again, from the value that was planned from."""
    world = leaving()
    plan = world.plan()
    run(world, plan)
    world.backend.state[A].use_amazon = True
    done = len(world.backend.done)

    run(world, plan)

    assert closings(world.backend.done[done:]) == 1
    assert world.backend.state[A].is_open


def test_an_open_shop_whose_version_moved_is_closed_for_what_is_missing() -> None:
    """The merchant closed and opened it after the plan: its values are those that were planned from."""
    world = going_live()
    plan = world.plan()
    shop = world.backend.state[A]
    shop.is_open = False
    shop.is_open = True
    moved = replace(plan, shops=tuple(replace(each, versions=old_versions(each.versions)) for each in plan.shops))

    assert outcomes(run(world, moved)) == {"a": "applied"}
    assert closings(world.backend.done) == 1


def old_versions(versions: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((kind, "outdated" if kind == "storefront_status" else version) for kind, version in versions)


def test_steps_before_the_closing_that_another_run_did_do_not_lead_to_a_closing() -> None:
    """Going live writes its settings before it closes: found there, they are the sign that the plan is outdated."""
    world = going_live()
    plan = world.plan()
    run(world, plan)
    done, journal = len(world.backend.done), Memory()

    report = run(world, plan, journal)

    sent = {event.step for event in journal.events if isinstance(event, StepStarted)}
    assert sent == {0}, "only the first write was sent"
    assert len(world.backend.done) == done
    assert outcomes(report) == {"a": "unchanged"}
    assert world.backend.state[A].mail == MAILS[0]
