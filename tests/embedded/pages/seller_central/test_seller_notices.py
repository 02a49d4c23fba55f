"""What pages of the practice Seller Central announce, and what they show of the endpoints' answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from reconciler.embedded.resources.seller_notices import NoticeResult, NotSent, SellerNotice
from tests.embedded.harness import OSAKA, OTHER_SELLER

SELLER = f"/admin/seller-central/{OSAKA}"
SANDBOX = "environment=SANDBOX"
ONE = "100000000001"
REFERENCE = "S03-0000001-0000001"
FIRST, SECOND = "http://127.0.0.1:1/first", "http://127.0.0.1:1/second"


class Sender:
    """Answers each endpoint as the test sets; it is called after the act is stored."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, SellerNotice]] = []
        self.answers: dict[str, NoticeResult] = {}
        self.look: Callable[[], object] = lambda: None
        self.seen: list[object] = []

    async def __call__(self, notice: SellerNotice, url: str) -> NoticeResult:
        self.sent.append((url, notice))
        self.seen.append(self.look())
        return self.answers.get(url, NoticeResult(status=200, seconds=0.1))

    @property
    def events(self) -> list[tuple[str, str, str | None]]:
        return [(n.event.kind, n.event.state, n.event.reason) for _, n in self.sent if n.event is not None]


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
def app(start: Callable[..., FastAPI], sender: Sender) -> FastAPI:
    return start(pages=True, notify=sender)


@pytest.fixture
def taro(sign_in, world):
    for url in (FIRST, SECOND):
        world.merchant_registers_endpoint(OTHER_SELLER, url, environment="SANDBOX")
    person = sign_in(OSAKA, "taro")
    person.opens(f"{SELLER}/transactions/{ONE}?{SANDBOX}")
    return person


def answers(page) -> list[str]:
    lines = page.lines
    return lines[lines.index("結果", lines.index("通知の送信結果")) + 1 : lines.index("販売事業者注文番号") - 1]


def test_every_endpoint_of_the_environment_is_notified_after_the_act(taro, sender, world) -> None:
    sender.look = lambda: world.changes(OSAKA)[0]["to"]
    sender.answers[SECOND] = NoticeResult(status=503, seconds=1.24)
    page = taro.sends("/capture", capture_amount="400")
    assert page.statuses == ["売上請求しました。"]
    assert answers(page) == [FIRST, "HTTP 200（0.1秒）", SECOND, "HTTP 503（1.2秒）"]
    assert sender.seen == ["Captured", "Captured"]
    assert [url for url, _ in sender.sent] == [FIRST, SECOND]
    notice = sender.sent[0][1]
    assert notice.event is not None
    assert (notice.seller_id, notice.environment, notice.event.amount) == (OTHER_SELLER, "SANDBOX", "400")
    assert "通知の送信結果" not in taro.opens(f"{SELLER}/transactions/{ONE}?{SANDBOX}").text


def test_what_is_done_is_announced_as_what_it_is(taro, sender) -> None:
    for outcome in ("Authorized", "CaptureFailed"):
        taro.sends("/simulate", outcome=outcome)
    for amount in ("600", "400"):
        taro.sends("/capture", capture_amount=amount)
    taro.sends("/refund", amount="100")
    for outcome in ("Chargeback", "Closed"):
        taro.sends("/simulate", outcome=outcome)
    assert sender.events[::2] == [
        ("AUTHORIZATION", "Authorized", None),
        ("CAPTURE", "Declined", "AmazonRejected"),
        ("CAPTURE", "Captured", None),
        ("CAPTURE", "Captured", None),
        ("REFUND", "Refunded", None),
        ("CHARGEBACK", "ActionRequired", None),
        ("PERMISSION", "Closed", "AmazonClosed"),
    ]
    assert [n.event.id for _, n in sender.sent[::2] if n.event is not None][2:5] == [
        f"{REFERENCE}-C000002",
        f"{REFERENCE}-C000003",
        f"{REFERENCE}-R000001",
    ]


@pytest.mark.parametrize("outcome", ["InvalidPaymentMethod", "AmazonRejected", "ProcessingFailure"])
def test_a_pending_authorization_is_decided(taro, world, sender, outcome: str) -> None:
    charge = world.merchant_captures(OSAKA, ONE, state="AuthorizationInitiated")
    assert taro.sends("/simulate", outcome=outcome).statuses == ["状態を変更しました。"]
    assert sender.events[0] == ("AUTHORIZATION", "Declined", outcome)
    assert [n.event.id for _, n in sender.sent if n.event is not None] == [charge, charge]


