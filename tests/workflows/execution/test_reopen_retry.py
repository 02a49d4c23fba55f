"""A reopening is retried for as long as the shop may be closed, with growing waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import anyio
import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import StepKind
from reconciler.core.values import ShopKey, StorefrontStatus
from reconciler.ports import BackendError, LeaseExpired, LeaseInfo, SetupError, Throttled
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.closure import MIN_ATTEMPTS, ReopenRetry
from reconciler.workflows.execution.run import apply
from tests.support.auto_clock import START, PassingClock
from tests.support.example_worlds import apply_context, going_live, leaving, outcomes
from tests.support.fake_backend import Fault, unreachable
from tests.support.local_leases import LocalLeases

A = ShopKey("a")


class Attempts:
    """Fails until the `good`-th attempt, or always; records the time of each, in seconds."""

    def __init__(self, clock: PassingClock, good: int | None = None, error: Exception | None = None) -> None:
        self.clock = clock
        self.good = good
        self.error = error or unreachable()
        self.at: list[float] = []

    async def __call__(self) -> None:
        self.at.append((self.clock.now() - START).total_seconds())
        if len(self.at) != self.good:
            raise self.error


def persist(attempts: Attempts, seconds: float = 300, over=lambda: False) -> BackendError | None:
    patience = ReopenRetry(clock=attempts.clock, seconds=seconds, give_up=over)
    return anyio.run(patience.retry, attempts)


def test_the_first_that_goes_well_is_the_last() -> None:
    attempts = Attempts(PassingClock(), good=2)
    assert persist(attempts) is None
    assert attempts.at == [0, 1]


def test_the_waits_grow_to_half_a_minute_and_end_with_the_seconds() -> None:
    attempts = Attempts(PassingClock())
    error = persist(attempts)
    assert error is attempts.error
    assert attempts.at[:8] == [0, 1, 3, 7, 15, 31, 61, 91]
    assert attempts.at[-1] == 300


def test_what_the_backend_asks_for_is_waited_as_far_as_the_seconds_reach() -> None:
    throttled = Throttled(msg("slower"))
    throttled.retry_after = 200
    attempts = Attempts(PassingClock(), error=throttled)
    persist(attempts)
    assert attempts.at == [0, 200, 300]


def test_without_any_seconds_it_is_tried_a_few_times_all_the_same() -> None:
    attempts = Attempts(PassingClock())
    persist(attempts, seconds=0)
    assert attempts.at == [0] * MIN_ATTEMPTS


def test_a_clock_that_is_set_back_gives_no_more_time() -> None:
    class SetBack(PassingClock):
        def now(self):
            return super().now() - timedelta(days=len(attempts.at))

    attempts = Attempts(PassingClock())
    attempts.clock = SetBack()
    persist(attempts)
    assert (attempts.clock.time - START).total_seconds() <= 300


def test_giving_up_ends_a_wait_but_not_the_first_attempts() -> None:
    clock = PassingClock()
    attempts = Attempts(clock)
    persist(attempts, over=lambda: clock.now() - START > timedelta(seconds=40))
    assert attempts.at[-1] < 45
    enough = Attempts(PassingClock())
    persist(enough, over=lambda: True)
    assert enough.at == [0] * MIN_ATTEMPTS


def test_of_a_fault_only_the_name_is_shown() -> None:
    attempts = Attempts(PassingClock(), error=RuntimeError("a message that may hold anything"))
    error = persist(attempts, seconds=0)
    assert "RuntimeError" in str(error)
    assert "may hold anything" not in str(error)


class Down:
    """From its closing on the backend does not answer about shop `a` for so many seconds."""

    def __init__(self, world, clock: PassingClock, seconds: float) -> None:
        self.world = world
        self.clock = clock
        self.until = START + timedelta(seconds=seconds)
        self.inner = world.backend.execute
        self.reopenings: list[float] = []

    async def execute(self, write):
        closing = write.values.get("status") is StorefrontStatus.CLOSED
        if write.values.get("status") is StorefrontStatus.OPEN:
            self.reopenings.append((self.clock.now() - START).total_seconds())
        if not closing and not self.world.backend.state[A].is_open and self.clock.now() < self.until:
            raise unreachable(happened=False)
        return await self.inner(write)


def applied_while_down(make, seconds: float, *, stop: StopToken | None = None):
    world, clock = make(), PassingClock()
    plan = world.plan()
    down = Down(world, clock, seconds)
    world.backend.execute = down.execute
    report = anyio.run(apply, plan, apply_context(world.backend, clock=clock, stop=stop or StopToken()))
    return world, down, report


@pytest.mark.parametrize("make", [going_live, leaving])
def test_a_backend_that_is_down_for_minutes_leaves_no_shop_closed(make) -> None:
    world, down, report = applied_while_down(make, 240)
    assert world.backend.state[A].is_open
    (shop,) = report.shops
    assert shop.reopened
    assert shop.closed_ms >= 240_000
    assert len(down.reopenings) > MIN_ATTEMPTS


@pytest.mark.parametrize("make", [going_live, leaving])
def test_where_the_lease_cannot_be_renewed_either_the_reopening_goes_on(make) -> None:
    """The network fails for longer than a lease lives: store and backend do not answer, and no other run claims the shop."""

    class Lease:
        def __init__(self, held: LeaseInfo, clock: PassingClock) -> None:
            self.held = replace(held, expires=clock.now() + timedelta(seconds=60))
            self.valid_until = clock.monotonic() + 60

        async def renew(self) -> None:
            raise SetupError(msg("the store does not answer"))

        async def release(self) -> None:
            raise SetupError(msg("the store does not answer"))

    class Unrenewable(LocalLeases):
        async def acquire(self, shop):
            return Lease((await super().acquire(shop)).held, self.clock)

    world, clock = make(), PassingClock()
    plan = world.plan()
    down = Down(world, clock, 240)
    world.backend.execute = down.execute
    report = anyio.run(apply, plan, apply_context(world.backend, clock=clock, leases=Unrenewable(clock)))
    assert world.backend.state[A].is_open
    assert report.shops[0].reopened
    closings = [write for write in world.backend.asked if write.values.get("status") is StorefrontStatus.CLOSED]
    after = world.backend.asked[world.backend.asked.index(closings[0]) + 1 :]
    assert {write.kind for write in after} == {"storefront_status"}, "nothing is written but the reopening"


@pytest.mark.parametrize("make", [going_live, leaving])
def test_where_the_lease_ran_out_before_a_write_the_reopening_goes_on(make) -> None:
    """No other run is known to have the shop: three attempts would end before the backend answers again."""
    world, clock = make(), PassingClock()
    plan = world.plan()
    writes = [step.action for step in plan.shops[0].steps if step.action is not StepKind.VERIFY]
    expired = LeaseExpired(msg("the lease has run out"))
    world.backend.faults.append(Fault(shop=A, at=writes.index(StepKind.CLOSE) + 1, refused=expired))
    execute, until = world.backend.execute, START + timedelta(seconds=120)

    async def away(write):
        if write.values.get("status") is StorefrontStatus.OPEN and clock.now() < until:
            raise unreachable(happened=False)
        return await execute(write)

    world.backend.execute = away  # type: ignore[method-assign]  # of this backend alone
    report = anyio.run(apply, plan, apply_context(world.backend, clock=clock, leases=LocalLeases(clock)))
    assert world.backend.state[A].is_open
    assert report.shops[0].reopened


@pytest.mark.parametrize("make", [going_live, leaving])
def test_a_backend_that_stays_down_is_given_up_and_the_shop_reported_as_left_closed(make) -> None:
    _, down, report = applied_while_down(make, 10**6)
    assert outcomes(report) == {"a": "left-closed"}
    assert max(down.reopenings) == pytest.approx(300, abs=20)


def test_a_second_signal_ends_the_wait_and_the_shop_is_reported_as_left_closed() -> None:
    stop = StopToken()
    stop.request()
    assert (stop.requested, stop.forced) == (True, False)
    stop = StopToken()
    world, clock = leaving(), PassingClock()
    plan = world.plan()
    close = next(number for number, step in enumerate(plan.shops[0].steps) if step.action is StepKind.CLOSE)

    def twice(_shop) -> None:
        stop.request()
        stop.request()

    world.backend.faults.append(Fault(shop=A, at=close + 1, times=99, refused=unreachable(), edit=twice))
    report = anyio.run(apply, plan, apply_context(world.backend, clock=clock, stop=stop))
    assert outcomes(report) == {"a": "left-closed"}
    assert (clock.now() - START).total_seconds() < 5


@pytest.mark.parametrize(("offset", "text"), [(0, "may be CLOSED NOW"), (1, "is CLOSED NOW")])
def test_a_shop_is_called_closed_only_if_its_closing_was_acknowledged(offset: int, text: str) -> None:
    world, clock = leaving(), PassingClock()
    plan = world.plan()
    close = next(number for number, step in enumerate(plan.shops[0].steps) if step.action is StepKind.CLOSE)
    world.backend.faults.append(Fault(shop=A, at=close + offset, times=999, refused=unreachable(happened=None)))
    report = anyio.run(apply, plan, apply_context(world.backend, clock=clock, leases=LocalLeases(clock)))
    assert outcomes(report) == {"a": "left-closed"}
    assert any(text in str(found.summary) for found in report.shops[0].findings)
