"""The practice Seller Central and the sidecar as two processes: what is done at the one has its effect at the other."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import command, environment, process
from tests.embedded.pages.browsing import Person
from tests.support.sns_signer import REFERENCE, SELLER, TOPIC_PATTERN
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

SECRET = "long-enough-a-secret"
SHOP, PATH = "kyoto-tea", "/ipn/kyoto-tea"
CENTRAL = f"/admin/seller-central/{SHOP}"
MAIL = "amazon-pay@kyoto-tea.example"
PAID, DECLINED, DISPUTED = "100000020732", "100000020733", "100000020734"
OTHER = {DECLINED: "P03-0772540-0000002", DISPUTED: "P03-0772540-0000003"}
RESULT = re.compile(r"HTTP 200（[0-9]\.[0-9]秒）")
WORLD: dict[str, Any] = {
    "shops": [
        {
            "shopKey": SHOP,
            "amazonSettings": {
                "sellerId": SELLER,
                "notificationEmail": MAIL,
                "merchantSiteUrl": f"https://ipn.platform.example{PATH}",
            },
        }
    ],
    "orders": [
        {"orderNo": number, "shopKey": SHOP, "amazonOrderReferenceId": reference, "totalAmount": "1000"}
        for number, reference in {PAID: REFERENCE, **OTHER}.items()
    ],
}


def settings(mail: dict[str, Any] | None = None, backend: dict[str, Any] | None = None) -> str:
    ipn: dict[str, Any] = {"topics": [TOPIC_PATTERN], "certificates": "pinned"} | ({"mail": mail} if mail else {})
    return json.dumps({"embedded": {"seed": "world.json"}, "ipn": ipn} | ({"backend": backend} if backend else {}))


@contextmanager
def served(lines: int, *words: str, **env: str) -> Iterator[list[str]]:
    """What the process reported at its start; it is ended as an operator ends it."""
    with subprocess.Popen(command(*words), env=environment(**env), stderr=subprocess.PIPE, text=True) as started:
        assert started.stderr is not None
        try:
            yield [started.stderr.readline() for _ in range(lines)]
        finally:
            started.send_signal(signal.SIGTERM)
            started.stderr.read()
    assert started.returncode == 0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "world.json").write_text(json.dumps(WORLD))
    (tmp_path / "reconciler.yaml").write_text(settings())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def places(folder: Path) -> Iterator[tuple[str, str]]:
    """The addresses of the screens and of the shop's endpoint, while both processes run."""
    with served(4, "serve", "backend", "--port", "0", "--mail-port", "0", RECONCILER_BACKEND_SECRET=SECRET) as said:
        screens = said[2].partition("screens: ")[2].partition("admin/")[0]
        mail_port = int(said[3].partition("127.0.0.1:")[2].partition(" ")[0])
        mail = {"host": "127.0.0.1", "port": mail_port, "security": "none"}
        client = {"client_id": "reconciler", "client_secret": "ref+env://RECONCILER_BACKEND_SECRET"}
        (folder / "reconciler.yaml").write_text(settings(mail, {"url": screens} | client))
        with served(3, "serve", "ipn", "--port", "0", "--ops-port", "0", RECONCILER_BACKEND_SECRET=SECRET) as reported:
            port = int(reported[0].partition("127.0.0.1:")[2].partition("/")[0])
            yield screens, f"http://127.0.0.1:{port}{PATH}"


@pytest.fixture
def merchant(places: tuple[str, str]) -> Iterator[Person]:
    """Someone who registered the endpoint."""
    with httpx.Client(base_url=places[0], follow_redirects=True, timeout=30) as client:
        person = Person(client)
        person.signs_in("", "reconciler", SECRET)
        person.opens(f"{CENTRAL}/endpoints")
        assert person.sends("/endpoints", url=places[1]).statuses == ["更新しました。"]
        yield person


def received(*fields: str) -> list[tuple[str, ...]]:
    """The oldest first."""
    rows = json.loads(process("ipn", "list", "-o", "json").stdout)["rows"]
    return [tuple(row[name] for name in fields) for row in reversed(rows)]


def sent(person: Person) -> list[str]:
    """What the endpoints answered to what was done last."""
    return [line for line in person.page.lines if line.startswith("HTTP ")]


def seen(person: Person, address: str, text: str) -> None:
    """It is on the page, sooner or later."""
    wait_until(lambda: text in person.opens(address).text)


