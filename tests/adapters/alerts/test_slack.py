"""Alerts to a chat that applies Slack's limits and escaping."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.alerts.slack_channel import SlackChannel
from reconciler.adapters.clock import SystemClock
from reconciler.core.alerts.outcome import DeliveryProblem, Retry, SendRefused, Sent
from reconciler.core.findings.finding import ChangeAuthor
from reconciler.core.values import SecretRef
from reconciler.views.alerts.slack_blocks import slack_alert
from tests.support.alerts.alert_samples import DIGEST, FINDING, STORM, TEST, alert, event
from tests.support.alerts.slack_server import SlackServer
from tests.support.stub_http_server import answer

pytestmark = pytest.mark.anyio

PATH = "/services/T0/B0/tiny-s3cret"
WEBHOOK = f"POST {PATH}"


@pytest.fixture
def chat(server):
    made = SlackServer()
    server.on(WEBHOOK, made.saying())
    return made


@pytest.fixture
def channel(server, http, secrets, monkeypatch):
    monkeypatch.setenv("CHAT_URL", f"{server.url}{PATH}")
    return SlackChannel(
        name="ops",
        url=SecretRef("ref+env://CHAT_URL"),
        language="ja",
        secrets=secrets,
        clock=SystemClock(),
        http=http,
        message=slack_alert,
    )


@pytest.mark.parametrize("sample", [alert(), STORM, DIGEST, TEST], ids=["finding", "storm", "digest", "test"])
@pytest.mark.parametrize("language", ["en", "ja"])
async def test_a_message_keeps_the_limits(channel, chat, sample, language):
    assert await replace(channel, language=language).send(sample) == Sent(answer="HTTP 200")
    assert chat.faults == []


async def test_a_person_sees_the_finding(channel, chat):
    await channel.send(alert())
    (shown,) = chat.shown
    for part in ("【中】nara-brush、通知メールアドレス", '"private@nara-brush.example"', "reconciler apply nara-brush"):
        assert part in shown


HOSTILE = "<!channel> & <@U123> <https://evil.example|login> `x` @here @channel *bold* [a](https://evil.example)"


async def test_a_value_mentions_nobody_and_links_nowhere(channel, chat, server):
    author = ChangeAuthor(actor=HOSTILE, actor_type=HOSTILE, at="2026-11-23T16:42:10Z")
    await channel.send(alert(replace(FINDING, observed=HOSTILE, owner=HOSTILE, author=author, file=HOSTILE)))
    assert chat.faults == []
    (shown,) = chat.shown
    assert "<https://evil.example|login>" in shown
    for text in (server.last.body.decode(), server.last.json["text"]):
        for mention in ("@here", "@channel", "<!", "<@"):
            assert mention not in text
    assert server.last.json["unfurl_links"] is False
    _, block, _ = server.last.json["text"].split("```")
    assert "@\u200bhere" in block


async def test_long_texts_are_cut_and_many_lines_are_several_sections(channel, chat, server):
    long = replace(FINDING, owner="<" * 5000, file="x" * 5000)
    await channel.send(alert(long))
    named = replace(FINDING, key=replace(FINDING.key, shop="x" * 400))
    await channel.send(replace(STORM, events=(event(named),) * 20))
    assert chat.faults == []
    sections = [block for block in server.last.json["blocks"] if block["type"] == "section"]
    assert len(sections) > 3


@given(st.lists(st.text(max_size=400), min_size=4, max_size=4), st.integers(1, 20))
def test_no_text_breaks_a_limit(texts, count):
    observed, desired, owner, file = texts
    finding = replace(FINDING, observed=observed, desired=desired, owner=owner, file=file)
    sample = replace(STORM, events=(event(finding),) * count)
    for each in (alert(finding), sample):
        check = SlackServer()
        assert list(check.message_faults(slack_alert(each, "en"))) == []


@pytest.mark.parametrize(
    ("answered", "kind", "text"),
    [
        ((404, b"no_service"), SendRefused, "no_service"),
        ((410, b"channel_is_archived"), SendRefused, "channel_is_archived"),
        ((400, b"invalid_payload"), SendRefused, "invalid_payload"),
        ((403, b"tiny-s3cret"), SendRefused, None),
        ((429, b"rate_limited"), Retry, "rate_limited"),
        ((500, b"<html>"), Retry, None),
        ((400, b"\xff" * 5000), SendRefused, None),
    ],
)
async def test_only_words_of_slack_are_kept(channel, server, answered, kind, text):
    status, body = answered
    server.on(WEBHOOK, answer(body, status, etag=None, Retry_After="30"))
    outcome = await channel.send(alert())
    assert isinstance(outcome, kind)
    assert (outcome.error.status, outcome.error.text) == (status, text)
    if isinstance(outcome, Retry):
        assert outcome.after == 30


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda message: message["blocks"][0]["text"].update(text="x" * 151), "header"),
        (lambda message: message["blocks"][1]["text"].update(text="x" * 3001), "section"),
        (lambda message: message["blocks"][1]["text"].update(text="a & b"), "not escaped: a & b"),
        (lambda message: message["blocks"][1]["text"].update(text="<!here>"), "not escaped: <!here>"),
        (lambda message: message.update(text=""), "text"),
        (lambda message: message["blocks"].extend(message["blocks"][:1] * 50), "number of blocks"),
    ],
)
def test_the_server_refuses_what_slack_refuses(change, fault):
    message = json.loads(slack_alert(alert(), "en"))
    change(message)
    assert list(SlackServer().message_faults(json.dumps(message))) == [fault]


async def test_an_address_that_is_not_set(channel, server, monkeypatch):
    monkeypatch.delenv("CHAT_URL")
    outcome = await channel.send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is DeliveryProblem.SECRET_MISSING
    assert outcome.error.text == "ref+env://CHAT_URL"
    assert str(await channel.check()) == "The environment variable CHAT_URL is not set"
    assert server.seen == []
