"""A shop is not closed for longer than allowed, with any backend: then nothing more is written, and it is reopened.

With the embedded backend, whose time is advanced by what waits for it (a client, a slow response); a task that watches
the time wakes when it has come.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from reconciler.adapters.backend import BackendConfig, HttpBackend
from reconciler.adapters.backend.http.transport import in_process
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, RequestPace, StepKind
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.events import Event, RunFinished, ShopReopened, StepDone, StepFailed, StepStarted
from reconciler.core.runs.report import Report, ShopOutcome
from reconciler.core.values import Secret, SecretRef, ShopKey, StorefrontStatus
from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.ports import BackendError
from reconciler.workflows.execution.closure import READ_TIMEOUT, REOPEN_TIMEOUT, ClosureTimeout, ClosureTimer
from reconciler.workflows.execution.run import ApplyContext, apply
from tests.adapters.store.fakes import SHOP, START, TOKEN, desired_with
from tests.support.auto_clock import elapsed
from tests.support.example_worlds import Memory, apply_context, going_live, leaving, outcomes
from tests.support.fake_backend import Fault, unreachable
from tests.support.local_leases import LocalLeases

LONGEST = 100.0
SWITCH = "PATCH", f"/shops/{SHOP}/amazon-settings"
REOPEN = "PUT", f"/shops/{SHOP}/storefront"


class Time:
    """One time for all: those who `wait` move it, those who `watch` wake when it has come."""

    def __init__(self) -> None:
        self.now = START
        self.alarms: list[tuple[datetime, anyio.Event]] = []

    async def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        for moment, alarm in self.alarms:
            if moment <= self.now:
                alarm.set()
        for _ in range(20):  # those who wake go first
            await anyio.lowlevel.checkpoint()

    async def watch(self, seconds: float) -> None:
        """Short sleeps advance the time; longer waits wake when it has come."""
        await (self.move if seconds <= 1 else self.reach)(seconds)

    async def reach(self, seconds: float) -> None:
        alarm = anyio.Event()
        self.alarms.append((self.now + timedelta(seconds=seconds), alarm))
        await alarm.wait()


class Clock:
    """A view of the time."""

    def __init__(self, time: Time, sleep: Callable) -> None:
        self.time = time
        self.sleep = sleep

    def now(self) -> datetime:
        return self.time.now

    def monotonic(self) -> float:
        return elapsed(self.time.now)


class Trickle:
    """Answers chosen requests with one byte each ten seconds, without an end."""

    def __init__(self, app, time: Time, at: Callable[[str, str], bool]) -> None:
        self.app = app
        self.time = time
        self.at = at

    async def __call__(self, scope, receive, send) -> None:
        if not self.at(scope["method"], scope["path"]):
            await self.app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await self.time.move(10)


class Backend:
    """The embedded backend with one shop, and what its requests were: method, path, when."""

    def __init__(self, folder: Path, trickles: Callable[[str, str], bool] = lambda *_: False) -> None:
        seed = {"shops": [{"shopKey": SHOP, "entitlements": {"commerceCreator": "RUNNING"}}]}
        self.application = create_app(EmbeddedConfig(database=folder / "world.db", seed=seed))
        self.world = World.of(self.application)
        self.world.ensure_client("tests", "secret")
        self.time = Time()
        self.asked: list[tuple[str, str, datetime]] = []
        self.waits: list[tuple[str, str, float]] = []
        inner = Trickle(self.application, self.time, trickles)

        async def noted(scope, receive, send) -> None:
            self.asked.append((scope["method"], scope["path"].removeprefix("/admin-api/v1"), self.time.now))
            await inner(scope, receive, send)

        self.app = noted

    def applied(self) -> tuple[Report, list[Event]]:
        return anyio.run(self._apply)

    async def _apply(self) -> tuple[Report, list[Event]]:
        asking, watching = Clock(self.time, self.time.move), Clock(self.time, self.time.watch)
        config = BackendConfig(
            base_url="http://embedded.invalid",
            client_id="tests",
            client_secret=Secret("secret", SecretRef("ref+test://client")),
            patience=1e9,
        )
        journal = Memory()
        async with HttpBackend(config, asking, in_process(self.app)) as backend:
            plan = await self._plan(backend)
            keys = iter(f"{number:08d}-0000-4000-8000-000000000000" for number in range(99))
            with anyio.fail_after(60):
                report = await apply(
                    plan,
                    ApplyContext(
                        backend=backend,
                        journal=journal,
                        new_key=lambda: next(keys),
                        leases=LocalLeases(watching),
                        clock=watching,
                        longest_closed=LONGEST,
                        on_wait=lambda shop, why, seconds: self.waits.append((shop, str(why), seconds)),
                    ),
                )
        return report, journal.events

    async def _plan(self, backend: HttpBackend) -> Plan:
        (seen,) = [one async for one in backend.observe([SHOP])]
        return build_plan([plan_shop(desired_with(SHOP, TOKEN), seen, RequestPace())])

    def when(self, method: str, path: str) -> list[datetime]:
        return [at for *what, at in self.asked if what == [method, path]]

    @property
    def is_open(self) -> bool:
        return self.world.integration(SHOP)["storefront"]["value"]["status"] == "OPEN"


def closed(backend: Backend) -> float:
    """Seconds between the closing and the last request to reopen."""
    first, *_, last = backend.when(*REOPEN)
    return (last - first).total_seconds()


def test_all_goes_well_and_the_time_is_measured(tmp_path: Path) -> None:
    backend = Backend(tmp_path)
    report, events = backend.applied()
    assert outcomes(report) == {SHOP: "applied"}
    assert report.shops[0].closed_ms == 0, "nobody waited"
    assert [event.closed_ms for event in events if isinstance(event, StepDone)].count(0) == 1


def test_endless_429_within_the_bracket_are_waited_for_as_long_as_the_shop_may_be_closed(tmp_path: Path) -> None:
    backend = Backend(tmp_path)
    backend.application.state.faults.add(
        "TOO_MANY_REQUESTS", method="PATCH", path="amazon-settings", after=1, times=10**6, retry_after=7
    )
    report, events = backend.applied()
    assert backend.is_open
    assert LONGEST <= closed(backend) < LONGEST + 10
    (shop,) = report.shops
    assert shop.reopened
    assert shop.closed_ms == pytest.approx(closed(backend) * 1000, abs=1)
    printed = next(finding for finding in shop.findings if finding.code == codes.CLOSED_TOO_LONG)
    assert "limit of 100 s" in str(printed.summary)
    assert "limits.closed_seconds" in str(printed.hint)
    started = [event.step for event in events if isinstance(event, StepStarted)]
    failed = [event.step for event in events if isinstance(event, StepFailed)]
    assert failed == started[-1:], "no write was started after it"
    assert isinstance(events[-1], RunFinished)


@pytest.mark.parametrize("what", ["the write", "the closing", "the look"])
def test_a_slow_response_is_cancelled_and_the_shop_reopened(what: str, tmp_path: Path) -> None:
    def trickles(method: str, path: str) -> bool:
        if what == "the look":
            return method == "GET" and len(backend.when(*REOPEN)) == 1
        method_of, path_of, number = (*SWITCH, 2) if what == "the write" else (*REOPEN, 1)
        return (method, path) == (method_of, f"/admin-api/v1{path_of}") and len(
            backend.when(method_of, path_of)
        ) == number

    backend = Backend(tmp_path, trickles)
    report, events = backend.applied()
    assert backend.is_open
    assert LONGEST <= closed(backend) < LONGEST + READ_TIMEOUT + 20
    (shop,) = report.shops
    assert codes.CLOSED_TOO_LONG in [finding.code for finding in shop.findings]
    assert [event for event in events if isinstance(event, ShopReopened)]
    assert shop.outcome is ShopOutcome.UNKNOWN if what != "the look" else shop.outcome is ShopOutcome.PARTLY


def test_a_slow_reopening_is_retried_and_then_reported_as_left_closed(tmp_path: Path) -> None:
    backend = Backend(tmp_path, lambda method, path: method == "PUT" and len(backend.when(*REOPEN)) > 1)
    report, _ = backend.applied()
    (shop,) = report.shops
    assert shop.outcome is ShopOutcome.LEFT_CLOSED
    assert shop.closed_ms is None, "it still is"
    assert len(backend.when(*REOPEN)) > 3
    assert backend.waits == [(SHOP, f"no answer within {REOPEN_TIMEOUT:.0f} s", LONGEST)], "people hear of it once"
    assert LONGEST <= closed(backend) < LONGEST + 2 * (REOPEN_TIMEOUT + 2 * READ_TIMEOUT) + LONGEST


# The same with the model, with any clock.


class Leaping:
    """A clock that advances by a given time after each recorded event."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return elapsed(self.time)

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep_forever()


