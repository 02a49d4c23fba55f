"""A maintenance window is checked again right before a shop is closed: the plan may be hours old."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import anyio.lowlevel

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.model.state import MaintenancePolicy
from reconciler.core.planning.guards import AllowList
from reconciler.core.planning.plan import Plan
from reconciler.core.planning.waves import assign_waves, parse_waves
from reconciler.core.results.exit_status import exit_code_for_report
from reconciler.core.runs.events import ShopStarted, StepStarted
from reconciler.core.runs.report import Report
from reconciler.core.values import ShopKey
from reconciler.workflows.execution.run import apply
from reconciler.workflows.execution.waves import Rollout
from tests.support.auto_clock import elapsed
from tests.support.example_worlds import Memory, apply_context, closing, going_live, opening, outcomes, together
from tests.support.strategies import World

NIGHT = (60, 300)
"""01:00 to 05:00 in Tokyo; nine hours earlier in UTC."""
LATE = datetime(2026, 3, 31, 19, 59, tzinfo=UTC)


class Clock:
    """Time passes when a task waits, and with every read if `looking` says so. A task that renews a lease waits forever."""

    def __init__(self, now: datetime, looking: timedelta = timedelta()) -> None:
        self.time = now
        self.looking = looking

    def now(self) -> datetime:
        self.time += self.looking
        return self.time

    def monotonic(self) -> float:
        return elapsed(self.time)

    async def sleep(self, seconds: float) -> None:
        if seconds > 1:
            await anyio.sleep_forever()
        self.time += timedelta(seconds=seconds)
        await anyio.lowlevel.checkpoint()


def nightly(make: Callable[[str], World], *keys: str) -> tuple[World, Plan]:
    world = together(*(make(key) for key in keys))
    plan = world.plan()
    maintenance = MaintenancePolicy(close_shop=True, window=NIGHT, time_zone="Asia/Tokyo")
    return world, replace(plan, shops=tuple(replace(shop, maintenance=maintenance) for shop in plan.shops))


def run(world: World, plan: Plan, **more) -> tuple[Report, Memory]:
    journal = Memory()
    return anyio.run(apply, plan, apply_context(world.backend, journal, **{"allowed": AllowList()} | more)), journal


def test_a_shop_whose_window_is_over_is_refused_and_nothing_is_sent_for_it() -> None:
    world, plan = nightly(going_live, "a")
    report, journal = run(world, plan, clock=Clock(LATE + timedelta(minutes=1)))
    assert outcomes(report) == {"a": "refused"}
    (why,) = report.shops[0].findings
    assert why.code == codes.OUTSIDE_WINDOW
    assert "It is 05:00 in Asia/Tokyo" in str(why.summary)
    assert "Apply after 01:00" in str(why.hint)
    assert exit_code_for_report(report) is ExitCode.REFUSED
    assert not any(isinstance(event, ShopStarted | StepStarted) for event in journal.events)
    assert world.backend.asked == []


def test_within_it_the_shop_is_written() -> None:
    world, plan = nightly(going_live, "a")
    assert outcomes(run(world, plan, clock=Clock(LATE))[0]) == {"a": "applied"}


def test_what_was_allowed_is_allowed_on_the_way_too() -> None:
    world, plan = nightly(going_live, "a", "b")
    allowed = AllowList(entries=((codes.OUTSIDE_WINDOW.slug, "a"),))
    report, _ = run(world, plan, clock=Clock(LATE + timedelta(hours=1)), allowed=allowed)
    assert outcomes(report) == {"a": "applied", "b": "refused"}


def test_a_shop_that_its_manifest_declares_closed_is_closed_only_within_the_window() -> None:
    world, plan = nightly(closing, "a")
    report, journal = run(world, plan, clock=Clock(LATE + timedelta(hours=1)))
    assert outcomes(report) == {"a": "refused"}
    assert [why.code for why in report.shops[0].findings] == [codes.OUTSIDE_WINDOW]
    assert not any(isinstance(event, ShopStarted | StepStarted) for event in journal.events)
    assert world.backend.asked == []
    assert outcomes(run(world, plan, clock=Clock(LATE))[0]) == {"a": "applied"}


def test_a_shop_that_is_not_closed_has_no_hours() -> None:
    world, plan = nightly(opening, "a")
    assert outcomes(run(world, plan, clock=Clock(LATE + timedelta(hours=1)))[0]) == {"a": "applied"}


def test_a_window_that_ends_before_the_closing_ends_the_shop_there() -> None:
    """What is written while the shop stays open was written; it was never closed."""
    world, plan = nightly(going_live, "a")
    report, _ = run(world, plan, clock=Clock(LATE, looking=timedelta(seconds=45)))
    assert outcomes(report) == {"a": "partly"}
    assert [why.code for why in report.shops[0].findings] == [codes.OUTSIDE_WINDOW]
    shop = world.backend.state[ShopKey("a")]
    assert (shop.is_open, shop.use_amazon) == (True, False)
    assert not report.shops[0].reopened


def test_a_window_that_ends_before_the_manifests_own_closing_ends_the_shop_there() -> None:
    world, plan = nightly(closing, "a")
    report, _ = run(world, plan, clock=Clock(LATE, looking=timedelta(seconds=45)))
    assert outcomes(report) == {"a": "refused"}
    assert [why.code for why in report.shops[0].findings] == [codes.OUTSIDE_WINDOW]
    assert world.backend.state[ShopKey("a")].is_open


def test_where_the_closing_would_be_the_first_step_the_shop_is_refused() -> None:
    world, plan = nightly(going_live, "a")
    (shop,) = plan.shops
    bracket = shop.steps[shop.bracket.first :]
    first = replace(
        shop, steps=bracket, bracket=replace(shop.bracket, first=0, last=shop.bracket.last - shop.bracket.first)
    )
    report, _ = run(world, replace(plan, shops=(first,)), clock=Clock(LATE, looking=timedelta(seconds=45)))
    assert outcomes(report) == {"a": "refused"}


def test_a_wave_that_soaks_past_the_window_leaves_the_shops_of_the_next_refused() -> None:
    world, plan = nightly(going_live, "a", "b")
    course = Rollout(waves=assign_waves(plan, parse_waves("50%,100%")), soak=120)
    report, _ = run(world, plan, clock=Clock(LATE), course=course)
    (first,), (second,) = (wave.shops for wave in course.waves)
    assert outcomes(report) == {first: "applied", second: "refused"}
    assert exit_code_for_report(report) is ExitCode.PARTLY
