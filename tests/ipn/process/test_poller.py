"""Polling finds what no notification reported, with the same effects and no second mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.values import ShopKey
from reconciler.ipn.process.poller import PaymentPoller, PollFinding
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.ports.inbox import InboxUnavailable
from reconciler.ports.payments import Source
from tests.ipn.worker_harness import ORDER, SHOP, BackOffice, captured, open_office, without_mail
from tests.support.sns_signer import CAPTURE, NOW, REFERENCE, authorization_message, charge_message

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[BackOffice]:
    async with open_office(tmp_path) as made:
        yield made


async def both() -> AsyncIterator[ShopKey]:
    yield SHOP
    yield ShopKey("osaka-knives")


async def poll(office: BackOffice) -> list[ProcessingOutcome]:
    return [finding.reason for finding in await PaymentPoller(office.effects, office.lanes, office.watch).poll(both)]


async def test_a_capture_without_a_notification_is_found(office: BackOffice) -> None:
    charge = office.world.merchant_captures(SHOP, ORDER)
    found = await PaymentPoller(office.effects, office.lanes, office.watch).poll(both)
    assert found == (PollFinding(shop=SHOP, reason=ProcessingOutcome.PAID, order=ORDER, charge=charge),)
    [fact] = await office.desk.facts(SHOP, REFERENCE)
    assert (office.payments_made(), fact.source, fact.completed) == ([ORDER], Source.POLL, True)
    assert await poll(office) == [], "it waits for nothing any more"


async def test_parts_are_added_to_those_of_notifications(office: BackOffice) -> None:
    await office.work_off(captured(1, "400"))
    office.world.merchant_captures(SHOP, ORDER, chargeAmount="400")
    assert await poll(office) == [ProcessingOutcome.PARTIAL]
    office.world.merchant_captures(SHOP, ORDER, chargeAmount="600")
    assert await poll(office) == [ProcessingOutcome.PARTIAL, ProcessingOutcome.PAID]
    assert office.payments_made() == [ORDER]


async def test_a_failure_is_one_mail_whether_polled_or_notified(office: BackOffice) -> None:
    office.world.merchant_captures(SHOP, ORDER, state="Declined", reasonCode="AmazonRejected")
    assert await poll(office) == [ProcessingOutcome.DECLINED]
    assert await poll(office) == [ProcessingOutcome.DECLINED]
    await office.work_off(captured(state="Declined"))
    [mail] = await office.mails()
    assert mail.event == f"capture:{CAPTURE}:Declined"


async def test_a_failure_before_any_amount_is_a_mail_too(office: BackOffice) -> None:
    office.world.merchant_captures(SHOP, ORDER, state="CaptureInitiated")
    office.world.amazon_turns(SHOP, CAPTURE, "Declined", "ProcessingFailure")
    assert await poll(office) == [ProcessingOutcome.DECLINED]
    assert len(await office.mails()) == 1
    assert await office.desk.facts(SHOP, REFERENCE) == []


async def test_without_an_address_it_is_recorded_and_not_sent(office: BackOffice) -> None:
    without_mail(office)
    office.world.merchant_captures(SHOP, ORDER, state="Declined")
    [finding] = await PaymentPoller(office.effects, office.lanes, office.watch).poll(both)
    assert (finding.reason, finding.alarm) == (ProcessingOutcome.NO_ADDRESS, True)


async def test_what_is_not_captured_waits_on(office: BackOffice) -> None:
    office.world.merchant_captures(SHOP, ORDER, state="Authorized")
    assert await poll(office) == [ProcessingOutcome.NOT_CAPTURED]
    assert not office.paid


async def test_a_refund_whose_end_was_not_reported_is_asked_for(office: BackOffice) -> None:
    refund = office.world.merchant_refunds(SHOP, office.world.merchant_captures(SHOP, ORDER))
    notification = charge_message(refund, ObjectType="REFUND")
    assert await office.work_off(notification) == ["refund-pending"]
    assert await poll(office) == [ProcessingOutcome.PAID], "and nothing of a refund that goes on"
    office.world.amazon_turns(SHOP, refund, "Declined", "ProcessingFailure")
    assert await poll(office) == [ProcessingOutcome.REFUND_DECLINED]
    assert await office.work_off(notification) == ["refund-declined"]
    [mail] = await office.mails()
    assert (mail.event, mail.order) == (f"refund:{refund}:Declined", ORDER)
    assert await poll(office) == []


async def test_the_permission_of_an_order_that_waits_is_asked_for(office: BackOffice) -> None:
    office.world.amazon_turns(SHOP, REFERENCE, "NonChargeable", "PaymentMethodInvalid")
    assert await poll(office) == [ProcessingOutcome.REFERENCE_SUSPENDED]
    office.world.amazon_turns(SHOP, REFERENCE, "Chargeable")
    assert await poll(office) == []
    assert len(await office.mails()) == 1


async def test_an_authorization_known_from_a_notification_is_reported_before_it_lapses(office: BackOffice) -> None:
    expires = NOW + timedelta(days=30)
    opened = authorization_message(state="Open", reason=None, expires=expires)
    assert await office.work_off(opened) == ["authorization-recorded"]
    assert await poll(office) == []
    office.clock.advance(days=26)
    assert await poll(office) == [ProcessingOutcome.LAPSING] == await poll(office)
    [mail] = await office.mails()
    assert mail.event == f"authorization:{REFERENCE}:lapses:20261223T030000"
    assert office.watch.alarms == ["authorization-lapses-soon"] * 2


async def test_an_order_that_is_being_worked_on_is_left_alone(office: BackOffice) -> None:
    office.world.merchant_captures(SHOP, ORDER)
    with office.lanes.claim(REFERENCE):
        assert await poll(office) == []
    assert await poll(office) == [ProcessingOutcome.PAID]


async def test_a_shop_in_trouble_does_not_stop_the_others(office: BackOffice) -> None:
    office.world.merchant_captures(SHOP, ORDER)
    office.app.state.faults.add("INTERNAL_ERROR", path="/orders", times=3)

    async def first_another() -> AsyncIterator[ShopKey]:
        yield ShopKey("nobody")
        yield SHOP

    async def troubled() -> AsyncIterator[ShopKey]:
        yield SHOP

    poller = PaymentPoller(office.effects, office.lanes, office.watch)
    assert [each.reason for each in await poller.poll(troubled)] == [ProcessingOutcome.UNREACHABLE]
    found = await poller.poll(first_another)
    assert [(each.shop, each.reason) for each in found] == [
        (SHOP, ProcessingOutcome.PAID),
        ("nobody", ProcessingOutcome.BACKEND_REFUSES),
    ]
    problem = found[1].problem
    assert problem is not None
    assert (problem.code, problem.shop) == (codes.SHOP_UNKNOWN, "nobody")


async def test_an_inbox_in_trouble_ends_the_round_and_the_next_finds_it_paid(office: BackOffice) -> None:
    """What was done and could not be written down is not lost: the order is 入金済み, and waits for nothing."""
    office.world.merchant_captures(SHOP, ORDER)
    office.desk = Full(office.desk)  # type: ignore[assignment]  # a double
    with pytest.raises(InboxUnavailable):
        await poll(office)
    assert office.payments_made() == [ORDER]
    assert await poll(office) == []


async def test_it_comes_soon_and_then_every_so_often(office: BackOffice) -> None:
    rounds: list[int] = []
    poller = PaymentPoller(office.effects, office.lanes, office.watch)

    async def until(count: int, minutes: float) -> None:
        """The clock moves only while everybody sleeps, so nothing is missed."""
        office.clock.advance(minutes=minutes)
        while len(rounds) < count:
            await anyio.wait_all_tasks_blocked()

    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(poller.run, both, timedelta(hours=1), lambda: rounds.append(1))
            await anyio.wait_all_tasks_blocked()
            assert rounds == []
            await until(1, 1)
            office.world.merchant_captures(SHOP, ORDER)
            await anyio.wait_all_tasks_blocked()
            await until(2, 60)
            group.cancel_scope.cancel()
    assert (len(rounds), office.watch.polls) == (2, ["paid"])


class Full:
    """A desk that can be read and not written to."""

    def __init__(self, real) -> None:
        self._real = real

    def __getattr__(self, name: str):
        return getattr(self._real, name)

    async def record_fact(self, fact, mail=None, known=None) -> None:
        raise InboxUnavailable
