"""Mail over a real SMTP server: what is sent, and what each failure reports."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from reconciler.adapters.settings.sidecar import MailSettings
from reconciler.adapters.smtp import SmtpMailer
from reconciler.core.values import Secret, SecretRef
from reconciler.ports.mailer import Mail, MailProblem, MailRefused, MailReply, MailUnavailable, MailUncertain
from tests.adapters.backend.fakes import FakeClock
from tests.support.smtp_server import LOSE, PostOffice, opened

pytestmark = pytest.mark.anyio

SETTINGS = MailSettings(host="127.0.0.1", port=25, security="none")
MAIL = Mail(
    message_id="<0123@system.future-shop.net>",
    to="pay@kyoto-tea.example",
    sender_name=SETTINGS.sender_name,
    sender=SETTINGS.sender,
    subject=SETTINGS.subject,
    text="受注番号: 100000020732\n.\n.. 点で始まる行\n",
)


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with opened(PostOffice()) as made:
        yield made


def mailer(port: int, password: Secret | None = None, **words: object) -> SmtpMailer:
    return SmtpMailer(replace(SETTINGS, port=port, **words), password, FakeClock(), timeout=5.0)  # type: ignore[arg-type]


class Steps:
    def __init__(self) -> None:
        self.started = 0

    async def __call__(self) -> None:
        self.started += 1


async def test_a_mail_arrives_as_it_was_written(office: PostOffice) -> None:
    steps = Steps()
    office.before_data = lambda: order.append(steps.started)
    order: list[int] = []
    await mailer(office.port).send(MAIL, steps)
    [message] = office.taken
    assert office.envelopes == [("noreply@system.future-shop.net", ["pay@kyoto-tea.example"])]
    assert message["From"].addresses[0].display_name == "FutureShop2 Amazonセラーセントラル通知"
    assert message["From"].addresses[0].addr_spec == "noreply@system.future-shop.net"
    assert message["Subject"] == "Amazonペイメント処理失敗通知"
    assert message["Message-ID"] == MAIL.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == FakeClock().now()
    assert message.get_content().replace("\r\n", "\n") == MAIL.text
    assert order == [1], "the step before the text is taken before the text leaves"


async def test_headers_are_ascii_on_the_wire(office: PostOffice) -> None:
    """RFC 2047: servers without SMTPUTF8 take them as well."""
    await mailer(office.port).send(MAIL, Steps())
    assert "=?utf-8?" in office.taken[0].as_bytes().decode("ascii").partition("\n\n")[0].lower()


@pytest.mark.filterwarnings("ignore:Session.login_data")  # aiosmtpd's own
async def test_the_login_is_used() -> None:
    async with opened(PostOffice(), login=True) as closed:
        password = Secret("a-password", SecretRef("ref+env://P"))
        await mailer(closed.port, password, username="shop").send(MAIL, Steps())
        assert len(closed.taken) == 1
        wrong = Secret("another", SecretRef("ref+env://P"))
        with pytest.raises(MailUnavailable, match="login-refused 535"):
            await mailer(closed.port, wrong, username="shop").send(MAIL, Steps())
        assert len(closed.taken) == 1


async def test_a_server_that_is_down_is_no_fault_of_the_mail() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    steps = Steps()
    with pytest.raises(MailUnavailable):
        await mailer(port).send(MAIL, steps)
    assert steps.started == 0


async def test_required_encryption_is_not_skipped(office: PostOffice) -> None:
    for security in ("starttls", "tls"):
        with pytest.raises(MailUnavailable):
            await mailer(office.port, security=security).send(MAIL, Steps())
    assert office.taken == []


REFUSALS = [
    ({"rcpt": "550 5.1.1 no such user pay@kyoto-tea.example"}, MailRefused, 0),
    ({"rcpt": "451 4.2.1 come again"}, MailUnavailable, 0),
    ({"sender": "550 not from you"}, MailUnavailable, 0),
    ({"data": "554 5.7.1 looks like spam"}, MailRefused, 1),
    ({"data": "452 4.3.1 disk full"}, MailUnavailable, 1),
    ({"data": LOSE}, MailUncertain, 1),
]


@pytest.mark.parametrize(("answers", "error", "started"), REFUSALS)
async def test_each_refusal_says_whether_it_may_have_been_sent(
    office: PostOffice, answers: dict[str, str], error: type[Exception], started: int
) -> None:
    for name, answer in answers.items():
        setattr(office, name, answer)
    steps = Steps()
    with pytest.raises(error) as raised:
        await mailer(office.port).send(MAIL, steps)
    assert (steps.started, office.taken) == (started, [])
    assert "kyoto-tea" not in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "code", "text"),
    [
        ("550 5.1.1 <pay@kyoto-tea.example>: no such user", 550, "5.1.1 <address>: no such user"),
        ("550 5.1.1 no user pay@kyoto-tea.example.", 550, "5.1.1 no user <address>"),
        ('550 user "hana ko"@uji.example', 550, "user <address>"),
        ("550 see http://x/?to=hanako%40uji.example", 550, "see http:<address>"),
        ("550-first\r\n550 second", 550, "first second"),
        ("550 \x1b[31mred\x07", 550, "[31mred"),
        (f"550 {'x' * 400}", 550, "x" * 200),
    ],
)
async def test_the_answer_is_one_printable_line_without_addresses(
    office: PostOffice, answer: str, code: int, text: str
) -> None:
    office.rcpt = answer
    with pytest.raises(MailRefused) as raised:
        await mailer(office.port).send(MAIL, Steps())
    assert raised.value.reply == MailReply(problem=MailProblem.RECEIVER_REFUSED, code=code, text=text)


async def test_the_answer_to_an_accepted_mail_is_kept(office: PostOffice) -> None:
    office.data = "250 2.0.0 queued as 4F1"
    assert await mailer(office.port).send(MAIL, Steps()) == MailReply(code=250, text="2.0.0 queued as 4F1")


INJECTIONS = [
    {"subject": "failed\r\nBcc: thief@evil.example"},
    {"sender_name": "shop\nBcc: thief@evil.example"},
    {"to": "pay@kyoto-tea.example\r\nBcc: thief@evil.example"},
    {"to": "pay@kyoto-tea.example, thief@evil.example"},
    {"to": "<pay@kyoto-tea.example>\rRCPT TO:<thief@evil.example>"},
]


@pytest.mark.parametrize("change", INJECTIONS)
async def test_l_no_header_can_be_smuggled_in(office: PostOffice, change: dict[str, str]) -> None:
    with pytest.raises(MailRefused):
        await mailer(office.port).send(replace(MAIL, **change), Steps())
    assert office.envelopes == []


MALFORMED = [
    "<a@x>",
    "@foo",
    "",
    "foo@",
    "a@[1.2",
    "=?x?q?y?=@a.jp",
    "山田@example.jp",
    "a@日本.jp",
    "\udc80@x.jp",
    "a@x\0",
]


@pytest.mark.parametrize("to", MALFORMED)
async def test_an_address_that_is_none_is_the_end_of_that_mail(office: PostOffice, to: str) -> None:
    with pytest.raises(MailRefused) as raised:
        await mailer(office.port).send(replace(MAIL, to=to), Steps())
    assert office.envelopes == []
    assert not to or to not in str(raised.value)


async def test_a_step_that_fails_stops_the_mail(office: PostOffice) -> None:
    async def failing() -> None:
        raise RuntimeError("the outbox is away")

    with pytest.raises(RuntimeError):
        await mailer(office.port).send(MAIL, failing)
    assert office.taken == []
