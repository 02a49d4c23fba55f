"""Checklist K, for the worker: effects of faults in the backend, the inbox and our own code, and what never happens."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from reconciler.adapters.backend.orders import HttpOrders
from reconciler.core.values import ShopKey
from reconciler.ipn.process.worker import COMPANY
from reconciler.ports.inbox import InboxUnavailable, MessageStatus
from reconciler.ports.payments import Order
from reconciler.ports.shop_directory import DirectoryUnavailable
from tests.ipn.worker_harness import EMAIL, ORDER, SHOP, BackOffice, captured, open_office, without_mail
from tests.support.sns_signer import (
    CAPTURE,
    REFERENCE,
    authorization_message,
    capture_message,
    charge_message,
    order_reference_message,
    v1_message,
)

pytestmark = pytest.mark.anyio

POISON = v1_message("PaymentCapture", "<CaptureNotification>not closed")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[BackOffice]:
    async with open_office(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("fault", ["INTERNAL_ERROR", "UNAVAILABLE", "CUT_BEFORE", "MAINTENANCE", "PARTIAL_JSON"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_k_a_backend_in_trouble_puts_the_message_off(office: BackOffice, fault: str, method: str) -> None:
    office.app.state.faults.add(fault, method=method, path="/orders", times=99)
    [first] = await office.work_off(captured())
    if (fault, method) == ("PARTIAL_JSON", "POST"):  # it was applied; only its answer was lost
        assert (first, office.payments_made()) == ("paid", [ORDER])
        return
    assert (first, office.paid) == ("backend-unreachable", False)
    office.app.state.faults.clear()
    async with office.working():
        office.clock.advance(seconds=61)
        await office.watch.until(office.watch.ends, 2)
    assert office.watch.ends[-1] == (MessageStatus.DONE, "paid")
    assert office.payments_made() == [ORDER]


async def test_k_a_busy_backend_puts_the_message_off(office: BackOffice) -> None:
    office.app.state.faults.add("TOO_MANY_REQUESTS", path="/orders", retry_after=7200)
    assert await office.work_off(captured()) == ["backend-unreachable"]


async def test_k_an_effect_that_was_applied_but_not_answered_is_made_once(office: BackOffice) -> None:
    office.app.state.faults.add("CUT_AFTER", method="POST", path="payment$")
    assert await office.work_off(captured()) == ["paid"]
    assert office.payments_made() == [ORDER]


async def test_k_an_order_that_moves_under_our_hands_is_read_again(office: BackOffice) -> None:
    office.orders = Moving(office)
    assert await office.work_off(captured()) == ["already-paid"]
    assert office.payments_made() == [ORDER]


async def test_k_a_directory_without_an_answer_puts_the_message_off(office: BackOffice) -> None:
    known, office.directory.identity = office.directory.identity, DirectoryUnavailable()
    assert await office.work_off(captured()) == ["backend-unreachable"]
    office.directory.identity = known
    async with office.working():
        office.clock.advance(seconds=61)
        await office.watch.until(office.watch.ends, 2)
    assert office.paid


async def test_k_poison_does_not_block_the_next(office: BackOffice) -> None:
    assert await office.work_off(POISON, captured()) == ["poison", "paid"]
    first, _ = await office.entries()
    assert first.status is MessageStatus.PARKED


async def test_k_poison_in_the_same_lane_does_not_block_either(office: BackOffice) -> None:
    reasons = await office.work_off(captured(state="Strange"), captured(minutes=1))
    assert reasons == ["unknown-state", "paid"]


async def test_k_a_fault_of_ours_does_not_block_the_next(office: BackOffice) -> None:
    office.orders = Broken()
    assert await office.work_off(captured()) == ["fault-of-ours"]
    office.orders = None
    assert await office.work_off(captured()) == ["paid"]


@pytest.mark.parametrize("step", ["due", "facts", "complete", "next_due"])
async def test_k_an_inbox_in_trouble_is_tried_again_and_nothing_is_done_twice(office: BackOffice, step: str) -> None:
    """The disk is full at one step of the way: the effect may have been made already, and is found made."""
    flaky = Flaky(office.desk, step)
    office.desk = flaky  # type: ignore[assignment]  # a double
    async with office.working():
        await office.deliver(captured())
        with anyio.fail_after(20):
            while not office.watch.ends:
                await anyio.wait_all_tasks_blocked()
                office.clock.advance(seconds=2)
    assert flaky.failed
    assert office.watch.ends[0][0] is MessageStatus.DONE
    assert office.payments_made() == [ORDER]


async def test_k_cancelling_sees_the_message_in_hand_through(office: BackOffice) -> None:
    """After SIGTERM nothing new starts, and what was started is settled."""
    gate = Gate(HttpOrders(office.client))
    office.orders = gate
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(office.worker(at_once=1).run)
            await office.deliver(captured(), order_reference_message("P03-0772540-0000009"))
            await gate.reached.wait()
            group.cancel_scope.cancel()
            gate.open.set()
    assert office.watch.ends == [(MessageStatus.DONE, "paid")]
    assert [entry.status for entry in await office.entries()] == [MessageStatus.DONE, MessageStatus.WAITING]


async def test_k_lanes_go_side_by_side_and_a_lane_one_by_one(office: BackOffice) -> None:
    """A backend that hangs on one order holds up that order's next notice and no other's."""
    gate = Gate(HttpOrders(office.client), only=ORDER)
    office.orders = gate
    other = "P03-0000000-0000002"
    office.world.add_orders(
        [{"orderNo": "100000020733", "shopKey": SHOP, "amazonOrderReferenceId": other, "totalAmount": "500"}]
    )
    async with office.working():
        await office.deliver(captured(), captured(state="Closed", minutes=1))
        await gate.reached.wait()
        await office.deliver(capture_message(capture=f"{other}-C000001", amount="500"))
        await office.watch.until(office.watch.ends, 1)
        assert office.payments_made() == ["100000020733"]
        assert office.watch.ends == [(MessageStatus.DONE, "paid")]
        gate.open.set()
        await office.watch.until(office.watch.ends, 3)
    assert [reason for _, reason in office.watch.ends] == ["paid", "paid", "closed"]


async def test_k_while_a_message_is_in_hand_new_ones_are_looked_for_together(office: BackOffice) -> None:
    """A flood of news does not make the worker ask the inbox as often; that would hold up what is received."""
    gate = Gate(HttpOrders(office.client))
    office.orders = gate
    counted = Counted(office.desk)
    office.desk = counted  # type: ignore[assignment]  # a double
    async with office.working():
        await office.deliver(captured())
        await gate.reached.wait()
        before, start = counted.looks, anyio.current_time()
        while anyio.current_time() < start + 10 * COMPANY:
            office.bell.set()
            await anyio.lowlevel.checkpoint()
        assert counted.looks - before <= 2 + (anyio.current_time() - start) / COMPANY
        gate.open.set()
        await office.watch.until(office.watch.ends, 1)


async def test_k_a_shop_with_many_messages_holds_up_no_other(office: BackOffice) -> None:
    gate = Gate(HttpOrders(office.client), only_shop=SHOP)
    office.orders = gate
    many = [f"P03-0000000-{number:07}" for number in range(40)]
    orders = [{"orderNo": f"{number:012}", "amazonOrderReferenceId": ref} for number, ref in enumerate(many)]
    office.world.add_orders([{**order, "shopKey": SHOP} for order in orders])
    other = {"orderNo": "100000020733", "shopKey": "osaka-knives", "amazonOrderReferenceId": "P03-9999999-0000001"}
    office.world.add_orders([other])
    async with office.working():
        await office.deliver(*[capture_message(capture=f"{reference}-C000001") for reference in many])
        await gate.reached.wait()
        await office.deliver(capture_message(capture="P03-9999999-0000001-C000001"), shop=ShopKey("osaka-knives"))
        await office.watch.until(office.watch.ends, 1)
        assert office.payments_made("osaka-knives") == ["100000020733"]
        assert office.payments_made() == []
        gate.open.set()
        await office.watch.until(office.watch.ends, 41)
    assert len(office.payments_made()) == 40


async def test_h_an_unknown_order_waits_and_is_found_later(office: BackOffice) -> None:
    other = "P03-0000000-0000002"
    assert await office.work_off(capture_message(capture=f"{other}-C000001", amount="500")) == ["unknown-order"]
    office.world.add_orders(
        [{"orderNo": "100000020733", "shopKey": SHOP, "amazonOrderReferenceId": other, "totalAmount": "500"}]
    )
    async with office.working():
        office.clock.advance(seconds=61)
        await office.watch.until(office.watch.ends, 2)
    assert office.payments_made() == ["100000020733"]


async def test_h_an_unknown_order_is_never_dropped(office: BackOffice) -> None:
    message = capture_message(capture="P03-0000000-0000002-C000001")
    async with office.working():
        await office.deliver(message)
        for tries in range(1, 13):
            await office.watch.until(office.watch.ends, tries)
            office.clock.advance(hours=6)
    [entry] = await office.entries()
    assert (entry.status, entry.reason) == (MessageStatus.PARKED, "unknown-order")
    assert entry.tries >= 12


async def test_h_another_shops_order_is_not_touched(office: BackOffice) -> None:
    """The same order reference at another shop: only the addressed shop is read."""
    office.world.add_orders(
        [{"orderNo": ORDER, "shopKey": "osaka-knives", "amazonOrderReferenceId": "P03-0000000-0000002"}]
    )
    assert await office.work_off(capture_message(capture="P03-0000000-0000002-C000001")) == ["unknown-order"]
    assert office.payments_made("osaka-knives") == []


async def test_h_two_orders_of_one_reference_are_left_to_a_person(office: BackOffice) -> None:
    office.world.add_orders([{"orderNo": "100000020733", "shopKey": SHOP, "amazonOrderReferenceId": REFERENCE}])
    assert await office.work_off(captured()) == ["several-orders"]
    assert office.payments_made() == []


async def test_h_a_cancelled_order_is_left_to_a_person(office: BackOffice) -> None:
    cancelled = {"orderNo": "100000020733", "shopKey": SHOP, "status": "CANCELLED"}
    office.world.add_orders([{**cancelled, "amazonOrderReferenceId": "P03-0000000-0000002"}])
    assert await office.work_off(capture_message(capture="P03-0000000-0000002-C000001")) == ["cancelled-order"]


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [("999", "JPY", "partial"), ("1001", "JPY", "over"), ("1000", "USD", "other-currency")],
)
async def test_j_other_money_does_not_pay(office: BackOffice, amount: str, currency: str, reason: str) -> None:
    assert await office.work_off(captured(amount=amount, currency=currency)) == [reason]
    assert not office.paid


async def test_v2_the_state_is_read_from_amazon(office: BackOffice) -> None:
    charge = office.world.merchant_captures(SHOP, ORDER)
    assert await office.work_off(charge_message(charge)) == ["paid"]
    assert office.payments_made() == [ORDER]


async def test_v2_what_is_not_captured_yet_is_recorded(office: BackOffice) -> None:
    charge = office.world.merchant_captures(SHOP, ORDER, state="Authorized")
    assert await office.work_off(charge_message(charge)) == ["not-captured"]
    office.world.amazon_turns(SHOP, charge, "Captured")
    assert await office.work_off(charge_message(charge)) == ["paid"]


async def test_v2_a_charge_that_amazon_does_not_know_waits(office: BackOffice) -> None:
    assert await office.work_off(charge_message()) == ["unknown-charge"]
    office.world.merchant_captures(SHOP, ORDER)
    async with office.working():
        office.clock.advance(seconds=61)
        await office.watch.until(office.watch.ends, 2)
    assert office.paid


async def test_a_declined_capture_is_one_mail_from_any_source(office: BackOffice) -> None:
    """A notice of the old kind, one of the new kind, and the first once more: one event, one mail."""
    charge = office.world.merchant_captures(SHOP, ORDER, state="Declined", reasonCode="AmazonRejected")
    declined = captured(state="Declined", reason="AmazonRejected")
    assert await office.work_off(declined, charge_message(charge), declined) == ["declined"] * 3
    [mail] = await office.mails()
    assert (mail.to, mail.subject) == (EMAIL, "Amazonペイメント処理失敗通知")
    for reported in (SHOP, ORDER, CAPTURE, REFERENCE, "1000 JPY", "AmazonRejected", "2026-11-23 12:00:00 (JST)"):
        assert reported in mail.text


async def test_a_declined_authorization_and_the_charge_of_its_digits_are_one_mail(office: BackOffice) -> None:
    """The newer API has one object for what the older one calls authorization and capture."""
    await office.work_off(authorization_message(), captured(state="Declined"))
    assert len(await office.mails()) == 1


async def test_a_capture_of_other_digits_is_a_mail_of_its_own(office: BackOffice) -> None:
    await office.work_off(authorization_message(), captured(2, state="Declined"))
    assert len(await office.mails()) == 2


async def test_without_an_address_there_is_no_mail_but_an_alarm(office: BackOffice) -> None:
    without_mail(office)
    assert await office.work_off(captured(state="Declined")) == ["declined-no-mail-address"]
    assert await office.mails() == []


async def test_l_a_mail_holds_nothing_of_the_buyer(office: BackOffice) -> None:
    await office.work_off(authorization_message(), captured(state="Declined"))
    reported = "".join(mail.text + mail.subject for mail in await office.mails())
    for private in ("山田花子", "宇治市", "内緒"):
        assert private not in reported


async def test_l_logs_hold_ids_and_words_only(office: BackOffice, log: io.StringIO) -> None:
    await office.work_off(authorization_message(), captured(state="Declined"), POISON, captured(minutes=1))
    said = log.getvalue()
    assert CAPTURE in said
    for private in ("山田花子", "宇治市", "内緒", EMAIL, "Signature", "not closed", "Bearer"):
        assert private not in said


class Moving:
    """Orders; another actor marks the order paid between our read and our write."""

    def __init__(self, office: BackOffice) -> None:
        self._real = HttpOrders(office.client)
        self._moved = False

    async def find(self, shop, reference):
        return await self._real.find(shop, reference)

    def awaiting_payment(self, shop):
        return self._real.awaiting_payment(shop)

    async def mark_paid(self, order: Order, received, key: str) -> bool:
        if not self._moved:
            self._moved = True
            await self._real.mark_paid(order, received, "someone-else")
        return await self._real.mark_paid(order, received, key)


class Gate:
    """Orders that are marked once the gate is open."""

    def __init__(self, real: HttpOrders, only: str | None = None, only_shop: str | None = None) -> None:
        self._real = real
        self._only = only
        self._only_shop = only_shop
        self.reached = anyio.Event()
        self.open = anyio.Event()

    async def find(self, shop, reference):
        return await self._real.find(shop, reference)

    def awaiting_payment(self, shop):
        return self._real.awaiting_payment(shop)

    async def mark_paid(self, order: Order, received, key: str) -> bool:
        if self._only in (None, order.number) and self._only_shop in (None, order.shop):
            self.reached.set()
            await self.open.wait()
        return await self._real.mark_paid(order, received, key)


class Counted:
    """A desk that counts how often it is asked for work."""

    def __init__(self, real) -> None:
        self._real = real
        self.looks = 0

    def __getattr__(self, name: str):
        self.looks += name == "due"
        return getattr(self._real, name)


class Broken:
    """Orders with a fault in them."""

    async def find(self, shop, reference):
        raise ZeroDivisionError

    def awaiting_payment(self, shop):
        raise ZeroDivisionError

    async def mark_paid(self, order: Order, received, key: str) -> bool:
        raise ZeroDivisionError


class Flaky:
    """A desk over a disk that is full once, at one step."""

    def __init__(self, real, step: str) -> None:
        self._real = real
        self._step = step
        self.failed = False

    def __getattr__(self, name: str):
        return self._failing if name == self._step and not self.failed else getattr(self._real, name)

    async def _failing(self, *_given, **_named):
        self.failed = True
        raise InboxUnavailable