def test_a_test_notification_arrives_as_a_sample(merchant: Person) -> None:
    page = merchant.sends("/endpoints/test")
    assert len(page.statuses) == 1
    assert RESULT.fullmatch(page.statuses[0]), page.statuses
    assert received("shop", "kind", "status") == [(SHOP, "PaymentCapture", "sample")]
    assert merchant.opens(f"{CENTRAL}/endpoints").statuses == []


def test_a_capture_in_two_parts_makes_the_order_paid(merchant: Person) -> None:
    merchant.opens(f"{CENTRAL}/transactions/{PAID}")
    for amount in ("400", "600"):
        assert merchant.sends("/capture", capture_amount=amount).statuses == ["売上請求しました。"]
        [result] = sent(merchant)
        assert RESULT.fullmatch(result)
    order = f"/admin/shops/{SHOP}/orders/{PAID}"
    seen(merchant, order, "Amazonからの入金通知により入金済みになりました。")
    assert "入金済" in merchant.page.lines
    merchant.opens(f"{CENTRAL}/transactions/{PAID}")
    assert merchant.sends("/refund", amount="600").statuses == ["返金しました。"]
    wait_until(lambda: ("PaymentRefund", "done", "refunded") in received("kind", "status", "reason"))
    assert [each[0] for each in received("object")] == [
        f"{REFERENCE}-C000001",
        f"{REFERENCE}-C000002",
        f"{REFERENCE}-R000001",
    ]


def test_a_declined_authorization_is_mailed_to_the_shop(merchant: Person) -> None:
    merchant.opens(f"{CENTRAL}/transactions/{DECLINED}")
    assert merchant.sends("/simulate", outcome="InvalidPaymentMethod").statuses == ["状態を変更しました。"]
    assert len(sent(merchant)) == 1
    seen(merchant, f"{CENTRAL}/mails", "Amazonペイメント処理失敗通知")
    lines = merchant.page.lines
    shown = {name: lines[lines.index(name) + 1] for name in ("件名", "差出人", "メールアドレス", "宛先", "状態")}
    assert shown == {
        "件名": "Amazonペイメント処理失敗通知",
        "差出人": "FutureShop2 Amazonセラーセントラル通知",
        "メールアドレス": "noreply@system.future-shop.net",
        "宛先": MAIL,
        "状態": "配信済み",
    }
    assert f"受注番号: {DECLINED}" in merchant.page.text
    polled = process("ipn", "poll", SHOP, env=environment(RECONCILER_BACKEND_SECRET=SECRET))
    assert polled.returncode == 0, polled.stderr
    assert merchant.opens(f"{CENTRAL}/mails").lines.count("件名") == 1


@pytest.mark.parametrize(
    ("before", "outcome", "reason", "alert"),
    [
        ("Authorized", "Expired", "authorization-lapsed", ""),
        ("Authorized", "CaptureFailed", "declined", "決済方法を変更してください。"),
        ("", "Closed", "reference-ended", "Amazon側でお支払いの許可が終了しています。"),
    ],
)
def test_what_amazon_does_reaches_the_sidecar(
    merchant: Person, before: str, outcome: str, reason: str, alert: str
) -> None:
    merchant.opens(f"{CENTRAL}/transactions/{DISPUTED}")
    for each in filter(None, (before, outcome)):
        assert merchant.sends("/simulate", outcome=each).statuses == ["状態を変更しました。"]
    wait_until(lambda: received("reason")[-1:] == [(reason,)])
    assert alert in merchant.opens(f"/admin/shops/{SHOP}/orders/{DISPUTED}").text


def test_a_chargeback_is_mailed_and_seen_on_the_order(merchant: Person) -> None:
    merchant.opens(f"{CENTRAL}/transactions/{DISPUTED}")
    merchant.sends("/capture")
    assert merchant.sends("/simulate", outcome="Chargeback").statuses == ["状態を変更しました。"]
    seen(merchant, f"{CENTRAL}/mails", "Amazon Pay要確認通知")
    assert ("Chargeback Detailed Notification",) in received("kind")
    assert (
        "チャージバックの申立てがあります。回答期限: " in merchant.opens(f"/admin/shops/{SHOP}/orders/{DISPUTED}").text
    )


def test_the_certificate_is_trusted_only_while_the_backend_runs(folder: Path) -> None:
    pinned: Callable[[], list[Path]] = lambda: list((folder / "pinned").glob("*.pem"))  # noqa: E731  # asked twice
    with served(3, "serve", "backend", "--port", "0", RECONCILER_BACKEND_SECRET=SECRET):
        assert len(pinned()) == 1
    assert pinned() == []
