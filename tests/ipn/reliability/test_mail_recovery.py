"""A mail that did not arrive: it is an alarm, it goes to the new address once that is known, and never twice to one address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from reconciler.ports.inbox import MailState
from reconciler.ports.inbox_admin import MailFilter
from tests.ipn.reliability.test_mail import postman
from tests.ipn.worker_harness import BackOffice, captured, open_office
from tests.support.smtp_server import PostOffice, opened

pytestmark = pytest.mark.anyio

NEW = "new@kyoto-tea.example"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[BackOffice]:
    async with open_office(tmp_path) as made:
        yield made


@pytest.fixture
async def post() -> AsyncIterator[PostOffice]:
    async with opened(PostOffice()) as made:
        yield made


async def test_d3_a_refused_mail_is_an_alarm_and_goes_to_the_new_address(office, post) -> None:
    post.rcpt = "550 5.1.1 no such user"
    await office.work_off(captured(state="Declined", reason="ProcessingFailure"))
    with capture_logs() as logged:
        await postman(office, post.port).send_due()
    [line] = [each for each in logged if each["event"] == "mail"]
    assert (line["log_level"], line.get("alarm")) == ("error", True)
    post.rcpt = "250 taken"
    office.directory.identity = replace(office.directory.identity, email=NEW)
    await postman(office, post.port).send_due()
    assert [message["To"] for message in post.taken] == [NEW]
    assert [each.state for each in await office.catalogue.mails(MailFilter())] == [MailState.SENT]


async def test_d10_a_mail_server_that_is_down_is_a_warning(office, post) -> None:
    post.rcpt = "450 4.2.1 come again"
    await office.work_off(captured(state="Declined", reason="ProcessingFailure"))
    with capture_logs() as logged:
        await postman(office, post.port).send_due()
    [line] = [each for each in logged if each["event"] == "mail"]
    assert line["log_level"] == "warning"
