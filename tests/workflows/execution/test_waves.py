"""An apply in waves: one after the other, halted by failures, and continued with the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import anyio.lowlevel
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.failure_limit import FailureLimit
from reconciler.core.planning.plan import Plan, StepKind
from reconciler.core.planning.waves import assign_waves, parse_waves
from reconciler.core.results.exit_status import exit_code_for_report
from reconciler.core.runs.events import (
    RunFinished,
    ShopFinished,
    ShopStarted,
    StepDone,
    WaveFinished,
    WaveSoaking,
    WaveStarted,
)
from reconciler.core.runs.report import Report, ShopOutcome, fold
from reconciler.core.values import ShopKey
from reconciler.ports import SetupError
from reconciler.ports.notifications import NotificationSource, NotificationStats
from reconciler.workflows.drift.notifications import NotificationProbe
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.run import apply
from reconciler.workflows.execution.waves import Rollout
from tests.support.auto_clock import elapsed
from tests.support.example_worlds import Memory, apply_context, going_live, opening, together
from tests.support.fake_backend import Fault, unreachable
from tests.support.strategies import World

SHOPS = tuple("abcdefghij")
CANARIES = ("a", "b")
START = datetime(2026, 4, 1, tzinfo=UTC)
PATIENCE = timedelta(minutes=5)


class Quick:
    """A clock whose time passes when a task waits for it; scheduled events then happen. A task that renews a lease
    waits forever.
    """

    def __init__(self) -> None:
        self.time = START
        self.meanwhile = lambda: None

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return elapsed(self.time)

    async def sleep(self, seconds: float) -> None:
        if seconds > 1:
            await anyio.sleep_forever()
        self.time += timedelta(seconds=seconds)
        self.meanwhile()
        await anyio.lowlevel.checkpoint()


def fleet() -> tuple[World, Plan]:
    world = together(*(going_live(key) for key in SHOPS))
    plan = world.plan()
    labelled = (replace(shop, labels=(("wave", "canary"),)) if shop.shop in CANARIES else shop for shop in plan.shops)
    return world, replace(plan, shops=tuple(labelled))


def course(plan: Plan, words: str = "canary,50%,100%", **more) -> Rollout:
    return Rollout(waves=assign_waves(plan, parse_waves(words)), **more)


def run(world: World, plan: Plan, way: Rollout, **more) -> tuple[Report, Memory]:
    journal = Memory()
    given = {"clock": Quick(), "course": way} | more
    return anyio.run(apply, plan, apply_context(world.backend, journal, **given)), journal


def started_shops(journal: Memory) -> list[str]:
    return [event.shop for event in journal.events if isinstance(event, ShopStarted)]


def of_wave(journal: Memory, number: int) -> set[str]:
    """The shops that were started in that wave."""
    events = journal.events
    starts = [at for at, event in enumerate(events) if isinstance(event, WaveStarted)] + [len(events)]
    return {event.shop for event in events[starts[number - 1] : starts[number]] if isinstance(event, ShopStarted)}


def failing(world: World, shop: str) -> None:
    """Its first write is refused; the next run finds the backend well again."""
    world.backend.faults.append(Fault(shop=ShopKey(shop), at=0, refused=unreachable()))


def test_the_waves_are_taken_one_after_the_other():
    world, plan = fleet()
    report, journal = run(world, plan, course(plan))
    assert of_wave(journal, 1) == set(CANARIES)
    assert [len(of_wave(journal, number)) for number in (1, 2, 3)] == [2, 3, 5]
    assert [wave.passed for wave in report.waves] == [True, True, True]
    assert exit_code_for_report(report) is ExitCode.DONE
    open_waves = 0
    for event in journal.events:
        open_waves += isinstance(event, WaveStarted) - isinstance(event, WaveFinished)
        assert open_waves in (0, 1)


def test_a_wave_in_which_a_shop_fails_is_the_last():
    world, plan = fleet()
    failing(world, "a")
    report, journal = run(world, plan, course(plan))
    assert set(started_shops(journal)) <= set(CANARIES)
    assert [(wave.name, wave.passed) for wave in report.waves] == [("canary", False)]
    assert report.halted
    assert [why.code for why in report.findings] == [codes.HALTED]
    assert exit_code_for_report(report) is ExitCode.PARTLY
    assert report.count(ShopOutcome.SKIPPED) >= 8


def test_also_where_nothing_at_all_was_applied():
    world, plan = fleet()
    for shop in CANARIES:
        failing(world, shop)
    report, _ = run(world, plan, course(plan))
    assert not report.count(ShopOutcome.APPLIED)
    assert exit_code_for_report(report) is ExitCode.PARTLY


def test_a_wave_that_goes_wrong_ends_in_its_middle():
    world, plan = fleet()
    for shop in SHOPS:
        failing(world, shop)
    report, journal = run(world, plan, course(plan, "100%"), in_flight=1)
    assert len(started_shops(journal)) == 1
    assert report.halted


@pytest.mark.parametrize(
    ("tolerance", "passes"),
    [
        (FailureLimit(number=1), True),
        (FailureLimit(number=50, percent=True), True),
        (FailureLimit(number=49, percent=True), False),
    ],
    ids=repr,
)
def test_so_many_may_fail_as_was_said(tolerance, passes):
    world, plan = fleet()
    failing(world, "a")
    report, _ = run(world, plan, course(plan, tolerance=tolerance))
    assert [wave.passed for wave in report.waves] == ([True, True, True] if passes else [False])


def test_the_same_plan_again_continues_with_the_rest():
    world, plan = fleet()
    failing(world, "a")
    run(world, plan, course(plan))
    again = world.plan()
    _, labelled = fleet()
    of_label = {shop.shop: shop.labels for shop in labelled.shops}
    again = replace(again, shops=tuple(replace(shop, labels=of_label[shop.shop]) for shop in again.shops))
    report, journal = run(world, again, course(again))
    assert of_wave(journal, 1) == {"a"}
    assert [len(of_wave(journal, number)) for number in (2, 3)] == [3, 5]
    assert exit_code_for_report(report) is ExitCode.DONE
    assert world.plan().empty


def test_a_wave_without_work_is_passed_by_without_a_wait():
    world, plan = fleet()
    run(world, plan, course(plan))
    again = world.plan()
    report, journal = run(world, again, course(again, soak=600))
    assert report.waves == ()
    assert not any(isinstance(event, WaveSoaking) for event in journal.events)


def test_between_waves_it_waits_and_not_after_the_last():
    world, plan = fleet()
    clock = Quick()
    start = clock.now()
    _, journal = run(world, plan, course(plan, soak=600), clock=clock)
    assert [event.wave for event in journal.events if isinstance(event, WaveSoaking)] == [1, 2]
    assert clock.now() - start == timedelta(seconds=1200)


def test_a_shop_that_does_not_stay_as_it_was_written_halts_the_run():
    world, plan = fleet()
    clock = Quick()

    def undone() -> None:
        world.backend.state[ShopKey("b")].mail = "somebody-else@example.com"

    clock.meanwhile = undone
    report, journal = run(world, plan, course(plan, soak=5), clock=clock)
    assert set(started_shops(journal)) == set(CANARIES)
    assert "different from the prediction: 1" in str(report.findings[0].summary)
    assert [(why.code, why.shop) for why in report.findings[1:]] == [(codes.PREDICTION_MISS, "b")]


def test_also_one_that_cannot_be_read_whole():
    world, plan = fleet()
    clock = Quick()
    world.backend.unreadable = lambda shop, _number: {"system_parts"} if clock.now() > START and shop == "a" else ()
    report, _ = run(world, plan, course(plan, soak=5), clock=clock)
    assert [(why.code, why.shop) for why in report.findings] == [(codes.HALTED, None), (codes.UNREACHABLE, "a")]


def test_where_nothing_can_be_read_after_the_wait_the_run_halts():
    world, plan = fleet()
    clock = Quick()

    async def dark(_shops):
        raise unreachable()
        yield

    def unplugged() -> None:
        world.backend.observe = dark  # type: ignore[method-assign]  # of this backend alone

    clock.meanwhile = unplugged
    report, _ = run(world, plan, course(plan, soak=5), clock=clock)
    assert report.halted
    assert "different from the prediction: 2" in str(report.findings[0].summary)


def test_a_wish_to_stop_ends_the_wait_at_once():
    world, plan = fleet()
    clock, stop = Quick(), StopToken()
    clock.meanwhile = stop.request
    start = clock.now()
    report, journal = run(world, plan, course(plan, soak=600), clock=clock, stop=stop)
    assert clock.now() - start == timedelta(seconds=1)
    assert set(started_shops(journal)) == set(CANARIES)
    assert [wave.passed for wave in report.waves] == [None]
    assert report.interrupted
    assert isinstance(journal.events[-1], RunFinished)


class Ward:
    """Watches notifications; of `b` it knows that they fail."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def unhealthy(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Diagnostic]:
        self.asked.append(tuple(shops))
        return {
            shop: diagnostic(codes.UNREACHABLE, msg("No notification arrived after"), shop=shop)
            for shop in shops
            if shop == "b"
        }


