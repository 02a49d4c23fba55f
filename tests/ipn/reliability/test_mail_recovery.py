"""A mail that did not arrive: it is an alarm, it goes to the new address once that is known, and never twice to one address."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from reconciler.ipn.process.mail_sender import MailSender, message_id
from reconciler.ports.inbox import MailState, OutboxMail, PendingMail
from reconciler.ports.inbox_admin import MailFilter
from reconciler.ports.mailer import MailProblem
from reconciler.ports.shop_directory import ShopIdentity
from tests.ipn.reliability.test_mail import SENDER, owed, postman
from tests.ipn.worker_harness import EMAIL, SHOP, BackOffice, captured, open_office, without_mail
from tests.support.postgres import Cluster, running
from tests.support.smtp_server import HANG, LOSE, TAKEN, PostOffice, opened

pytestmark = pytest.mark.anyio

NEW = "new@kyoto-tea.example"
GONE = "550 5.1.1 <amazon-pay@kyoto-tea.example>: no such user"
FULL = "450 4.2.2 mailbox full"
HASTY = replace(SENDER, patience=1.0)
"""For a server that hangs; any other answers in time also on a busy machine only to a patient one."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BackOffice]:
    inbox = None if request.param == "sqlite" else request.getfixturevalue("cluster").fresh()
    async with open_office(tmp_path, inbox) as made:
        yield made


@pytest.fixture
async def post() -> AsyncIterator[PostOffice]:
    async with opened(PostOffice()) as made:
        yield made


def move_to(office: BackOffice, address: str | None) -> None:
    """The shop's 通知メールアドレス changes."""
    assert isinstance(office.directory.identity, ShopIdentity)
    office.directory.identity = replace(office.directory.identity, email=address)


async def mail_of(office: BackOffice) -> OutboxMail:
    [mail] = await office.catalogue.mails(MailFilter())
    return mail


async def sent_by(man: MailSender) -> list[tuple[str, str, str | None, bool]]:
    """What one round logs about mails: level, state, problem, alarm."""
    with capture_logs() as logged:
        await man.send_due()
    lines = [each for each in logged if each["event"] == "mail"]
    assert "kyoto-tea.example" not in str(logged), "the log holds no address"
    return [(line["log_level"], line["state"], line["problem"], line["alarm"]) for line in lines]


async def decline(office: BackOffice) -> None:
    await office.work_off(captured(state="Declined", reason="ProcessingFailure"))


async def test_d3_a_refused_mail_is_an_alarm_and_goes_to_the_new_address(office: BackOffice, post: PostOffice) -> None:
    post.rcpt = GONE
    await decline(office)
    man = postman(office, post.port)
    assert await sent_by(man) == [("error", "failed", "receiver-refused", True)]
    refused = await mail_of(office)
    assert (refused.reply.code, refused.reply.text) == (550, "5.1.1 <address>: no such user")
    post.rcpt = TAKEN
    assert await sent_by(man) == [], "not again to the same address"
    move_to(office, NEW)
    assert await sent_by(man) == [("info", "sent", None, False)]
    assert post.read == [(message_id(refused.mail, SENDER.address), NEW)]
    assert (await mail_of(office)).reply.code == 250


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"rcpt": FULL}, "receiver-deferred"),
        ({"data": FULL}, "content-deferred"),
        ({"sender": FULL}, "sender-refused"),
        ({"rcpt": LOSE}, "server-unreachable"),
        ({"rcpt": HANG}, "no-answer"),
    ],
)
async def test_d10_a_temporary_problem_is_a_warning_and_the_mail_goes_later(
    office: BackOffice, post: PostOffice, answers: dict[str, str], problem: str
) -> None:
    await decline(office)
    for name, answer in answers.items():
        setattr(post, name, answer)
    sender = HASTY if HANG in answers.values() else SENDER
    assert await sent_by(postman(office, post.port, sender)) == [("warning", "owed", problem, False)]
    assert office.watch.mail_problems == [MailProblem(problem)]
    for name in answers:
        setattr(post, name, TAKEN)
    man = postman(office, post.port)
    assert await sent_by(man) == []
    office.clock.advance(minutes=1)
    assert await sent_by(man) == [("info", "sent", None, False)]
    assert [receiver for _, receiver in post.read][-1] == EMAIL