def test_an_authorization_that_is_made_again_at_the_shop_is_announced_once(taro, sender) -> None:
    taro.sends("/simulate", outcome="TransactionTimedOut")
    sender.sent.clear()
    taro.opens(f"/admin/shops/{OSAKA}/orders/{ONE}")
    again = taro.page.form("/authorisation")
    assert taro.posts(again.action, again.fields).statuses == ["再与信を実行しました。"]
    assert sender.events == [("AUTHORIZATION", "Authorized", None)] * 2
    assert [url for url, _ in sender.sent] == [FIRST, SECOND]
    assert {n.event.id for _, n in sender.sent if n.event is not None} == {f"{REFERENCE}-C000002"}
    assert taro.posts(again.action, again.fields).statuses == ["この受注は、現在の状態では再与信できません。"]
    assert len(sender.sent) == 2


def test_what_is_refused_is_announced_to_nobody(taro, sender, world) -> None:
    taro.sends("/simulate", outcome="Closed")
    assert not any(form.action.endswith("/capture") for form in taro.page.forms)
    changes = len(world.changes(OSAKA))
    sender.sent.clear()
    for outcome in ("Closed", "Authorized", "Chargeback", "CaptureFailed"):
        assert taro.sends("/simulate", outcome=outcome).statuses == ["現在の状態では、この操作はできません。"]
    assert sender.sent == []
    assert len(world.changes(OSAKA)) == changes


def test_a_charge_is_disputed_once_and_refunds_are_numbered_over_all_charges(taro, world) -> None:
    for amount in ("600", "400"):
        taro.sends("/capture", capture_amount=amount)
    assert not any(form.action.endswith("/capture") for form in taro.page.forms)
    assert taro.sends("/simulate", outcome="Chargeback").statuses == ["状態を変更しました。"]
    assert taro.sends("/simulate", outcome="Chargeback").statuses == ["現在の状態では、この操作はできません。"]
    for amount in ("400", "600"):
        assert taro.page.form("/refund").value("amount") == amount
        assert taro.sends("/refund").statuses == ["返金しました。"]
    made = [each["field"] for each in world.changes(OSAKA) if each["resource"] == "refunds"]
    assert made == [f"{REFERENCE}-R000002.state", f"{REFERENCE}-R000001.state"]


@pytest.mark.parametrize("amount", ["", "abc", "0", "1001"])
def test_an_amount_that_cannot_be_captured_is_refused(taro, sender, amount: str) -> None:
    page = taro.sends("/capture", capture_amount=amount)
    assert page.status == 422
    assert page.form("/capture").value("capture_amount") == amount
    assert sender.sent == []


def test_a_part_of_an_authorization_is_captured(taro, sender) -> None:
    taro.sends("/simulate", outcome="Authorized")
    page = taro.sends("/capture", capture_amount="300")
    assert page.statuses == ["売上請求しました。"]
    assert page.form("/capture").value("capture_amount") == "700"
    assert sender.events[-1] == ("CAPTURE", "Captured", None)


def test_one_endpoint_is_tested_and_answers_beside_its_address(taro, sender) -> None:
    page = taro.opens(f"{SELLER}/endpoints?{SANDBOX}")
    tests = [form for form in page.forms if form.action.endswith("/test")]
    page = taro.posts(tests[1].action, tests[1].fields)
    assert page.statuses == ["HTTP 200（0.1秒）"]
    assert page.lines.index("HTTP 200（0.1秒）") > page.lines.index(SECOND) > page.lines.index(FIRST)
    assert [(url, notice.event) for url, notice in sender.sent] == [(SECOND, None)]
    assert taro.opens(f"{SELLER}/endpoints?{SANDBOX}").statuses == []


def test_an_endpoint_that_is_gone_is_not_tested(taro, world, sender) -> None:
    taro.opens(f"{SELLER}/endpoints?{SANDBOX}")
    tests = [form for form in taro.page.forms if form.action.endswith("/test")]
    world.merchant_removes_endpoint(OTHER_SELLER, FIRST, environment="SANDBOX")
    page = taro.posts(tests[0].action, tests[0].fields)
    assert page.statuses == ["ほかの担当者が先に変更しました。最新の内容を確認し、もう一度入力してください。"]
    assert sender.sent == []


@pytest.mark.parametrize("why", list(NotSent))
def test_what_was_not_sent_says_why(taro, sender, why: NotSent) -> None:
    sender.answers[FIRST] = NoticeResult(not_sent=why)
    [_, text, *_] = answers(taro.sends("/capture"))
    assert text.endswith("。")
    assert "HTTP" not in text


def test_without_an_endpoint_nobody_is_notified(sign_in, sender) -> None:
    person = sign_in(OSAKA, "taro")
    person.opens(f"{SELLER}/transactions/{ONE}?{SANDBOX}")
    page = person.sends("/capture")
    assert "登録されているエンドポイントがないため、通知は送信されませんでした。" in page.text
    assert sender.sent == []