def test_notifications_that_are_known_to_fail_halt_the_run():
    world, plan = fleet()
    ward = Ward()
    report, _ = run(world, plan, course(plan), health=ward)
    assert ward.asked == [CANARIES]
    assert "with missing notifications: 1" in str(report.findings[0].summary)


class Inbox:
    """What a sidecar's inbox remembers: captures of `a` and `b` that only polling found, and of `b` one that is too new."""

    def __init__(self, clock: Quick, *, usable: bool = True) -> None:
        self.clock = clock
        self.usable = usable
        self.asked: list[tuple[tuple[str, ...], datetime]] = []

    async def stats(self, shops: Sequence[ShopKey], since: datetime) -> Mapping[ShopKey, NotificationStats]:
        self.asked.append((tuple(shops), since))
        if not self.usable:
            raise SetupError(msg("no inbox"))
        long_ago, just_now = since + timedelta(seconds=1), self.clock.now()
        return {
            ShopKey("a"): NotificationStats(last=since, missed_captures=1, missed_since=long_ago),
            ShopKey("b"): NotificationStats(missed_captures=1, missed_since=just_now),
        }


def listening(plan: Plan, clock: Quick, **more) -> NotificationProbe:
    return NotificationProbe.for_plan(
        plan, NotificationSource(notifications=Inbox(clock, **more), clock=clock, patience=PATIENCE, memory=PATIENCE)
    )


