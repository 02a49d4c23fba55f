"""A shop is written under its lease: refused if another run has it, ended in order if it is lost, always released.
And a request to stop: the current step is the last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import anyio
import anyio.lowlevel
import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import StepKind
from reconciler.core.results.exit_status import exit_code_for_report
from reconciler.core.runs.events import (
    Event,
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopInSync,
    ShopStarted,
    StepDone,
    StepStarted,
)
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.core.values import ShopKey, StorefrontStatus
from reconciler.ports import Clock, LeaseHeld, LeaseInfo, SetupError
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.lease import RENEW_EVERY, lease_renewer
from reconciler.workflows.execution.run import apply
from reconciler.workflows.execution.shop_lease import ShopLease
from reconciler.workflows.recover import block_recovering_shops
from tests.support.auto_clock import PassingClock, elapsed
from tests.support.example_worlds import (
    Memory,
    apply_context,
    closing,
    desired_with,
    going_live,
    leaving,
    live,
    opening,
    outcomes,
    together,
)
from tests.support.fake_backend import Fault, ModelBackend, unreachable
from tests.support.local_leases import LocalLeases
from tests.support.strategies import World

A, B = ShopKey("a"), ShopKey("b")
STORIES = {"going-live": going_live, "leaving": leaving, "opening": opening, "closing": closing}
EVERY_STEP = [(story, at) for story, make in STORIES.items() for at in range(len(make().plan().shops[0].steps))]


class Bell:
    """A clock whose sleepers wake when it is rung, and not by themselves."""

    def __init__(self) -> None:
        self.waiting: list[anyio.Event] = []
        self.asked: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 4, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return elapsed(self.now())

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        event = anyio.Event()
        self.waiting.append(event)
        await event.wait()

    async def ring(self) -> None:
        """And lets those who wake do what they are about to."""
        for _ in range(1000):
            if self.waiting:
                break
            await anyio.lowlevel.checkpoint()
        assert self.waiting, "nobody sleeps: the lease is not renewed"
        for event in self.waiting:
            event.set()
        for _ in range(10):
            await anyio.lowlevel.checkpoint()


class Meddling(Memory):
    """A journal that does something when an event was recorded."""

    def __init__(self, when: Callable[[Event], bool], then) -> None:
        super().__init__()
        self.when = when
        self.then = then

    async def record(self, event: Event) -> None:
        await super().record(event)
        await self._meddle(event)

    async def record_lazily(self, event: Event) -> None:
        await super().record_lazily(event)
        await self._meddle(event)

    async def _meddle(self, event: Event) -> None:
        if self.when(event):
            await self.then()


class Full(Memory):
    """A journal that keeps `limit` events and then has no room, or none for the next `times`."""

    def __init__(self, limit: int, times: int = 10**6) -> None:
        super().__init__()
        self.limit = limit
        self.times = times
        self.noted: list[Event] = []

    async def record(self, event: Event) -> None:
        together = [*self.noted, event]
        self.noted.clear()
        if len(self.events) + len(together) > self.limit and self.times > 0:
            self.times -= 1
            raise OSError("no space left on device")
        self.events += together

    async def record_lazily(self, event: Event) -> None:
        self.noted.append(event)


def run(world: World, journal: Memory, leases: LocalLeases, clock: Clock, stop: StopToken | None = None):
    more = {"leases": leases, "clock": clock, "stop": stop or StopToken()}
    return anyio.run(apply, world.plan(), apply_context(world.backend, journal, **more))


def started_steps(journal: Memory, shop: str = A) -> list[int]:
    return [event.step for event in journal.events if isinstance(event, StepStarted) and event.shop == shop]


def test_a_shop_that_another_holds_is_refused_with_its_name_and_nothing_is_written() -> None:
    world, bell = together(going_live("a"), leaving("b")), Bell()
    leases = LocalLeases(bell, run="run-7")
    anyio.run(leases.acquire, A)
    journal = Memory()
    report = run(world, journal, leases, bell)
    assert outcomes(report) == {"a": "refused", "b": "applied"}
    (why,) = report.shops[0].findings
    assert why.code.slug == "lease-held"
    assert "this process is writing the shop (run run-7) until 2026-04-02T00:00:00Z" in str(why.summary)
    assert {write.shop for write in world.backend.asked} == {B}
    assert [held.shop for held in leases.all()] == [A], "the other's lease is left alone"
    assert not [event for event in journal.events if isinstance(event, ShopStarted) and event.shop == A]


def test_where_nothing_is_left_because_another_is_in_the_middle_that_is_said() -> None:
    """All that the other has left to do is to reopen the shop: there is nothing in it to plan."""
    world, bell = (
        together(
            World(ModelBackend([live()]), (desired_with(),)), World(ModelBackend([live("b")]), (desired_with("b"),))
        ),
        Bell(),
    )
    leases = LocalLeases(bell, run="run-7")
    anyio.run(leases.acquire, A)
    assert world.plan().empty
    report = run(world, Memory(), leases, bell)
    assert outcomes(report) == {"a": "refused", "b": "unchanged"}
    (why,) = report.shops[0].findings
    assert "this process is writing the shop (run run-7)" in str(why.summary)
    assert exit_code_for_report(report) is ExitCode.REFUSED


def test_what_is_seen_of_such_a_shop_is_not_remembered() -> None:
    world = together(
        World(ModelBackend([live()]), (desired_with(),)), World(ModelBackend([live("b")]), (desired_with("b"),))
    )
    bell = Bell()
    leases = LocalLeases(bell, run="run-7")
    anyio.run(leases.acquire, A)
    seen = [ShopInSync(shop=shop, values=()) for shop in (A, B)]
    journal = Memory()
    anyio.run(apply, world.plan(), apply_context(world.backend, journal, leases=leases, clock=bell), seen)
    assert [event.shop for event in journal.events if isinstance(event, ShopInSync)] == [B]


def test_a_shop_that_waits_for_another_run_and_has_nothing_to_write_is_refused_not_failed() -> None:
    world, bell = World(ModelBackend([live()]), (desired_with(),)), Bell()
    held = RecoveredShop(shop=A, run="run-7", outcome=RecoveryOutcome.LOCKED, pending_writes=0)
    report = anyio.run(
        apply,
        block_recovering_shops(world.plan(), (held,)),
        apply_context(world.backend, leases=LocalLeases(bell), clock=bell),
    )
    assert exit_code_for_report(report) is ExitCode.REFUSED


def test_all_held_is_exit_3() -> None:
    world, bell = going_live(), Bell()
    leases = LocalLeases(bell)
    anyio.run(leases.acquire, A)
    assert exit_code_for_report(run(world, Memory(), leases, bell)) is ExitCode.REFUSED
    assert world.backend.asked == []


def test_the_lease_is_renewed_while_the_shop_is_worked_on() -> None:
    world, bell = going_live(), Bell()
    renewed: list[str] = []

    class Counting(LocalLeases):
        async def acquire(self, shop):
            lease = await super().acquire(shop)

            class Kept:
                held = lease.held
                valid_until = lease.valid_until
                release = staticmethod(lease.release)

                async def renew(self) -> None:
                    renewed.append(shop)

            return Kept()

    journal = Meddling(lambda event: isinstance(event, StepDone), bell.ring)
    report = run(world, journal, Counting(bell), bell)
    assert outcomes(report) == {"a": "applied"}
    assert len(renewed) > 3
    assert bell.asked.count(RENEW_EVERY) > 3


@pytest.mark.anyio
async def test_a_lease_is_renewed_within_the_usual_time_whenever_it_was_taken() -> None:
    """In seconds: the second one comes while the first is waited for, the third after a time without any."""
    clock, renewed = PassingClock(), []

    class Written:
        def __init__(self, shop: ShopKey) -> None:
            self.held = LeaseInfo(shop=shop, owner="x", run="r", fence=1, taken=clock.now(), expires=clock.now())

        async def renew(self) -> None:
            renewed.append((str(self.held.shop), clock.monotonic()))

        async def release(self) -> None:
            pass

    def lease(name: str) -> ShopLease:
        return ShopLease(lease=Written(ShopKey(name)))

    async with lease_renewer(clock, every=15) as renewer:
        async with renewer.hold(lease("a")):
            await clock.sleep(10)
            async with renewer.hold(lease("b")):
                await clock.sleep(22)
        assert renewed == [("a", 15), ("b", 15), ("a", 30), ("b", 30)]
        await clock.sleep(100)
        async with renewer.hold(lease("c")):
            await clock.sleep(14)
        async with renewer.hold(lease("d")):
            await clock.sleep(16)
    assert renewed[4:] == [("d", 132 + 14 + 15)]


@pytest.mark.parametrize(("story", "at"), EVERY_STEP)
def test_a_lease_that_is_lost_ends_the_run_after_its_present_step_and_the_shop_is_put_back(story: str, at: int) -> None:
    world, bell = STORIES[story](), Bell()
    was_open = world.backend.state[A].is_open
    steps = world.plan().shops[0].steps
    leases = LocalLeases(bell)

    async def taken() -> None:
        del leases.living[A]
        leases.living[A] = (await LocalLeases(bell, run="other").acquire(A)).held
        await bell.ring()

    journal = Meddling(lambda event: isinstance(event, StepStarted | StepDone) and event.step == at, _once(taken))
    report = run(world, journal, leases, bell)
    assert max(started_steps(journal), default=0) <= at
    if any(step.action is StepKind.CLOSE for step in steps):
        assert world.backend.state[A].is_open is was_open
    written = (
        "failed" if at == 0 else "partly"
    )  # the intent is kept, and the lease is found lost before the write leaves
    assert outcomes(report) == {"a": "applied" if at == len(steps) - 1 else written}
    assert [held.run for held in leases.all()] == ["other"], "the new owner keeps its lease"


def _once(then):
    done: list[bool] = []

    async def once() -> None:
        if not done:
            done.append(True)
            await then()

    return once


@pytest.mark.parametrize("story", STORIES)
def test_the_lease_is_given_back_on_success(story: str) -> None:
    world, bell = STORIES[story](), Bell()
    leases = LocalLeases(bell)
    run(world, Memory(), leases, bell)
    assert leases.all() == ()


@pytest.mark.parametrize("at", range(6))
def test_the_lease_is_given_back_on_failure(at: int) -> None:
    world, clock = leaving(), PassingClock()
    leases = LocalLeases(clock)
    world.backend.faults.append(Fault(shop=A, at=at, times=99, refused=unreachable()))
    run(world, Memory(), leases, clock)
    assert leases.all() == ()


@pytest.mark.parametrize("at", range(6))
def test_the_lease_is_given_back_on_cancellation(at: int) -> None:
    world, clock = leaving(), PassingClock()
    leases, plan = LocalLeases(clock), world.plan()

    async def main() -> None:
        with anyio.CancelScope() as scope:
            world.backend.faults.append(Fault(shop=A, at=at, then=scope.cancel))
            await apply(plan, apply_context(world.backend, leases=leases, clock=clock))

    anyio.run(main)
    assert leases.all() == ()
    assert world.backend.state[A].is_open


@pytest.mark.parametrize("limit", range(1, 15))
def test_the_lease_is_given_back_where_the_journal_fails(limit: int) -> None:
    world, bell = leaving(), Bell()
    leases = LocalLeases(bell)
    run(world, Full(limit), leases, bell)
    assert leases.all() == ()
    assert world.backend.state[A].is_open


@pytest.mark.parametrize("limit", range(1, 15))
def test_if_the_journal_fails_nothing_unrecorded_is_written_and_the_rest_is_reported(limit: int) -> None:
    world, bell = leaving(), Bell()
    journal = Full(limit)
    report = run(world, journal, LocalLeases(bell), bell)
    intended = sum(isinstance(event, StepStarted) for event in journal.events)
    reopenings = [write for write in world.backend.asked if write.values.get("status") is StorefrontStatus.OPEN]
    assert len(world.backend.asked) - len(reopenings) <= intended
    assert len(reopenings) <= 1
    assert "unusable" in [why.code.slug for why in report.findings]
    assert "OSError" in str(report.findings[-1].summary)
    assert exit_code_for_report(report) is not ExitCode.DONE
    assert exit_code_for_report(report) is (
        ExitCode.PARTLY if any(shop.done for shop in report.shops) else ExitCode.ERROR
    )


def test_what_the_journal_did_not_take_is_offered_to_it_once_more_at_the_end() -> None:
    world, bell = leaving(), Bell()
    journal = Full(6, times=1)
    report = run(world, journal, LocalLeases(bell), bell)
    shop = [event for event in journal.events if not isinstance(event, RunStarted | RunFinished)]
    assert isinstance(shop[-1], ShopFinished), "nothing is left for a resume to look after"
    assert outcomes(report) == {"a": "partly"}


def test_if_the_leases_cannot_be_read_nothing_starts() -> None:
    world, bell = leaving(), Bell()

    class Gone(LocalLeases):
        def all(self):
            raise SetupError(msg("the store journal.db: the disk is gone"))

    report = run(world, Memory(), Gone(bell), bell)
    assert world.backend.asked == []
    assert "the disk is gone" in str(report.findings[-1].summary)
    assert exit_code_for_report(report) is ExitCode.ERROR


@pytest.mark.parametrize("call", ["acquire", "renew", "release"])
def test_a_store_that_fails_under_a_lease_leaves_no_shop_closed(call: str) -> None:
    world, clock = leaving(), PassingClock()

    class Failing(LocalLeases):
        async def acquire(self, shop):
            if call == "acquire":
                raise SetupError(msg("the store journal.db: the disk is gone"))
            return FailingLease(await super().acquire(shop))

    class FailingLease:
        def __init__(self, lease) -> None:
            self.held, self.valid_until, self.inner = lease.held, lease.valid_until, lease

        async def renew(self) -> None:
            if call == "renew":
                raise SetupError(msg("the store journal.db: the disk is gone"))
            await self.inner.renew()

        async def release(self) -> None:
            if call == "release":
                raise SetupError(msg("the store journal.db: the disk is gone"))
            await self.inner.release()

    slow = Meddling(lambda event: isinstance(event, StepStarted) and event.step == 1, lambda: clock.sleep(20))
    report = run(world, slow, Failing(clock), clock)
    assert world.backend.state[A].is_open
    assert outcomes(report) == {"a": {"acquire": "skipped", "renew": "partly", "release": "applied"}[call]}
    verdicts = {"acquire": ExitCode.ERROR, "renew": ExitCode.PARTLY, "release": ExitCode.DONE}
    assert exit_code_for_report(report) is verdicts[call]


@pytest.mark.parametrize(("story", "at"), EVERY_STEP)
def test_stopped_before_any_step_nothing_new_starts_and_the_shop_is_restored(story: str, at: int) -> None:
    """The request comes while step `at` - 1 is under way; with 0, before the shop's first."""
    world, bell, stop = STORIES[story](), Bell(), StopToken()
    was_open = world.backend.state[A].is_open
    steps = world.plan().shops[0].steps

    async def request() -> None:
        stop.request()

    def then(event: Event) -> bool:
        return isinstance(event, ShopStarted) if at == 0 else isinstance(event, StepDone) and event.step == at - 1

    journal = Meddling(then, request)
    report = run(world, journal, LocalLeases(bell), bell, stop)

    assert [step for step in started_steps(journal) if step >= at] == []
    if any(step.action is StepKind.CLOSE for step in steps):
        assert world.backend.state[A].is_open is was_open
    assert report.interrupted
    assert exit_code_for_report(report) is ExitCode.PARTLY
    assert journal.events[-1] == RunFinished(interrupted=True)
    assert "interrupted" in [why.code.slug for why in report.findings]


def test_stopped_before_its_turn_a_shop_is_not_started() -> None:
    world, bell, stop = together(going_live("a"), leaving("b")), Bell(), StopToken()
    stop.request()
    journal = Memory()
    report = run(world, journal, LocalLeases(bell), bell, stop)
    assert outcomes(report) == {"a": "skipped", "b": "skipped"}
    assert world.backend.asked == []
    assert exit_code_for_report(report) is ExitCode.PARTLY


def test_a_local_lease_that_was_lost_cannot_be_renewed() -> None:
    async def story() -> None:
        leases = LocalLeases(Bell())
        lease = await leases.acquire(A)
        await lease.renew()
        await lease.release()
        with pytest.raises(LeaseHeld):
            await lease.renew()
        again = await leases.acquire(A)
        assert again.held.fence == lease.held.fence + 1
        with pytest.raises(LeaseHeld):
            await leases.acquire(A)

    anyio.run(story)
