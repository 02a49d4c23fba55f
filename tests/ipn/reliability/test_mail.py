"""Checklist K and L for mail: one mail at most per failure, also if the server fails, a process is killed, or mails flood."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from reconciler.adapters.settings.sidecar import MailSettings
from reconciler.adapters.smtp import SmtpMailer
from reconciler.core.values import ShopKey
from reconciler.ipn.process.mail_sender import MailSender, SenderOptions, message_id
from reconciler.ports.inbox import InboxUnavailable, MailState, PendingMail
from reconciler.ports.inbox_admin import MailFilter
from reconciler.ports.mailer import Mail, Mailer, MailReply
from reconciler.ports.shop_directory import ShopIdentity
from tests.ipn.worker_harness import EMAIL, SHOP, BackOffice, captured, open_office
from tests.support.smtp_server import LOSE, PostOffice, opened

pytestmark = pytest.mark.anyio

SENDER = SenderOptions(
    address="noreply@system.future-shop.net", name="FutureShop2 Amazonセラーセントラル通知", hourly=20
)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[BackOffice]:
    async with open_office(tmp_path) as made:
        yield made


@pytest.fixture
async def post() -> AsyncIterator[PostOffice]:
    async with opened(PostOffice()) as made:
        yield made


def postman(office: BackOffice, port: int, sender: SenderOptions = SENDER, outbox=None) -> MailSender:
    settings = MailSettings(host="127.0.0.1", port=port, security="none")
    return postman_over(office, SmtpMailer(settings, None, office.clock, timeout=5.0), sender, outbox)


def postman_over(office: BackOffice, mailer: Mailer, sender: SenderOptions = SENDER, outbox=None) -> MailSender:
    return MailSender(
        outbox=outbox or office.outbox,
        mailer=mailer,
        sender=sender,
        directory=office.directory,
        clock=office.clock,
        watch=office.watch,
    )


def owed(number: int = 1, shop: ShopKey = SHOP) -> PendingMail:
    return PendingMail(event=f"capture:{number}:Declined", shop=shop, to=EMAIL, subject="件名", text="本文")


async def owe(office: BackOffice, *mails: PendingMail) -> None:
    for mail in mails:
        await office.desk.record_fact(None, mail)


async def states(office: BackOffice) -> list[MailState]:
    return [each.state for each in reversed(await office.catalogue.mails(MailFilter()))]


async def test_a_declined_capture_becomes_a_mail_at_the_shops_address(office: BackOffice, post: PostOffice) -> None:
    await office.work_off(captured(state="Declined", reason="ProcessingFailure"))
    await postman(office, post.port).send_due()
    [message] = post.taken
    assert message["To"] == "amazon-pay@kyoto-tea.example"
    assert message["Subject"] == "Amazonペイメント処理失敗通知"
    assert message["From"].addresses[0].display_name == SENDER.name
    assert "ProcessingFailure" in message.get_content()
    assert await states(office) == [MailState.SENT]


async def test_k_a_mail_that_was_sent_is_not_sent_again(office: BackOffice, post: PostOffice) -> None:
    await owe(office, owed(), owed())
    for _ in range(3):
        await postman(office, post.port).send_due()
        office.clock.advance(hours=7)
    assert len(post.taken) == 1


async def test_k_with_the_mail_server_down_it_goes_later(office: BackOffice, post: PostOffice) -> None:
    nowhere = 1
    await owe(office, owed(1), owed(2))
    assert not await postman(office, nowhere).send_due()
    assert await states(office) == [MailState.OWED, MailState.OWED]
    await postman(office, post.port).send_due()
    assert [m["Message-ID"] for m in post.taken] == [message_id(owed(2), SENDER.address)], "the other is put off"
    office.clock.advance(minutes=1)
    await postman(office, post.port).send_due()
    assert await states(office) == [MailState.SENT, MailState.SENT]


async def test_k_each_pause_is_longer_than_the_one_before(office: BackOffice, post: PostOffice) -> None:
    post.rcpt = "451 come again"
    await owe(office, owed())
    pauses = []
    for _ in range(8):
        await postman(office, post.port).send_due()
        [mail] = await office.catalogue.mails(MailFilter(states=(MailState.OWED,)))
        assert mail.next_try is not None
        pauses.append(mail.next_try - office.clock.now())
        office.clock.advance(seconds=pauses[-1].total_seconds())
    assert pauses == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 32, 60, 60)]


async def test_k_a_refused_receiver_is_the_end_of_that_mail_alone(office: BackOffice, post: PostOffice) -> None:
    post.rcpt = "550 no such user"
    await owe(office, owed(1))
    await postman(office, post.port).send_due()
    post.rcpt = "250 taken"
    await owe(office, owed(2))
    office.clock.advance(hours=24)
    await postman(office, post.port).send_due()
    assert await states(office) == [MailState.FAILED, MailState.SENT]


@pytest.mark.parametrize("to", ["<a@x>", "@foo", "a@日本.jp", "a@[1.2", "=?x?q?y?=@a.jp"])
async def test_k_an_address_that_is_none_stops_no_other_mail(office: BackOffice, post: PostOffice, to: str) -> None:
    assert isinstance(office.directory.identity, ShopIdentity)
    office.directory.identity = replace(office.directory.identity, email=to)
    await owe(office, replace(owed(1), to=to), owed(2, ShopKey("osaka-knives")))
    await postman(office, post.port).send_due()
    assert await states(office) == [MailState.FAILED, MailState.SENT]


async def test_k_a_fault_of_ours_on_one_mail_puts_it_off_and_stops_no_other(office: BackOffice) -> None:
    mailer = Faulty(message_id(owed(1), SENDER.address))
    man = postman_over(office, mailer)
    await owe(office, owed(1), owed(2))
    await man.send_due()
    [late, sent] = reversed(await office.catalogue.mails(MailFilter()))
    assert (late.state, late.next_try, late.tries) == (MailState.OWED, office.clock.now() + timedelta(minutes=1), 1)
    assert sent.state is MailState.SENT


async def test_k_a_fault_of_ours_after_the_text_may_have_left_is_not_tried_again(office: BackOffice) -> None:
    mailer = Faulty(message_id(owed(1), SENDER.address), started=True)
    man = postman_over(office, mailer)
    await owe(office, owed(1), owed(2))
    for _ in range(2):
        await man.send_due()
        office.clock.advance(hours=7)
    assert (await states(office), mailer.asked) == ([MailState.UNKNOWN, MailState.SENT], 2)


async def test_k_of_two_postmen_one_sends_a_mail(office: BackOffice, post: PostOffice) -> None:
    """One halts with the list of what is due in its hand, loses its lease, and wakes when another has sent it all."""
    await owe(office, owed(1), owed(2))
    slow = Slow(office.outbox)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(postman(office, post.port, outbox=slow).send_due)
            await slow.reached.wait()
            await postman(office, post.port).send_due()
            slow.open.set()
    assert (await states(office), len(post.taken)) == ([MailState.SENT] * 2, 2)


@pytest.mark.parametrize(("answer", "hourly"), [("451 come again", 20), ("550 no such user", 20), ("250 taken", 1)])
async def test_k_who_wakes_late_changes_nothing_on_what_was_sent(
    office: BackOffice, post: PostOffice, answer: str, hourly: int
) -> None:
    """Deferred, refused or held back: a mail that another process sent stays sent."""
    await owe(office, owed())
    slow = Slow(office.outbox)
    few = SenderOptions(address=SENDER.address, name=SENDER.name, hourly=hourly)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(postman(office, post.port, few, outbox=slow).send_due)
            await slow.reached.wait()
            await postman(office, post.port).send_due()
            post.rcpt = answer
            slow.open.set()
    assert (await states(office), len(post.taken)) == ([MailState.SENT], 1)


async def test_k_a_connection_that_is_lost_after_the_text_is_not_tried_again(
    office: BackOffice, post: PostOffice
) -> None:
    """It may have been sent: it is UNKNOWN, which is an alarm."""
    post.data = LOSE
    await owe(office, owed())
    await postman(office, post.port).send_due()
    post.data = "250 taken"
    office.clock.advance(hours=24)
    await postman(office, post.port).send_due()
    assert (await states(office), post.taken) == ([MailState.UNKNOWN], [])
    assert office.watch.mails == [MailState.UNKNOWN]


async def test_k_the_disk_says_sending_before_the_text_leaves(office: BackOffice, post: PostOffice) -> None:
    """Killed at this very moment, nothing would be sent twice."""
    outbox = Failing(office.outbox, MailState.SENDING)
    await owe(office, owed())
    with pytest.raises(InboxUnavailable):
        await postman(office, post.port, outbox=outbox).send_due()
    assert (await states(office), post.taken) == ([MailState.OWED], [])


async def test_k_a_disk_that_fails_after_the_text_leaves_it_uncertain(office: BackOffice, post: PostOffice) -> None:
    await owe(office, owed())
    with pytest.raises(InboxUnavailable):
        await postman(office, post.port, outbox=Failing(office.outbox, MailState.SENT)).send_due()
    await postman(office, post.port).send_due()
    assert (await states(office), len(post.taken)) == ([MailState.SENDING], 1)


async def test_a_flood_of_failures_is_held_back_and_released(office: BackOffice, post: PostOffice) -> None:
    few = SenderOptions(address=SENDER.address, name=SENDER.name, hourly=3)
    await owe(office, *[owed(number) for number in range(1, 6)], owed(9, ShopKey("osaka-knives")))
    await postman(office, post.port, few).send_due()
    assert (await states(office)).count(MailState.HELD) == 2
    assert (await states(office))[-1] is MailState.SENT, "another shop's mail does not wait for it"
    office.clock.advance(minutes=20)
    await postman(office, post.port, few).send_due()
    assert (await states(office)).count(MailState.HELD) == 2
    office.clock.advance(minutes=41)
    await postman(office, post.port, few).send_due()
    assert await states(office) == [MailState.SENT] * 6


async def test_the_postman_wakes_with_the_bell(office: BackOffice, post: PostOffice) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(postman(office, post.port).run, office.bell)
        await owe(office, owed())
        office.bell.set()
        await office.watch.until(office.watch.mails, 1)
        group.cancel_scope.cancel()
    assert await states(office) == [MailState.SENT]


async def test_k_cancelled_in_the_middle_of_a_mail_it_is_finished(office: BackOffice) -> None:
    mailer = Halting()
    man = postman_over(office, mailer)
    await owe(office, owed(1), owed(2))
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(man.run, office.bell)
            await mailer.reached.wait()
            group.cancel_scope.cancel()
            mailer.open.set()
    assert await states(office) == [MailState.SENT, MailState.OWED]


class Failing:
    """An outbox whose disk is full when one state is to be written."""

    def __init__(self, real, state: MailState) -> None:
        self._real = real
        self._state = state

    def __getattr__(self, name: str):
        return getattr(self._real, name)

    async def mark(self, number, state, at, **words):
        if state is self._state:
            raise InboxUnavailable
        return await self._real.mark(number, state, at, **words)


class Slow:
    """An outbox whose reader halts once it knows what is due."""

    def __init__(self, real) -> None:
        self.reached = anyio.Event()
        self.open = anyio.Event()
        self._real = real

    def __getattr__(self, name: str):
        return getattr(self._real, name)

    async def due(self, now, *, limit):
        found = await self._real.due(now, limit=limit)
        self.reached.set()
        await self.open.wait()
        return found


class Faulty:
    """A mailer with a mistake in it that one mail finds."""

    def __init__(self, finds: str, *, started: bool = False) -> None:
        self.asked = 0
        self._finds = finds
        self._started = started

    async def send(self, mail: Mail, before_text) -> MailReply:
        self.asked += 1
        if mail.message_id == self._finds and not self._started:
            raise AttributeError
        await before_text()
        if mail.message_id == self._finds:
            raise AttributeError
        return MailReply()


class Halting:
    """A mail server that takes its time between taking the receiver and the text."""

    def __init__(self) -> None:
        self.reached = anyio.Event()
        self.open = anyio.Event()

    async def send(self, mail: Mail, before_text) -> MailReply:
        await before_text()
        self.reached.set()
        await self.open.wait()
        return MailReply()
