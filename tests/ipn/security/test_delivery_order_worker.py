"""Checklist G, through the worker: notifications in any order make the order 入金済み once or not at all."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reconciler.ports.inbox import MessageStatus
from tests.ipn.worker_harness import ORDER, SHOP, BackOffice, captured, open_office
from tests.support.sns_signer import REFERENCE, refund_message

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[BackOffice]:
    async with open_office(tmp_path) as opened:
        yield opened


async def test_g_a_completed_capture_makes_the_order_paid(office: BackOffice) -> None:
    assert await office.work_off(captured()) == ["paid"]
    assert office.paid
    assert office.order()["receiptDate"] == "2026-11-23T12:00:00", "Amazon's time of the capture, in Japan"
    [entry] = await office.entries()
    assert (entry.status, entry.reason, entry.order) == (MessageStatus.DONE, "paid", ORDER)
    [fact] = await office.desk.facts(SHOP, REFERENCE)
    assert (fact.state, fact.completed) == ("Completed", True)


async def test_g_the_same_under_a_new_message_id_pays_once(office: BackOffice) -> None:
    assert await office.work_off(captured(), captured()) == ["paid", "already-paid"]
    assert office.payments_made() == [ORDER]


async def test_g_fifty_at_once_pay_once(office: BackOffice) -> None:
    async with office.working():
        await office.deliver(*[captured() for _ in range(50)])
        await office.watch.until(office.watch.ends, 50)
    assert sorted(reason for _, reason in office.watch.ends) == ["already-paid"] * 49 + ["paid"]
    assert office.payments_made() == [ORDER]


async def test_g_completed_before_pending(office: BackOffice) -> None:
    late = captured(state="Pending", minutes=-5)
    assert await office.work_off(captured(), late) == ["paid", "pending"]
    [fact] = await office.desk.facts(SHOP, REFERENCE)
    assert (office.paid, fact.state) == (True, "Completed")


async def test_g_closed_after_completed_does_not_un_pay(office: BackOffice) -> None:
    assert await office.work_off(captured(), captured(state="Closed", minutes=5)) == ["paid", "closed"]
    [fact] = await office.desk.facts(SHOP, REFERENCE)
    assert (office.paid, fact.state, fact.completed) == (True, "Closed", True)


async def test_g_declined_between_two_completed(office: BackOffice) -> None:
    reasons = await office.work_off(captured(), captured(state="Declined", minutes=1), captured(minutes=2))
    assert reasons == ["paid", "declined-after-completed", "already-paid"]
    assert await office.mails() == []


async def test_g_a_refund_before_its_capture(office: BackOffice) -> None:
    assert await office.work_off(refund_message(), captured()) == ["refunded", "paid"]


async def test_g_two_partial_captures_pay_with_the_second(office: BackOffice) -> None:
    assert await office.work_off(captured(1, "400"), captured(2, "600")) == ["partial", "paid"]
    assert office.payments_made() == [ORDER]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_g_any_order_of_two_captures_ends_the_same(office: BackOffice, order: tuple[int, ...]) -> None:
    notices = [
        captured(1, "400", "Pending"),
        captured(1, "400", "Completed", minutes=1),
        captured(2, "600", "Completed", minutes=2),
        captured(2, "600", "Closed", minutes=3),
    ]
    await office.work_off(*[notices[place] for place in order])
    assert office.payments_made() == [ORDER]


async def test_g_a_second_capture_over_the_total_is_reported(office: BackOffice) -> None:
    assert await office.work_off(captured(1), captured(2)) == ["paid", "over"]
    assert office.payments_made() == [ORDER]


async def test_g_a_capture_over_the_total_is_not_paid(office: BackOffice) -> None:
    assert await office.work_off(captured(1, "1001")) == ["over"]
    [entry] = await office.entries()
    assert (office.paid, entry.status) == (False, MessageStatus.PARKED)
