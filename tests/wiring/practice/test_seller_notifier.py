"""Which endpoints get what the practice Seller Central announces, how long it waits, and how long the certificate lasts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.embedded.resources.seller_notices import AmazonEvent, NoticeResult, NotSent, SellerNotice
from reconciler.ipn.receive.pinned_certificates import WARN_BEFORE
from reconciler.ipn.verify.certificate import check, check_valid_at, read
from reconciler.ipn.verify.notification import CaptureNotification, StatedNotification
from reconciler.ipn.verify.notification import read as read_message
from reconciler.wiring import session
from reconciler.wiring.practice.seller_notifier import LASTS, RENEW_BEFORE, SellerNotifier
from tests.support.sns_signer import SAMPLE_REFERENCE, SELLER, TOPIC_PATTERN
from tests.support.stub_http_server import Loopback, Seen, answer, raw, silence

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 4, 1, tzinfo=UTC)
CHARGEBACKS = "arn:aws:sns:us-east-1:598607868003:A35A4JO734ER04{seller_id}"
OWN, AGREEMENT = "P03-0772540-6944847", "B03-0772540-6944847"
IPN: dict[str, Any] = {"topics": [TOPIC_PATTERN, CHARGEBACKS], "certificates": "pinned"}


@pytest.fixture
def notifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., SellerNotifier]:
    monkeypatch.chdir(tmp_path)

    def make(ipn: dict[str, Any] = IPN, *, now: Callable[[], datetime] = lambda: NOW, **more: Any) -> SellerNotifier:
        patience = more.pop("patience", 5.0)
        (tmp_path / "reconciler.yaml").write_text(json.dumps({"ipn": ipn} | more))
        settings = session.load_settings(None)
        assert isinstance(settings, session.Settings)
        return SellerNotifier(settings, now, patience=patience)

    return make


def notice(kind: str | None = "CAPTURE", **words: Any) -> SellerNotice:
    usual = {"id": f"{OWN}-C000001", "permission": OWN, "state": "Captured", "reason": None, "at": NOW}
    event = (
        None if kind is None else AmazonEvent(**{"kind": kind, "amount": "1000", "currency": "JPY", **usual, **words})
    )
    return SellerNotice(seller_id=SELLER, environment="PRODUCTION", event=event)


def pinned() -> list[Path]:
    return sorted(Path("pinned").glob("*.pem"))


def inner(seen: Seen) -> dict[str, Any]:
    """The message inside the envelope."""
    found: dict[str, Any] = json.loads(seen.json["Message"])
    return found


async def test_an_endpoint_of_this_machine_gets_a_signed_message(notifier) -> None:
    sender = notifier()
    async with Loopback() as there:
        there.on("POST /ipn", answer(b"", 403))
        result = await sender(notice(), f"{there.url}/ipn")
    assert result.status == 403
    assert 0 < result.seconds < 5
    envelope = there.last.json
    assert envelope["TopicArn"] == TOPIC_PATTERN.replace("{seller_id}", SELLER)
    assert there.last.headers["x-amz-sns-message-id"] == envelope["MessageId"]
    [file] = pinned()
    assert envelope["SigningCertURL"].endswith(f"/{file.name}")
    certificate = read(file.read_bytes())
    check(certificate, "sns.amazonaws.com")
    check_valid_at(certificate, NOW)
    read_message(envelope["Message"])
    sender.close()
    assert pinned() == []


@pytest.mark.parametrize(
    ("event", "kind", "state"),
    [
        (notice("AUTHORIZATION", state="Authorized"), "PaymentAuthorize", "Open"),
        (notice("AUTHORIZATION", state="Declined", reason="HardDeclined"), "PaymentAuthorize", "Declined"),
        (notice("AUTHORIZATION", state="Canceled", reason="ExpiredUnused"), "PaymentAuthorize", "Closed"),
        (notice("CAPTURE"), "PaymentCapture", "Completed"),
        (notice("REFUND", id=f"{OWN}-R000001", state="Refunded"), "PaymentRefund", "Completed"),
        (
            notice("CHARGEBACK", id=f"{OWN}-B000001", state="ActionRequired"),
            "Chargeback Detailed Notification",
            "RECEIVED",
        ),
        (
            notice("PERMISSION", id=OWN, state="Closed", reason="AmazonClosed", amount=None, currency=None),
            "OrderReferenceNotification",
            "Closed",
        ),
    ],
)
async def test_an_order_reference_has_messages_of_the_older_api(notifier, event, kind: str, state: str) -> None:
    async with Loopback() as there:
        there.on("POST /", answer(b""))
        assert (await notifier()(event, f"{there.url}/")).status == 200
    found = read_message(there.last.json["Message"])
    assert isinstance(found, CaptureNotification | StatedNotification)
    assert (found.kind, found.state, found.seller) == (kind, state, SELLER)
    letter = {"AUTHORIZATION": f"{OWN}-A000001"}.get(event.event.kind, event.event.id)
    assert (found.id, found.reference) == (letter, OWN)
    assert (":598607868003:" in there.last.json["TopicArn"]) is (event.event.kind == "CHARGEBACK")


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (notice("CAPTURE", permission=AGREEMENT), "CHARGE"),
        (notice("AUTHORIZATION", permission=AGREEMENT, state="Declined"), "CHARGE"),
        (notice("REFUND", permission=AGREEMENT, id=f"{OWN}-R000001"), "REFUND"),
        (notice("PERMISSION", permission=AGREEMENT, id=AGREEMENT, state="Closed"), "CHARGE_PERMISSION"),
    ],
)
async def test_an_agreement_has_messages_without_a_state(notifier, event, kind: str) -> None:
    async with Loopback() as there:
        there.on("POST /", answer(b""))
        await notifier()(event, f"{there.url}/")
    assert inner(there.last) | {"NotificationId": "x"} == {
        "MerchantID": SELLER,
        "ObjectType": kind,
        "ObjectId": event.event.id,
        "ChargePermissionId": AGREEMENT,
        "NotificationType": "STATE_CHANGE",
        "NotificationId": "x",
        "NotificationVersion": "V2",
    }


async def test_a_test_is_a_sample_of_no_order(notifier) -> None:
    async with Loopback() as there:
        there.on("POST /", answer(b""))
        await notifier()(notice(None), f"{there.url}/")
    assert read_message(there.last.json["Message"]).sample
    assert inner(there.last)["NotificationReferenceId"] == SAMPLE_REFERENCE


@pytest.mark.parametrize(
    "url",
    [
        "https://ipn.platform.example/osaka",
        "http://127.0.0.1.shop.example/",
        "http://127.0.0.1@shop.example/",
        "http://shop.example\\@127.0.0.1.shop.example/",
        "http://169.254.169.254/",
        "http://[::1",
        "",
    ],
)
async def test_nothing_leaves_this_machine(notifier, url: str) -> None:
    assert await notifier()(notice(), url) == NoticeResult(not_sent=NotSent.OTHER_MACHINE)
    assert pinned() == []


async def test_an_endpoint_that_hangs_is_waited_for_no_longer_than_said(notifier) -> None:
    async with Loopback() as there:
        there.on("POST /", silence)
        assert await notifier(patience=0.2)(notice(), f"{there.url}/") == NoticeResult(not_sent=NotSent.NO_ANSWER)


async def test_an_endpoint_that_is_down_or_speaks_no_http_gives_no_answer(notifier) -> None:
    sender = notifier()
    async with Loopback() as there:
        there.on("POST /", raw(b"no\r\n"))
        assert (await sender(notice(), f"{there.url}/")).not_sent is NotSent.NO_ANSWER
    assert (await sender(notice(), f"{there.url}/")).not_sent is NotSent.NO_ANSWER


async def test_a_redirect_is_an_answer_and_is_not_followed(notifier) -> None:
    async with Loopback() as there:
        there.on("POST /", answer(b"", 307, Location=f"{there.url}/elsewhere"))
        assert (await notifier()(notice(), f"{there.url}/")).status == 307
    assert len(there.seen) == 1


@pytest.mark.parametrize(
    ("ipn", "more", "why"),
    [
        ({"certificates": "pinned"}, {}, NotSent.NO_TOPIC),
        ({"topics": [TOPIC_PATTERN]}, {}, NotSent.NO_FOLDER),
        ({"topics": ["arn:aws:sns:us-west-9:291180941288:x"], "certificates": "pinned"}, {}, NotSent.NO_TOPIC),
        ({"topics": [TOPIC_PATTERN], "certificates": "reconciler.yaml"}, {}, NotSent.FOLDER_NOT_WRITABLE),
        (IPN, {"backend": {"kind": "http", "url": "https://admin.platform.example/"}}, NotSent.REAL_BACKEND),
    ],
)
async def test_what_keeps_a_notification_from_being_signed_is_said(notifier, ipn, more, why: NotSent) -> None:
    sender = notifier(ipn, **more)
    sender.prepare()
    assert (await sender(notice(), "http://127.0.0.1:9/")).not_sent is why
    assert pinned() == []


async def test_a_certificate_is_replaced_long_before_a_sidecar_warns_of_its_end(notifier) -> None:
    clock = [NOW]
    sender = notifier(now=lambda: clock[0])
    sender.prepare()
    async with Loopback() as there:
        there.on("POST /", answer(b""))

        async def signed_by() -> str:
            await sender(notice(), f"{there.url}/")
            url: str = there.last.json["SigningCertURL"]
            return url.rpartition("/")[2]

        first = await signed_by()
        clock[0] = NOW + LASTS - RENEW_BEFORE - timedelta(seconds=1)
        assert await signed_by() == first
        assert [file.name for file in pinned()] == [first]
        clock[0] += timedelta(seconds=1)
        second = await signed_by()
        assert second != first
        assert read((Path("pinned") / second).read_bytes()).not_after - clock[0] > WARN_BEFORE
        (Path("pinned") / second).unlink()
        assert await signed_by() not in (first, second)
    sender.close()
    assert pinned() == []


async def test_endpoints_are_sent_to_at_the_same_time(notifier) -> None:
    sender, all_there = notifier(patience=30.0), asyncio.Barrier(4)

    async def say(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await all_there.wait()
        await answer(b"")(seen, writer)

    async with Loopback() as there:
        there.on("POST /", *[say] * 4)
        results = await asyncio.gather(*(sender(notice(), f"{there.url}/") for _ in range(4)))
    assert [result.status for result in results] == [200] * 4
    assert len(pinned()) == 1
