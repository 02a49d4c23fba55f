"""Alerts by mail over a real SMTP server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.adapters.alerts.mail_channel import MailChannel
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.settings.sidecar import MailSettings
from reconciler.adapters.smtp import SmtpMailer
from reconciler.core.alerts.outcome import DeliveryProblem, Retry, SendRefused, Sent
from reconciler.core.alerts.words import DELIVERY_PROBLEMS
from reconciler.core.diagnostics.messages import msg
from reconciler.ports import SecretMissing
from reconciler.views.alerts.plain_text import plain_alert
from tests.support.alerts.alert_samples import FINDING, STORM, alert
from tests.support.smtp_server import HANG, LOSE, PostOffice, opened

pytestmark = pytest.mark.anyio

TWO = ("payments@example.jp", "night@example.jp")


@pytest.fixture
async def office():
    async with opened(PostOffice()) as made:
        yield made


def channel(port: int, to: tuple[str, ...] = TWO[:1], within: float = 5.0) -> MailChannel:
    settings = MailSettings(host="127.0.0.1", port=port, security="none", sender="alerts@example.jp")
    return MailChannel(
        name="payments",
        to=to,
        sender=settings.sender,
        sender_name="reconciler",
        language="ja",
        mailer=lambda: SmtpMailer(settings, None, SystemClock(), timeout=within),
        text=plain_alert,
    )


async def test_a_mail_arrives_as_written(office):
    outcome = await channel(office.port).send(alert())
    assert isinstance(outcome, Sent)
    assert outcome.answer.startswith("250")
    (mail,) = office.taken
    assert mail["Subject"] == "[reconciler] 【中】nara-brush、通知メールアドレス: Git との不一致"
    assert mail["Message-ID"] == "<0123456789abcdef0123456789abcdef@example.jp>"
    assert (mail["To"], mail["Auto-Submitted"]) == ("payments@example.jp", "auto-generated")
    assert (mail.get_content_type(), mail.get_content_charset()) == ("text/plain", "utf-8")
    assert "解消するコマンド:\n    reconciler apply nara-brush" in mail.get_content().replace("\r\n", "\n")


async def test_a_repeated_mail_has_the_same_message_id(office):
    for _ in range(2):
        await channel(office.port).send(STORM)
    first, second = office.taken
    assert first["Message-ID"] == second["Message-ID"]


async def test_all_receivers_are_in_one_mail(office):
    await channel(office.port, TWO).send(alert())
    assert office.envelopes == [("alerts@example.jp", list(TWO))]
    assert office.taken[0]["To"] == ", ".join(TWO)


async def test_a_value_with_line_breaks_starts_no_header(office):
    hostile = replace(FINDING, observed="x\r\nBcc: eve@evil.example\n\nbody", owner="a\nSubject: b")
    hostile = replace(hostile, key=replace(FINDING.key, shop="nara\r\nBcc: eve@evil.example"))
    await channel(office.port).send(alert(hostile))
    (mail,) = office.taken
    assert mail["Bcc"] is None
    assert "↵" in mail["Subject"]
    assert office.envelopes == [("alerts@example.jp", list(TWO[:1]))]


@pytest.mark.parametrize(
    ("words", "kind", "problem", "status"),
    [
        ({"rcpt": "450 later"}, Retry, DeliveryProblem.DEFERRED, 450),
        ({"rcpt": "550 unknown"}, SendRefused, DeliveryProblem.REFUSED, 550),
        ({"data": "451 later"}, Retry, DeliveryProblem.DEFERRED, 451),
        ({"data": "554 spam"}, SendRefused, DeliveryProblem.REFUSED, 554),
        ({"sender": "550 not yours"}, Retry, DeliveryProblem.DEFERRED, 550),
        ({"rcpt": LOSE}, Retry, DeliveryProblem.UNREACHABLE, None),
        ({"data": LOSE}, Retry, DeliveryProblem.CONNECTION_LOST, None),
    ],
)
async def test_an_answer_says_whether_to_try_again(words, kind, problem, status):
    async with opened(PostOffice(**words)) as office:
        outcome = await channel(office.port).send(alert())
    assert isinstance(outcome, kind)
    assert (outcome.error.problem, outcome.error.status) == (problem, status)


async def test_a_server_that_hangs_is_tried_again():
    async with opened(PostOffice(data=HANG)) as office:
        outcome = await channel(office.port, within=0.3).send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is DeliveryProblem.TIMED_OUT


async def test_no_server(office):
    outcome = await channel(1).send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is DeliveryProblem.UNREACHABLE
    assert await channel(1).check() == DELIVERY_PROBLEMS[DeliveryProblem.UNREACHABLE]
    assert await channel(office.port).check() is None
    assert office.envelopes == []


@pytest.mark.parametrize(("answers", "taken"), [(["550 gone", "250 ok"], 1), (["250 ok", "550 gone"], 1)])
async def test_one_refused_receiver_does_not_keep_the_alert_from_others(answers, taken):
    async with opened(PostOffice(rcpts=answers)) as office:
        outcome = await channel(office.port, TWO).send(alert())
    assert isinstance(outcome, Sent)
    assert outcome.answer.endswith("(receivers refused: 1 of 2)")
    assert [len(receivers) for _, receivers in office.envelopes] == [taken]


async def test_one_deferred_receiver_defers_the_mail_for_all():
    """Otherwise the others would get it again with the next attempt."""
    async with opened(PostOffice(rcpts=["250 ok", "450 later"])) as office:
        outcome = await channel(office.port, TWO).send(alert())
    assert isinstance(outcome, Retry)
    assert office.envelopes == []


async def test_an_answer_that_repeats_an_address_is_kept_without_it():
    async with opened(PostOffice(data="554 <payments@example.jp> refused")) as office:
        outcome = await channel(office.port).send(alert())
    assert isinstance(outcome, SendRefused)
    assert outcome.error.text == "<address> refused"


async def test_a_password_that_is_missing(office):
    def unavailable():
        raise SecretMissing(msg("The environment variable {name} is not set", name="X"), hint=msg("Set it"))

    outcome = await replace(channel(office.port), mailer=unavailable).send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is DeliveryProblem.SECRET_MISSING
    assert office.envelopes == []
