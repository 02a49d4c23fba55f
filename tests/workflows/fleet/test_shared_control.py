"""What the shops of a chunk share: when they stop, what counts, and how many are closed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import anyio
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.failure_limit import FailureCounts
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.values import ShopKey
from reconciler.ports import SetupError
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.fleet.shared_control import ChunkStop, SharedCounts, SharedRunControl, ShopStop
from tests.support.manual_clock import HandClock

A, B = ShopKey("kyoto-tea"), ShopKey("uji-cups")
WHY = diagnostic(codes.UNUSABLE, msg("a fault of this machine"))


@dataclass
class Slots:
    """Implements ports.fleet.shared_limits.ClosureSlots. `busy`: so many times all slots are taken."""

    busy: int = 0
    broken: str = ""
    taken: list[tuple[str, ShopKey]] = field(default_factory=list)
    given_back: list[tuple[str, int]] = field(default_factory=list)

    def take(self, holder: str, shop: ShopKey) -> int | None:
        if self.broken == "take":
            raise SetupError(msg("the store is gone"))
        if self.busy:
            self.busy -= 1
            return None
        self.taken.append((holder, shop))
        return len(self.taken)

    def renew(self, holder: str) -> None: ...

    def give_back(self, holder: str, slot: int) -> None:
        if self.broken == "give back":
            raise SetupError(msg("the store is gone"))
        self.given_back.append((holder, slot))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def stop(clock: HandClock) -> ChunkStop:
    return ChunkStop(outer=StopToken(), clock=clock, silence=30.0)


def control(stop: ChunkStop, clock: HandClock, slots: Slots | None) -> SharedRunControl:
    return SharedRunControl(stop=stop, in_flight=2, clock=clock, slots=slots, holder="here 1/1")


def close(control: SharedRunControl, shop: ShopKey = A) -> None:
    async def main() -> None:
        async with control.closure_slot(shop):
            pass

    anyio.run(main)


def test_a_chunk_stops_for_the_process_and_for_itself(stop: ChunkStop) -> None:
    assert (stop.requested, stop.signalled, stop.forced) == (False, False, False)
    stop.request()
    assert (stop.requested, stop.outer.requested) == (True, False)
    stop.outer.request()
    stop.outer.request()
    assert (stop.signalled, stop.forced) == (True, True)


def test_shops_under_work_are_finished_when_the_run_is_stopped(stop: ChunkStop) -> None:
    shop = ShopStop(stop)
    shop.request()
    assert (stop.requested, shop.requested, shop.signalled, shop.why) == (True, False, False, None)
    stop.outer.request()
    assert shop.forced is False
    stop.outer.request()
    assert shop.forced is True


def test_what_fails_in_a_shop_stops_the_run_and_the_first_reason_stays(stop: ChunkStop) -> None:
    shop = ShopStop(stop)
    shop.abort(WHY)
    shop.abort(replace(WHY, summary=msg("later")))
    assert (stop.why, shop.why) == (WHY, WHY)
    assert (stop.requested, shop.requested, stop.lost) == (True, True, False)


def test_a_claim_that_is_lost_stops_the_shops_as_well(stop: ChunkStop) -> None:
    stop.lose()
    assert ShopStop(stop).requested
    assert stop.lost
    assert stop.why is not None
    assert stop.why.code is codes.LEASE_HELD


def test_a_process_without_a_sign_counts_as_gone(stop: ChunkStop, clock: HandClock) -> None:
    clock.advance(30)
    assert not stop.requested
    clock.advance(1)
    assert stop.requested
    assert "gave no sign for 30 s" in str(stop.why.summary if stop.why else "")
    assert not stop.lost


def test_counts_of_this_process_count_at_once_and_once(stop: ChunkStop) -> None:
    counts = SharedCounts(stop)
    counts.add(A, ShopOutcome.APPLIED)
    counts.add(B, ShopOutcome.FAILED)
    counts.add_unhealthy(A)
    assert (counts.applied(A), counts.applied(B), counts.applied(ShopKey("nara-ink"))) == (True, False, False)
    here = counts.totals()
    assert (here.started, here.failed, here.unhealthy) == (2, 1, 1)
    counts.settle(list(counts.unsent), FailureCounts(started=9, failed=4, unhealthy=1))
    everywhere = counts.totals()
    assert (everywhere.started, everywhere.failed, everywhere.unhealthy) == (9, 4, 1)


def test_a_shop_that_was_stopped_between_two_steps_did_not_fail(stop: ChunkStop) -> None:
    counts = SharedCounts(stop)
    counts.add(A, ShopOutcome.PARTLY)
    assert counts.totals().failed == 1
    stop.request()
    counts.add(B, ShopOutcome.PARTLY)
    assert (counts.totals().failed, counts.totals().started) == (1, 1)


def test_a_closure_waits_until_another_shop_is_open_again(stop: ChunkStop, clock: HandClock) -> None:
    slots, before = Slots(busy=3), clock.now()
    close(control(stop, clock, slots))
    assert (slots.taken, slots.given_back) == ([("here 1/1", A)], [("here 1/1", 1)])
    assert (clock.now() - before).total_seconds() == 1.5


def test_a_closure_that_waits_ends_with_the_run(stop: ChunkStop, clock: HandClock) -> None:
    slots = Slots(busy=1)
    stop.request()
    close(control(stop, clock, slots))
    assert (slots.taken, slots.given_back, slots.busy) == ([], [], 1)


def test_a_run_without_a_limit_of_closures_takes_no_slot(stop: ChunkStop, clock: HandClock) -> None:
    made = control(stop, clock, None)
    close(made)
    assert not stop.requested


def test_a_store_that_fails_while_a_slot_is_taken_stops_the_run(stop: ChunkStop, clock: HandClock) -> None:
    slots = Slots(broken="take")
    close(control(stop, clock, slots))
    assert stop.why is not None
    assert "the store is gone" in str(stop.why.summary)
    assert slots.given_back == []


def test_a_slot_that_cannot_be_given_back_ends_by_itself(stop: ChunkStop, clock: HandClock) -> None:
    close(control(stop, clock, Slots(broken="give back")))
    assert not stop.requested


def test_shops_of_one_seller_take_turns(stop: ChunkStop, clock: HandClock) -> None:
    made, order = control(stop, clock, None), list[str]()

    async def work(name: str) -> None:
        async with made.seller_turn("A1SELLER"):
            order.append(f"{name} starts")
            await anyio.lowlevel.checkpoint()
            order.append(f"{name} ends")

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(work, "one")
            group.start_soon(work, "two")

    anyio.run(main)
    assert [line.split()[1] for line in order] == ["starts", "ends", "starts", "ends"]