def test_captures_without_notifications_since_the_start_of_the_run_halt_it():
    world, plan = fleet()
    clock = Quick()
    start = clock.now()
    health = listening(plan, clock)
    report, _ = run(world, plan, course(plan, soak=600), clock=clock, health=health)
    assert vars(health.ear.notifications)["asked"] == [(CANARIES, start)]
    assert [(why.code, why.shop) for why in report.findings] == [(codes.HALTED, None), (codes.SILENT, "a")]


def test_an_inbox_that_cannot_be_read_says_nothing():
    world, plan = fleet()
    clock = Quick()
    report, _ = run(world, plan, course(plan), clock=clock, health=listening(plan, clock, usable=False))
    assert exit_code_for_report(report) is ExitCode.DONE


def test_of_shops_without_an_endpoint_no_notification_is_expected():
    world = together(*(opening(key) for key in SHOPS))
    plan = world.plan()
    clock = Quick()
    health = listening(plan, clock)
    report, _ = run(world, plan, course(plan, "50%,100%"), clock=clock, health=health)
    assert vars(health.ear.notifications)["asked"] == []
    assert exit_code_for_report(report) is ExitCode.DONE


def closed_at_once(journal: Memory, plan: Plan) -> int:
    steps = {shop.shop: shop.steps for shop in plan.shops}
    most = now = 0
    for event in journal.events:
        if isinstance(event, StepDone):
            does = steps[event.shop][event.step].action
            now += (does is StepKind.CLOSE) - (does is StepKind.REOPEN)
            most = max(most, now)
    return most


@pytest.mark.parametrize("limit", [1, 3])
def test_no_more_shops_are_closed_at_a_time_than_was_said(limit):
    world, plan = fleet()
    report, journal = run(world, plan, course(plan, "100%", closed=limit))
    assert closed_at_once(journal, plan) <= limit
    assert exit_code_for_report(report) is ExitCode.DONE
    unlimited = fleet()
    _, free = run(*unlimited, course(unlimited[1], "100%"))
    assert closed_at_once(free, unlimited[1]) > limit


def test_a_plan_that_a_guard_holds_starts_no_wave():
    world, plan = fleet()
    why = diagnostic(codes.FLEET_SHARE, msg("too many"))
    report, journal = run(world, replace(plan, findings=(why,)), course(plan))
    assert started_shops(journal) == []
    assert report.waves == ()


def test_an_old_journal_gives_the_same():
    world, plan = fleet()
    failing(world, "a")
    report, journal = run(world, plan, course(plan))
    assert fold(plan, journal.events) == report
    assert sum(isinstance(event, ShopFinished) for event in journal.events) == len(started_shops(journal))
