"""A maintenance window is checked again right before a shop is closed: the plan may be hours old."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.model.state import MaintenancePolicy
from reconciler.core.planning.guards import AllowList, in_window
from reconciler.core.planning.plan import Plan
from reconciler.core.planning.waves import assign_waves, parse_waves
from reconciler.core.results.exit_status import exit_code_for_report
from reconciler.core.runs.events import ShopStarted, StepStarted
from reconciler.core.runs.report import Report
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc, parse_utc
from reconciler.workflows.execution.run import apply
from reconciler.workflows.execution.waves import Rollout
from reconciler.workflows.maintenance_window import minutes_of_day, window_times
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


def times(window: tuple[int, int] | None, now: str, zone: str = "Asia/Tokyo") -> tuple[bool, str | None]:
    found = window_times(MaintenancePolicy(window=window, time_zone=zone), parse_utc(now))
    return found.open, None if found.opens is None else format_utc(found.opens)


def at(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute


@pytest.mark.parametrize(
    ("window", "now", "expected"),
    [
        ((at(1), at(5)), "2026-11-28T15:59:59Z", (False, "2026-11-28T16:00:00Z")),
        ((at(1), at(5)), "2026-11-28T16:00:00Z", (True, "2026-11-29T16:00:00Z")),
        ((at(1), at(5)), "2026-11-28T19:59:59Z", (True, "2026-11-29T16:00:00Z")),
        ((at(1), at(5)), "2026-11-28T20:00:00Z", (False, "2026-11-29T16:00:00Z")),
        ((at(23), at(2)), "2026-11-28T13:59:59Z", (False, "2026-11-28T14:00:00Z")),
        ((at(23), at(2)), "2026-11-28T15:00:00Z", (True, "2026-11-29T14:00:00Z")),
        ((at(23), at(2)), "2026-11-28T16:59:59Z", (True, "2026-11-29T14:00:00Z")),
        ((at(23), at(2)), "2026-11-28T17:00:00Z", (False, "2026-11-29T14:00:00Z")),
        ((at(3), at(3)), "2026-11-28T18:00:00Z", (False, None)),
        (None, "2026-11-28T18:00:00Z", (True, None)),
    ],
)
def test_a_window_at_its_edges_and_over_midnight(window, now: str, expected: tuple) -> None:
    assert times(window, now) == expected


@pytest.mark.parametrize(
    ("window", "now", "expected"),
    [
        # The clock goes from 02:00 to 03:00 on 29 March 2026: a window from 02:30 opens with 03:00.
        ((at(2, 30), at(5)), "2026-03-29T00:59:59Z", (False, "2026-03-29T01:00:00Z")),
        ((at(2, 30), at(5)), "2026-03-29T01:00:00Z", (True, "2026-03-30T00:30:00Z")),
        # One within the hour that does not exist opens on the next day.
        ((at(2, 15), at(2, 45)), "2026-03-29T00:00:00Z", (False, "2026-03-30T00:15:00Z")),
        # It goes from 03:00 back to 02:00 on 25 October 2026: the window opens twice.
        ((at(2, 15), at(2, 45)), "2026-10-25T00:00:00Z", (False, "2026-10-25T00:15:00Z")),
        ((at(2, 15), at(2, 45)), "2026-10-25T00:45:00Z", (False, "2026-10-25T01:15:00Z")),
        ((at(2, 15), at(2, 45)), "2026-10-25T01:45:00Z", (False, "2026-10-26T01:15:00Z")),
    ],
)
def test_a_window_where_the_clock_is_set(window, now: str, expected: tuple) -> None:
    assert times(window, now, "Europe/Berlin") == expected


@pytest.mark.parametrize(
    ("window", "now", "zone", "closes"),
    [
        ((at(1), at(5)), "2026-11-28T15:59:59Z", "Asia/Tokyo", "2026-11-28T20:00:00Z"),
        ((at(1), at(5)), "2026-11-28T19:59:59Z", "Asia/Tokyo", "2026-11-28T20:00:00Z"),
        ((at(1), at(5)), "2026-11-28T20:00:00Z", "Asia/Tokyo", "2026-11-29T20:00:00Z"),
        ((at(2, 15), at(2, 45)), "2026-10-25T00:50:00Z", "Europe/Berlin", "2026-10-25T01:45:00Z"),
        ((at(3), at(3)), "2026-11-28T18:00:00Z", "Asia/Tokyo", None),
        (None, "2026-11-28T18:00:00Z", "Asia/Tokyo", None),
    ],
)
def test_it_closes_where_the_open_or_else_the_next_window_ends(window, now: str, zone: str, closes: str | None) -> None:
    found = window_times(MaintenancePolicy(window=window, time_zone=zone), parse_utc(now))
    assert found.closes == (None if closes is None else parse_utc(closes))


@given(
    st.tuples(st.integers(0, 1439), st.integers(0, 1439)),
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
    st.integers(0, 366 * 86_400),
)
def test_it_opens_when_the_guard_lets_pass_and_not_a_minute_before(window, zone: str, seconds: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    found = window_times(MaintenancePolicy(window=window, time_zone=zone), moment)

    def passes(when: datetime) -> bool:
        return in_window(window, minutes_of_day(when, [zone])[zone])

    assert found.open == passes(moment)
    if found.closes is not None:
        assert (passes(found.closes - timedelta(minutes=1)), passes(found.closes)) == (True, False)
        assert moment < found.closes
        assert found.opens is None or (found.closes < found.opens) == found.open
    if found.opens is not None:
        assert moment < found.opens
        assert (passes(found.opens - timedelta(minutes=1)), passes(found.opens)) == (False, True)
        steps = range(1, int((found.opens - moment) / timedelta(minutes=1)))
        states = [passes(moment + timedelta(minutes=number)) for number in steps]
        assert not any(after and not before for before, after in pairwise(states))