@pytest.mark.parametrize(("answer", "problem"), [(LOSE, "connection-lost"), (HANG, "no-answer")])
async def test_a_mail_without_an_answer_is_an_alarm_and_goes_only_to_another_address(
    office: BackOffice, post: PostOffice, answer: str, problem: str
) -> None:
    post.data = answer
    await decline(office)
    sender = HASTY if answer is HANG else SENDER
    assert await sent_by(postman(office, post.port, sender)) == [("error", "unknown", problem, True)]
    post.data, man = TAKEN, postman(office, post.port)
    office.clock.advance(hours=24)
    assert await sent_by(man) == []
    move_to(office, NEW)
    assert await sent_by(man) == [("info", "sent", None, False)]
    assert Counter(receiver for _, receiver in post.read) == {EMAIL: 1, NEW: 1}


async def test_an_address_that_may_have_the_mail_does_not_get_it_when_it_comes_back(
    office: BackOffice, post: PostOffice
) -> None:
    man = postman(office, post.port)
    await decline(office)
    post.data = LOSE
    await man.send_due()
    move_to(office, NEW)
    await man.send_due()
    post.data = TAKEN
    for address in (EMAIL, NEW, EMAIL):
        move_to(office, address)
        await man.send_due()
    assert Counter(receiver for _, receiver in post.read) == {EMAIL: 1, NEW: 1}
    assert (await mail_of(office)).doubtful == (EMAIL, NEW)


async def test_an_address_that_comes_back_before_the_mail_left_is_not_served_twice(
    office: BackOffice, post: PostOffice
) -> None:
    post.data = LOSE
    await decline(office)
    await postman(office, post.port).send_due()
    assert await office.outbox.readdress(SHOP, EMAIL, NEW, office.clock.now()) == 1
    post.data = TAKEN
    assert await sent_by(postman(office, post.port)) == [("error", "unknown", None, True)]
    assert len(post.read) == 1


async def test_an_operator_may_have_it_sent_again_under_the_same_message_id(
    office: BackOffice, post: PostOffice
) -> None:
    post.data = LOSE
    await decline(office)
    man = postman(office, post.port)
    await man.send_due()
    post.data = TAKEN
    assert await office.catalogue.resend((await mail_of(office)).number, office.clock.now())
    assert await sent_by(man) == [("info", "sent", None, False)]
    first, second = post.read
    assert first == second


async def test_a_resent_mail_goes_to_the_address_that_the_shop_has_now(office: BackOffice, post: PostOffice) -> None:
    """Whatever is remembered of the shop: it is read when the mail is sent."""
    post.rcpt = GONE
    await decline(office)
    await postman(office, post.port).send_due()
    post.rcpt = TAKEN
    assert isinstance(office.directory.identity, ShopIdentity)
    office.directory.remembered = office.directory.identity
    move_to(office, NEW)
    assert await sent_by(postman(office, post.port)) == [], "the change is not known yet"
    assert await office.catalogue.resend_undelivered(None, office.clock.now()) == [(await mail_of(office)).number]
    await postman(office, post.port).send_due()
    assert [receiver for _, receiver in post.read] == [NEW]


async def test_d9_a_replay_uses_the_address_that_the_shop_has_now(office: BackOffice, post: PostOffice) -> None:
    without_mail(office)
    assert await office.work_off(captured(state="Declined")) == ["declined-no-mail-address"]
    assert isinstance(office.directory.identity, ShopIdentity)
    office.directory.remembered = office.directory.identity
    move_to(office, NEW)
    [entry] = await office.entries()
    await office.catalogue.replay(entry.number)
    async with office.working():
        office.bell.set()
        await office.watch.until(office.watch.ends, 2)
    await postman(office, post.port).send_due()
    assert [receiver for _, receiver in post.read] == [NEW]
    [entry] = await office.entries()
    assert entry.mail is not None
    assert (entry.reason, entry.mail.state) == ("declined", MailState.SENT)


