"""Alerts through the package apprise, to its own kind `json://`."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace

import pytest

from reconciler.adapters.alerts.apprise_channel import AppriseChannel
from reconciler.core.alerts.outcome import DeliveryProblem, Retry, SendRefused, Sent
from reconciler.core.alerts.words import DELIVERY_PROBLEMS
from reconciler.core.values import SecretRef
from reconciler.views.alerts.plain_text import plain_alert
from tests.support.alerts.alert_samples import STORM, alert
from tests.support.stub_http_server import answer, silence

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),  # apprise imports it
]


@pytest.fixture
def channel(server, secrets, monkeypatch):
    monkeypatch.setenv("SERVICE", f"json://user:tiny-s3cret@127.0.0.1:{server.port}/tiny-s3cret")
    server.on("POST /tiny-s3cret", answer(b"", 200, etag=None))
    return AppriseChannel(
        name="any", url=SecretRef("ref+env://SERVICE"), language="ja", secrets=secrets, text=plain_alert
    )


@pytest.mark.parametrize("sample", [alert(), STORM], ids=["finding", "storm"])
async def test_a_service_gets_the_text(channel, server, sample):
    assert await channel.send(sample) == Sent(answer="apprise")
    subject, text = plain_alert(sample, "ja")
    assert (server.last.json["title"], server.last.json["message"].strip()) == (subject, text.strip())


@pytest.mark.parametrize("status", [400, 410, 500])
async def test_a_no_is_tried_again(channel, server, status, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    server.on("POST /tiny-s3cret", answer(b"tiny-s3cret", status, etag=None))
    outcome = await channel.send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is DeliveryProblem.DEFERRED
    assert "tiny-s3cret" not in caplog.text + "".join(capfd.readouterr()) + repr((outcome, channel))


async def test_a_redirect_is_not_followed(channel, server):
    server.on("POST /tiny-s3cret", answer(b"", 307, etag=None, Location=f"{server.url}/elsewhere"))
    assert isinstance(await channel.send(alert()), Retry)
    assert {seen.path for seen in server.seen} == {"/tiny-s3cret"}


async def test_a_service_that_never_answers(channel, server):
    server.on("POST /tiny-s3cret", silence)
    outcome = await replace(channel, within=0.2).send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is DeliveryProblem.TIMED_OUT


@pytest.mark.parametrize("url", ["nonsense", "nosuchservice://tiny-s3cret", " ", "json://"])
async def test_an_unknown_address_is_refused(channel, monkeypatch, url, caplog, capfd):
    monkeypatch.setenv("SERVICE", url)
    outcome = await channel.send(alert())
    assert isinstance(outcome, SendRefused)
    assert outcome.error.problem is DeliveryProblem.BAD_ADDRESS
    assert await channel.check() == DELIVERY_PROBLEMS[DeliveryProblem.BAD_ADDRESS]
    assert "tiny-s3cret" not in caplog.text + "".join(capfd.readouterr())


async def test_a_check_sends_nothing(channel, server):
    assert await channel.check() is None
    assert server.seen == []


async def test_without_the_package_the_alert_waits(channel, server, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    outcome = await channel.send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.text == "apprise is not installed: run `pip install 'reconciler[apprise]'`"
    assert str(await channel.check()) == outcome.error.text
    assert server.seen == []
