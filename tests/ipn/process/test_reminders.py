"""A dispute that nobody answers is an alarm and a mail at 7 days, at 3 days and at 1 day before its deadline, each once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.core.values import ShopKey
from reconciler.ipn.process.poller import PaymentPoller, PollFinding
from reconciler.ipn.verify.reasons import ProcessingOutcome
from tests.ipn.worker_harness import ORDER, SHOP, BackOffice, open_office, without_mail
from tests.support.postgres import Cluster, running
from tests.support.sns_signer import NOW, charge_message, chargeback_message

pytestmark = [pytest.mark.system, pytest.mark.anyio]

ANSWER_WITHIN = 11
"""Days that the embedded backend gives to answer a dispute."""

Open = Callable[[], AbstractAsyncContextManager[BackOffice]]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    inbox = None if request.param == "sqlite" else request.getfixturevalue("cluster").fresh()
    return lambda: open_office(tmp_path, inbox, amazons_time=lambda: NOW)


async def disputed(office: BackOffice) -> str:
    """An order that is paid, and whose payment is disputed; the dispute's id."""
    dispute = office.world.amazon_disputes(SHOP, office.world.merchant_captures(SHOP, ORDER))
    assert await office.work_off(charge_message(dispute, ObjectType="CHARGEBACK")) == ["chargeback"]
    return dispute


async def alarms(office: BackOffice, *days: float) -> list[int]:
    """How many alarms came at each of these days after the dispute, polled twice."""
    counts = []
    passed = 0.0
    for day in days:
        office.clock.advance(days=day - passed)
        passed, before = day, len(office.watch.alarms)
        for _ in range(2):
            await PaymentPoller(office.effects, office.lanes, office.watch).poll(shops)
        counts.append(len(office.watch.alarms) - before)
    return counts


async def shops() -> AsyncIterator[ShopKey]:
    yield SHOP


async def test_each_moment_is_one_alarm_and_one_mail(opened: Open) -> None:
    async with opened() as office:
        dispute = await disputed(office)
        assert await alarms(office, 3.9, 4.1, 7.9, 8.1, 9.9, 10.1, 11.1, 30) == [0, 1, 0, 1, 0, 1, 0, 0]
        assert set(office.watch.alarms) == {"chargeback"}
        first, *reminders = await office.mails()
        assert first.event == f"chargeback:{dispute}:ActionRequired"
        deadline = NOW + timedelta(days=ANSWER_WITHIN)
        assert [mail.event for mail in reminders] == [
            f"chargeback:{dispute}:deadline:{deadline - timedelta(days=days):%Y%m%dT%H%M%S}" for days in (7, 3, 1)
        ]
        assert {mail.order for mail in reminders} == {ORDER}
        assert all("期限" in mail.text for mail in reminders)


async def test_after_an_outage_only_the_last_moment_counts(opened: Open) -> None:
    async with opened() as office:
        await disputed(office)
        assert await alarms(office, 8.5) == [1]
        assert len(await office.mails()) == 2


async def test_another_process_reminds_of_nothing_again(opened: Open) -> None:
    async with opened() as office:
        await disputed(office)
        assert await alarms(office, 4.1) == [1]
    async with opened() as office:
        assert await alarms(office, 4.2, 8.1) == [0, 1]


@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
async def test_a_dispute_that_was_answered_is_left_alone(opened: Open) -> None:
    """Polling sees the answer, without a notification."""
    async with opened() as office:
        dispute = await disputed(office)
        office.world.amazon_turns(SHOP, dispute, "UnderReview")
        assert await alarms(office, 8.1) == [1], "the review itself"
        assert await alarms(office, 10.1, 10.9) == [0, 0]
        assert len(await office.mails()) == 1


@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
async def test_a_dispute_of_the_older_api_is_reminded_of_until_its_deadline(opened: Open) -> None:
    """No later notification says that it was answered."""
    async with opened() as office:
        office.world.merchant_captures(SHOP, ORDER)
        assert await office.work_off(chargeback_message()) == ["chargeback"]
        assert await alarms(office, 4.1, 8.1, 10.1, 11.1) == [1, 1, 1, 0]


@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
async def test_without_an_address_it_is_an_alarm_alone(opened: Open) -> None:
    async with opened() as office:
        without_mail(office)
        await disputed(office)
        found: list[PollFinding] = []
        office.clock.advance(days=10.5)
        for _ in range(2):
            found += await PaymentPoller(office.effects, office.lanes, office.watch).poll(shops)
        reported = [(each.reason, each.order, each.alarm) for each in found if each.alarm]
        assert reported == [(ProcessingOutcome.CHARGEBACK, ORDER, True)]
        assert await office.mails() == []
