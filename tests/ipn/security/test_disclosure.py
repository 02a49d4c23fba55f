"""L. Disclosure: no posted content is in a log, a metric or a response, and none can forge a line."""

import logging

import anyio
import pytest
import structlog

from reconciler.ipn.telemetry.logs import RateLimitedLog
from reconciler.lib.error_location import error_location
from tests.ipn.receiver_harness import everything, head, lines_of, served
from tests.support.manual_clock import HandClock
from tests.support.sns_signer import CAPTURE, as_body, authorization_message, capture_message

pytestmark = pytest.mark.anyio

BUYER = ("山田花子", "宇治市", "内緒", "amzn.mws.", "AuthorizationBillingAddress")


async def test_l_nothing_that_was_sent_is_logged_or_answered_but_ids_whose_form_was_checked(desk, log):
    good = desk.signer.notification(authorization_message())
    confirmation = desk.signer.confirmation(Token="a-token-nobody-may-see")
    bodies = [
        good,
        confirmation,
        {**good, "Message": str(good["Message"]).replace("1000", "9000")},
        {**good, "MessageId": '0a5c0000-0000-4000-8000-000000000001\r\n{"event": "forged"}'},
        {**good, "Type": "Notification\nMessage\n内緒"},
        {**good, "SigningCertURL": "https://evil.example/内緒.pem"},
        {**good, "内緒": "内緒"},
    ]
    answers = [await desk.post(as_body(body)) for body in bodies]
    answers += [await desk.post("内緒 { \r\n forged".encode())]
    reported = (
        log.getvalue() + desk.metrics.text().decode() + "".join(answer.text + str(answer.headers) for answer in answers)
    )
    hidden = [*BUYER, "a-token-nobody-may-see", "evil.example", "forged", str(good["Signature"])[:20]]
    assert [text for text in hidden if text in reported] == []
    assert [answer.text for answer in answers if answer.status_code >= 400] == ["refused\n"] * 5
    assert good["MessageId"] in log.getvalue()
    assert len(lines_of(log)) == len(answers)


async def test_l_a_line_says_what_came_and_what_came_of_it(desk, log):
    body = desk.signer.body(capture_message(), message_id="0a5c0000-0000-4000-8000-000000000001")
    await desk.post(body)
    (line,) = lines_of(log)
    line.pop("timestamp")
    assert line == {
        "event": "received",
        "level": "info",
        "outcome": "stored",
        "status": 200,
        "shop": "kyoto-tea",
        "message": "0a5c0000-0000-4000-8000-000000000001",
        "kind": "PaymentCapture",
        "object": CAPTURE,
    }


@pytest.mark.parametrize("path", ["/x%0d%0aforged", "/\x01forged", "/forged"])
async def test_l_a_path_from_outside_is_not_logged(desk, log, path):
    async with served(desk) as at:
        stream = await at.connect()
        await stream.send(head(2, "Connection: close", path=path) + b"{}")
        await everything(stream)
    assert "forged" not in log.getvalue()
    assert "forged" not in desk.metrics.text().decode()


async def test_l_line_ends_in_headers_and_bodies_make_no_lines(desk, log):
    async with served(desk) as at:
        stream = await at.connect()
        await stream.send(head(2, 'X-A: b\r\n{"event": "forged"}: c', "Connection: close") + b"{}")
        await everything(stream)
    for line in lines_of(log):
        assert line["event"] != "forged"


async def test_l_who_posts_rubbish_does_not_fill_the_disk_with_lines(desk, log):
    async with anyio.create_task_group() as group:
        for _ in range(200):
            group.start_soon(desk.post, b"rubbish")
    assert len(lines_of(log)) == 60
    assert desk.counted("received_total") == {'{outcome="not-json",status="400"}': 200}
    await desk.post()
    assert lines_of(log)[-1]["outcome"] == "stored"


def test_l_lines_come_again_after_a_minute_and_when_the_clock_is_set_back():
    clock = HandClock()
    sparing = RateLimitedLog(clock, a_minute=1)
    assert [sparing.allow("a"), sparing.allow("a"), sparing.allow("b")] == [True, False, True]
    clock.advance(60)
    assert [sparing.allow("a"), sparing.allow("a")] == [True, False]
    clock.advance(-3600)
    assert sparing.allow("a")


def fail_over(what: str) -> None:
    raise LookupError(what)


def test_l_what_libraries_log_of_a_failure_is_its_kind_and_place_alone(log):
    with pytest.raises(LookupError) as failed:
        fail_over("山田花子")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=failed.value)
    structlog.get_logger().error("internal-error", error=error_location(failed.value))
    first, second = lines_of(log)
    assert first["error"].startswith("LookupError at fail_over:")
    assert first["event"] == "Exception in ASGI application\n"
    assert second["error"] == first["error"]
    assert "山田" not in log.getvalue()


def test_l_an_error_that_was_never_raised_has_no_place():
    assert error_location(LookupError("x")) == "LookupError"
