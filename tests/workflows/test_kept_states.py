"""What a plan keeps of the shops that it was made from: an apply compares with it what it reads again."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.core.model.selection import Selection
from reconciler.core.planning.plan import Plan
from reconciler.workflows import plan as planning
from reconciler.workflows.plan import PlanRequest, plan_changes, plan_selection
from reconciler.workflows.session import Session
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import SHOPS, Caller, open_caller, write_fleet


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    return open_caller(write_fleet(tmp_path / "fleet"))


async def plan_to_apply(session: Session) -> Plan:
    planned, _ = await plan_selection(session, Selection(), (), for_apply=True)
    return planned.plan


def kept(plan: Plan) -> int:
    return sum(shop.planned_from is not None for shop in plan.shops)


def test_an_apply_keeps_the_state_of_each_shop_that_is_to_be_written(caller: Caller) -> None:
    assert kept(caller.run(plan_to_apply)) == len(SHOPS)


def test_of_a_large_fleet_it_keeps_only_as_many_as_fit_the_memory(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_STATES_KEPT", 1)
    assert kept(caller.run(plan_to_apply)) == 1


def test_a_plan_that_is_only_shown_keeps_none(caller: Caller) -> None:
    assert kept(caller.run(plan_changes, PlanRequest()).plan) == 0