async def test_a_replay_after_the_address_was_fixed_sends_the_refused_mail(
    office: BackOffice, post: PostOffice
) -> None:
    post.rcpt = GONE
    await decline(office)
    await postman(office, post.port).send_due()
    assert isinstance(office.directory.identity, ShopIdentity)
    office.directory.remembered = office.directory.identity
    move_to(office, NEW)
    post.rcpt = TAKEN
    [entry] = await office.entries()
    assert entry.mail is not None
    assert entry.mail.state is MailState.FAILED
    await office.catalogue.replay(entry.number)
    async with office.working():
        office.bell.set()
        await office.watch.until(office.watch.ends, 2)
    await postman(office, post.port).send_due()
    assert [receiver for _, receiver in post.read] == [NEW]


async def test_a_mail_whose_process_was_killed_is_an_alarm_after_two_minutes(
    office: BackOffice, post: PostOffice
) -> None:
    await decline(office)
    mail = await mail_of(office)
    await office.outbox.mark(mail.number, MailState.SENDING, office.clock.now(), was=MailState.OWED)
    man = postman(office, post.port)
    assert await sent_by(man) == []
    office.clock.advance(minutes=2, seconds=1)
    assert await sent_by(man) == [("error", "unknown", "interrupted", True)]
    assert post.read == []


async def test_an_answer_that_comes_after_the_mail_was_given_up_counts(office: BackOffice, post: PostOffice) -> None:
    """A process that was stopped for minutes wakes, and the server had taken the mail."""
    await decline(office)
    man = postman(office, post.port)

    async def give_up() -> None:
        office.clock.advance(minutes=3)
        [stuck] = await office.outbox.interrupted(office.clock.now() - timedelta(minutes=2))
        await office.outbox.mark(stuck.number, MailState.UNKNOWN, office.clock.now(), was=MailState.SENDING)

    mailer = man.mailer

    class Late:
        async def send(self, mail: Any, before_text: Any) -> Any:
            reply = await mailer.send(mail, before_text)
            await give_up()
            return reply

    assert await sent_by(replace(man, mailer=Late())) == [("info", "sent", None, False)]
    assert (await mail_of(office)).state is MailState.SENT


async def test_a_deferred_receiver_does_not_hold_up_the_others(office: BackOffice, post: PostOffice) -> None:
    for number in (1, 2, 3):
        await office.desk.record_fact(None, owed(number))
    post.rcpt = FULL
    assert len(await sent_by(postman(office, post.port))) == 3
    office.clock.advance(minutes=1)
    post.rcpt = HANG
    assert len(await sent_by(postman(office, post.port, HASTY))) == 1, "a server that does not answer is asked once"


ANSWERS = st.sampled_from([TAKEN, GONE, FULL, LOSE])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("rcpt"), ANSWERS),
        st.tuples(st.just("data"), ANSWERS),
        st.tuples(st.just("address"), st.sampled_from([EMAIL, NEW, "third@kyoto-tea.example"])),
        st.tuples(st.just("wait"), st.sampled_from([1, 90])),
        st.tuples(st.just("resend"), st.none()),
    ),
    max_size=30,
)


@given(steps=STEPS)
@example(steps=[("data", LOSE), ("address", NEW), ("address", EMAIL)])
def test_no_address_reads_a_mail_twice_without_being_asked_for(steps: list[tuple[str, Any]]) -> None:
    """Whatever the server answers and however the address changes: once, and once more for each time that it was asked for."""
    anyio.run(_law, steps)


async def _law(steps: list[tuple[str, Any]]) -> None:
    resent = 0
    with TemporaryDirectory() as folder:
        async with open_office(Path(folder)) as office, opened(PostOffice()) as post:
            mail = PendingMail(event="e", shop=SHOP, to=EMAIL, subject="s", text="t", order="1")
            await office.desk.record_fact(None, mail)
            man = postman(office, post.port)
            for name, value in [*steps, ("data", TAKEN), ("rcpt", TAKEN)]:
                match name:
                    case "rcpt" | "data":
                        setattr(post, name, value)
                    case "address":
                        move_to(office, value)
                    case "wait":
                        office.clock.advance(minutes=value)
                    case _:
                        resent += await office.catalogue.resend((await mail_of(office)).number, office.clock.now())
                await man.send_due()
            assert len({name for name, _ in post.read}) <= 1, "the Message-ID stays the same"
            assert all(count <= 1 + resent for count in Counter(post.read).values())