class Slow(Memory):
    """A journal after whose `event` a long time has passed."""

    def __init__(self, clock: Leaping, when: Callable[[Event], bool], passing: float) -> None:
        super().__init__()
        self.clock = clock
        self.passing = passing
        self.when = when

    async def record(self, event: Event) -> None:
        await super().record(event)
        if self.when(event):
            self.clock.time += timedelta(seconds=self.passing)


def slow(world, at: StepKind, *faults: Fault, clock: Leaping | None = None, passing: float = LONGEST):
    clock, plan = clock or Leaping(), world.plan()
    step = next(number for number, one in enumerate(plan.shops[0].steps) if one.action is at)
    journal = Slow(clock, lambda event: isinstance(event, StepDone) and event.step == step, passing)
    world.backend.faults.extend(faults)
    more = {"clock": clock, "leases": LocalLeases(clock), "longest_closed": LONGEST}
    return anyio.run(apply, plan, apply_context(world.backend, journal, **more))


@pytest.mark.parametrize("make", [going_live, leaving])
def test_once_it_is_over_only_the_reopening_is_written(make) -> None:
    world = make()
    report = slow(world, StepKind.CLOSE)
    statuses = [write.values.get("status") for write in world.backend.done]
    assert statuses[-2:] == [StorefrontStatus.CLOSED, StorefrontStatus.OPEN]
    assert world.backend.state[ShopKey("a")].is_open
    (shop,) = report.shops
    assert (shop.outcome, shop.reopened, shop.closed_ms) == (ShopOutcome.PARTLY, True, LONGEST * 1000)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_time_of_day_that_is_set_changes_neither_the_limit_nor_what_is_measured(hours: int) -> None:
    class SetClock(Leaping):
        def now(self) -> datetime:
            return super().now() + (timedelta(hours=hours) if self.time > START else timedelta())

    report = slow(leaving(), StepKind.CLOSE, clock=SetClock())
    (shop,) = report.shops
    assert (shop.outcome, shop.reopened, shop.closed_ms) == (ShopOutcome.PARTLY, True, LONGEST * 1000)
    report = slow(leaving(), StepKind.CLOSE, clock=SetClock(), passing=LONGEST / 2)
    assert outcomes(report) == {"a": "applied"}
    assert report.shops[0].closed_ms == LONGEST * 500


def test_after_the_bracket_nothing_is_held_against_the_time() -> None:
    report = slow(leaving(), StepKind.REOPEN)
    assert outcomes(report) == {"a": "applied"}
    assert report.shops[0].closed_ms == 0


def test_a_reopening_that_is_due_late_is_still_the_plans_own() -> None:
    report = slow(leaving(), StepKind.VERIFY)
    assert outcomes(report) == {"a": "applied"}
    assert (report.shops[0].reopened, report.shops[0].closed_ms) == (False, LONGEST * 1000)


def test_a_closing_that_was_refused_closed_nothing() -> None:
    report = slow(leaving(), StepKind.CLOSE, Fault(shop=ShopKey("a"), at=0, refused=unreachable()))
    assert report.shops[0].closed_ms is None


def test_what_a_request_raises_is_raised_as_it_is() -> None:
    async def fail() -> None:
        raise ClosureTimeout(msg("mine"), happened=None)

    async def ask() -> None:
        time = ClosureTimer(clock=Leaping())
        time.begin()
        with pytest.raises(ClosureTimeout, match="mine"):
            await time.with_deadline(fail, happened=False)
        with pytest.raises(BackendError, match="mine"):
            await time.with_reopen_timeout(fail)

    anyio.run(ask)
