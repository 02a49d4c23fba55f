"""Alerts to a webhook, as an independent receiver verifies and reads them, and what each answer means."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook, WebhookVerificationError

from reconciler.adapters.alerts.http_post import HttpPost
from reconciler.adapters.alerts.webhook_channel import WebhookChannel
from reconciler.adapters.clock import SystemClock
from reconciler.core.alerts.outcome import DeliveryProblem, Retry, SendRefused, Sent
from reconciler.core.alerts.words import DELIVERY_PROBLEMS
from reconciler.core.values import SecretRef
from reconciler.views.json.alert_event import alert_event
from reconciler.wiring.schemas import schemas
from tests.support.alerts.alert_samples import DIGEST, STORM, TEST, alert
from tests.support.stub_http_server import Seen, answer, raw, silence
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

NEW = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OLD = "whsec_" + base64.b64encode(bytes(range(100, 124))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(200, 232))).decode()


@pytest.fixture
def channel(server, http, secrets, monkeypatch):
    monkeypatch.setenv("NEW_SECRET", NEW)
    monkeypatch.setenv("OLD_SECRET", OLD)
    monkeypatch.setenv("HOOK_URL", f"{server.url}/hook")
    server.on("POST /hook", answer(b"", 204, etag=None))
    return WebhookChannel(
        name="ops",
        url=SecretRef("ref+env://HOOK_URL"),
        signing=(SecretRef("ref+env://NEW_SECRET"), SecretRef("ref+env://OLD_SECRET")),
        secrets=secrets,
        clock=SystemClock(),
        http=http,
        event=alert_event,
    )


def cloud_event(seen: Seen):
    return from_http_event(HTTPMessage(headers=seen.headers, body=seen.body), JSONFormat())


async def test_an_independent_receiver_accepts_the_signatures_of_both_secrets(channel, server):
    assert await channel.send(alert()) == Sent(answer="HTTP 204")
    (seen,) = server.seen
    for secret in (NEW, OLD):
        assert Webhook(secret).verify(seen.body, seen.headers)["id"] == alert().id
    assert seen.headers["webhook-id"] == alert().id
    assert len(seen.headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize("change", ["secret", "body", "id", "time"])
async def test_an_independent_receiver_refuses_what_was_changed(channel, server, change):
    await channel.send(alert())
    (seen,) = server.seen
    headers, body, secret = dict(seen.headers), seen.body, NEW
    match change:
        case "secret":
            secret = OTHER
        case "body":
            body = body.replace(b"nara", b"naru")
        case "id":
            headers["webhook-id"] = "1"
        case "time":
            headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


async def test_the_timestamp_is_that_of_the_attempt(channel, server):
    before = datetime.now(UTC) - timedelta(seconds=1)
    await channel.send(alert())
    sent = datetime.fromtimestamp(int(server.last.headers["webhook-timestamp"]), UTC)
    assert before <= sent <= datetime.now(UTC)


async def test_the_same_alert_has_the_same_id_and_body_each_time(channel, server):
    await channel.send(alert())
    await channel.send(alert())
    first, second = server.seen
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


@pytest.mark.parametrize(
    ("sample", "kind", "subject"),
    [
        (alert(), "jp.reconciler.finding.opened", "nara-brush/amazon.notification.email"),
        (STORM, "jp.reconciler.findings.storm", None),
        (DIGEST, "jp.reconciler.findings.digest", None),
        (TEST, "jp.reconciler.test", None),
    ],
)
async def test_the_body_is_a_cloud_event_for_an_independent_reader(channel, server, sample, kind, subject):
    await channel.send(sample)
    assert server.last.headers["content-type"] == "application/cloudevents+json; charset=UTF-8"
    event = cloud_event(server.last)
    assert (event.get_specversion(), event.get_id(), event.get_type()) == ("1.0", sample.id, kind)
    assert event.get_source() == "urn:reconciler:production-operator"
    assert event.get_subject() == subject
    assert event.get_time() == datetime.fromisoformat(sample.at)
    data = event.get_data()
    assert (data["count"], len(data["findings"])) == (sample.count, len(sample.events))
    jsonschema.Draft202012Validator(schemas()["alert-event"]()).validate(json.loads(server.last.body))


async def test_the_data_names_what_settles_the_finding(channel, server):
    await channel.send(alert())
    (entry,) = server.last.json["data"]["findings"]
    assert entry["event"] == "opened"
    assert entry["finding"]["command"] == "reconciler apply nara-brush"
    assert entry["finding"]["observed"] == '"private@nara-brush.example"'


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_a_success_is_sent(channel, server, status):
    server.on("POST /hook", answer(b"", status, etag=None))
    assert await channel.send(alert()) == Sent(answer=f"HTTP {status}")


@pytest.mark.parametrize(
    ("status", "kind", "problem"),
    [
        (301, SendRefused, DeliveryProblem.REDIRECTED),
        (302, SendRefused, DeliveryProblem.REDIRECTED),
        (307, SendRefused, DeliveryProblem.REDIRECTED),
        (308, SendRefused, DeliveryProblem.REDIRECTED),
        (400, SendRefused, DeliveryProblem.REFUSED),
        (401, SendRefused, DeliveryProblem.REFUSED),
        (404, SendRefused, DeliveryProblem.REFUSED),
        (410, SendRefused, DeliveryProblem.REFUSED),
        (408, Retry, DeliveryProblem.DEFERRED),
        (425, Retry, DeliveryProblem.DEFERRED),
        (429, Retry, DeliveryProblem.THROTTLED),
        (500, Retry, DeliveryProblem.DEFERRED),
        (503, Retry, DeliveryProblem.DEFERRED),
    ],
)
async def test_a_status_says_whether_to_try_again(channel, server, status, kind, problem):
    server.on("POST /hook", answer(b"no", status, etag=None, Location=f"{server.url}/elsewhere"))
    outcome = await channel.send(alert())
    assert isinstance(outcome, kind)
    assert (outcome.error.problem, outcome.error.status, outcome.error.text) == (problem, status, None)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("header", "after"), [("7", 7.0), ("0", 0.0), ("soon", None), ("", None), ("9" * 30, float("inf"))]
)
async def test_retry_after_is_kept(channel, server, header, after):
    server.on("POST /hook", answer(b"", 429, etag=None, Retry_After=header))
    outcome = await channel.send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.after == after


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"garbage\r\n\r\n", DeliveryProblem.CONNECTION_LOST),
        (b"", DeliveryProblem.CONNECTION_LOST),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nhalf", DeliveryProblem.CONNECTION_LOST),
    ],
)
async def test_an_answer_that_is_none_is_tried_again(channel, server, content, problem):
    server.on("POST /hook", raw(content))
    outcome = await channel.send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is problem


async def test_a_huge_answer_is_not_read(channel, server):
    """The connection is closed after the first bytes: a receiver that never ends costs nothing."""

    async def endless(_seen, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
                await writer.drain()
        except ConnectionError:
            closed.append(True)

    closed: list[bool] = []
    server.on("POST /hook", endless)
    assert await channel.send(alert()) == Sent(answer="HTTP 200")
    await until(lambda: closed)


async def test_a_server_that_never_answers_is_tried_again(channel, server, secrets):
    server.on("POST /hook", silence)
    async with HttpPost(within=0.2) as http:
        slow = WebhookChannel(
            name="ops",
            url=channel.url,
            signing=channel.signing,
            secrets=secrets,
            clock=SystemClock(),
            http=http,
            event=alert_event,
        )
        outcome = await slow.send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is DeliveryProblem.TIMED_OUT


@pytest.mark.parametrize(
    ("url", "kind", "problem"),
    [
        ("http://127.0.0.1:1/", Retry, DeliveryProblem.UNREACHABLE),
        ("https://no-such-host.invalid/", Retry, DeliveryProblem.UNREACHABLE),
        ("http://alerts.example/hook", SendRefused, DeliveryProblem.BAD_ADDRESS),
        ("ftp://127.0.0.1/", SendRefused, DeliveryProblem.BAD_ADDRESS),
        ("no address", SendRefused, DeliveryProblem.BAD_ADDRESS),
        ("https://", SendRefused, DeliveryProblem.BAD_ADDRESS),
        ("https://a.example:99999/", SendRefused, DeliveryProblem.BAD_ADDRESS),
        ("http://[::1", SendRefused, DeliveryProblem.BAD_ADDRESS),
    ],
)
async def test_a_bad_address(channel, monkeypatch, url, kind, problem):
    monkeypatch.setenv("HOOK_URL", url)
    outcome = await channel.send(alert())
    assert isinstance(outcome, kind)
    assert outcome.error.problem is problem
    assert await channel.check() == DELIVERY_PROBLEMS[problem]


async def test_a_secret_that_is_missing_is_tried_again_and_nothing_is_sent(channel, server, monkeypatch):
    monkeypatch.delenv("OLD_SECRET")
    outcome = await channel.send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is DeliveryProblem.SECRET_MISSING
    assert outcome.error.text == "ref+env://OLD_SECRET"
    assert str(await channel.check()) == "The environment variable OLD_SECRET is not set"
    assert server.seen == []


@pytest.mark.parametrize("wrong", ["tiny-s3cret", "whsec_tiny", "whsec_***", f"whsek_{NEW[6:]}"])
async def test_a_secret_of_another_form_does_not_sign(channel, server, monkeypatch, wrong):
    monkeypatch.setenv("NEW_SECRET", wrong)
    outcome = await channel.send(alert())
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is DeliveryProblem.SECRET_MISSING
    assert outcome.error.text == "ref+env://NEW_SECRET"
    assert str(await channel.check()) == "a signing secret is not `whsec_` and base64 of 24 to 64 bytes"
    assert server.seen == []


@pytest.mark.parametrize("status", [200, 302, 400, 429, 500])
async def test_nothing_of_a_server_that_repeats_the_request_is_kept(channel, server, status, caplog):
    caplog.set_level("DEBUG")

    async def echo(seen: Seen, writer):
        repeated = f"{server.url}/hook {seen.headers} {NEW} {seen.body.decode()}"
        headers = {"Location": f"{server.url}/hook?key={NEW}", "Retry_After": repeated.replace("\n", " ")}
        await answer(repeated.encode(), status, etag=None, **headers)(seen, writer)

    server.on("POST /hook", echo)
    outcome = await channel.send(alert())
    signature = server.last.headers["webhook-signature"].split(",")[1].split(" ")[0]
    kept = repr((outcome, channel)) + "".join(f"{record.getMessage()}{record.args}" for record in caplog.records)
    for part in (NEW[6:], OLD[6:], signature, "/hook", "nara-brush"):
        assert part not in kept


async def test_a_check_makes_a_connection_and_sends_nothing(channel, server):
    assert await channel.check() is None
    assert server.seen == []
