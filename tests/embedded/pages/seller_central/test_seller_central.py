"""The stand-in for Seller Central: payments, endpoints, access. Nothing there changes an order."""

import pytest

from tests.embedded.harness import KYOTO, OSAKA, OTHER_SELLER

SELLER = f"/admin/seller-central/{OSAKA}"
LIVE, SANDBOX = "environment=PRODUCTION", "environment=SANDBOX"
ONE = "100000000001"
REFERENCE = "S03-0000001-0000001"
PRACTICE = "これは練習用の画面です。Amazonのセラーセントラルではありません。"


def payment(person) -> str:
    """The state of the order that is shown."""
    lines = person.page.lines
    return lines[lines.index("状態") + 1]


def registered(world, environment: str = "PRODUCTION") -> list[str]:
    found = world.integration(OSAKA, environment)["ipnEndpoints"]["value"]["endpoints"]
    return [each["url"] for each in found]


@pytest.fixture
def taro(sign_in):
    person = sign_in(OSAKA, "taro")
    person.opens(f"{SELLER}/transactions/{ONE}?{SANDBOX}")
    return person


@pytest.mark.parametrize("place", ["transactions", "endpoints", "mails", "integration"])
def test_every_page_says_that_it_is_for_practice(sign_in, place: str) -> None:
    page = sign_in(OSAKA).opens(f"{SELLER}/{place}")
    assert PRACTICE in page.text
    assert {"Amazon Pay(本番環境)", "Amazon Pay(テスト環境)", "サポートを受ける"} <= set(page.links)


def test_a_shop_without_a_seller_has_nothing_there(sign_in) -> None:
    page = sign_in(KYOTO).opens(f"/admin/seller-central/{KYOTO}/endpoints")
    assert "この店舗には出品者IDが設定されていません。" in page.text
    assert page.forms == []


def test_orders_are_found_in_their_environment_by_either_number(sign_in) -> None:
    person = sign_in(OSAKA)
    for query, count in (
        (SANDBOX, 2),
        (LIVE, 0),
        (f"{SANDBOX}&key={ONE}", 1),
        (f"{SANDBOX}&key=0000002", 1),
        (f"{SANDBOX}&key=9", 0),
    ):
        page = person.opens(f"{SELLER}/transactions?{query}")
        assert len([text for text in page.links if text.startswith("S03-")]) == count, query


def test_many_transactions_are_on_pages_and_each_is_found(sign_in, world) -> None:
    paid = [
        {"orderNo": f"2{number:011}", "shopKey": OSAKA, "amazonOrderReferenceId": f"S03-{number:07}-9000000"}
        for number in range(60)
    ]
    world.add_orders(paid)
    person = sign_in(OSAKA)
    first = person.opens(f"{SELLER}/transactions?{SANDBOX}&key=-9000000")
    second = person.opens(first.links["次のページ"])
    listed = [[text for text in page.links if text.startswith("S03-")] for page in (first, second)]
    assert [len(each) for each in listed] == [50, 10]
    assert len({*listed[0], *listed[1]}) == 60
    assert "S03-0000001-0000001" in person.opens(f"{SELLER}/transactions?{SANDBOX}&key={ONE}").links


def test_an_authorization_is_captured_and_refunded(taro, world) -> None:
    assert taro.sends("/simulate", outcome="Authorized").statuses == ["状態を変更しました。"]
    assert payment(taro) == "オーソリ済み"
    assert taro.sends("/capture").statuses == ["売上請求しました。"]
    assert payment(taro) == "売上請求済み"
    assert taro.sends("/refund", amount="400").statuses == ["返金しました。"]
    page = taro.sends("/refund", amount="601")
    assert page.status == 422
    assert any(alert.endswith("返金できる金額は600円までです。") for alert in page.alerts)
    assert taro.sends("/refund", amount="600").statuses == ["返金しました。"]
    assert not any(form.action.endswith("/refund") for form in taro.page.forms)
    assert world.order(OSAKA, ONE)["paymentStatus"] == "NOTRECEIVED"
    kinds = [(each["actorType"], each["to"]) for each in world.changes(OSAKA)][::-1]
    assert kinds == [
        ("AMAZON", "Authorized"),
        ("MERCHANT", "Captured"),
        ("MERCHANT", "Refunded"),
        ("MERCHANT", "Refunded"),
    ]


def test_an_order_without_an_authorization_is_captured_whole(taro, world) -> None:
    assert taro.sends("/capture").statuses == ["売上請求しました。"]
    page = taro.opens(f"{SELLER}/transactions?{SANDBOX}")
    row = page.lines.index(REFERENCE)
    assert page.lines[row : row + 5] == [REFERENCE, ONE, "売上請求済み", "1,000円", "1,000円"]


@pytest.mark.parametrize("amount", ["", "abc", "１００", "-1", "0", "1000.5"])
def test_an_amount_is_a_whole_number(taro, world, amount: str) -> None:
    taro.sends("/capture")
    changes = len(world.changes(OSAKA))
    assert taro.sends("/refund", amount=amount).status == 422
    assert taro.page.form("/refund").value("amount") == amount
    assert len(world.changes(OSAKA)) == changes


def test_an_authorization_is_cancelled(taro) -> None:
    taro.sends("/simulate", outcome="Authorized")
    assert taro.sends("/cancel").statuses == ["取り消しました。"]
    assert payment(taro) == "取消"


@pytest.mark.parametrize(
    ("outcomes", "state", "alert"),
    [
        (["InvalidPaymentMethod"], "失敗", "再与信が必要です。"),
        (["AmazonRejected"], "失敗", "決済方法を変更してください。"),
        (["ProcessingFailure"], "失敗", "再与信が必要です。"),
        (["TransactionTimedOut"], "失敗", "再与信が必要です。"),
        (["Authorized", "CaptureFailed"], "失敗", "決済方法を変更してください。"),
        (["Authorized", "Expired"], "取消", ""),
    ],
)
def test_what_amazon_does_is_seen_on_the_order(taro, outcomes: list[str], state: str, alert: str) -> None:
    for outcome in outcomes:
        assert taro.sends("/simulate", outcome=outcome).statuses == ["状態を変更しました。"]
    assert payment(taro) == state
    assert alert in taro.opens(f"/admin/shops/{OSAKA}/orders/{ONE}").text


@pytest.mark.parametrize("act", ["cancel", "simulate", "capture"])
def test_what_the_state_does_not_allow_changes_nothing(taro, world, act: str) -> None:
    taro.sends("/capture")
    fields = [("csrf", taro.page.form("/simulate").value("csrf")), ("environment", "SANDBOX"), ("outcome", "Expired")]
    changes = len(world.changes(OSAKA))
    assert taro.posts(f"{SELLER}/transactions/{ONE}/{act}", fields).statuses == [
        "現在の状態では、この操作はできません。"
    ]
    assert len(world.changes(OSAKA)) == changes


def test_an_endpoint_is_added_beside_another_and_removed(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"{SELLER}/endpoints")
    url = "https://ipn.platform.example/amazon-pay/osaka-books"
    assert hanako.sends("/endpoints", url=url).statuses == ["更新しました。"]
    assert registered(world) == ["https://ipn.platform.example/osaka", url]
    assert registered(world, "SANDBOX") == []
    assert hanako.page.headings[0] == (1, "インスタント通知設定")
    removals = [form for form in hanako.page.forms if form.action.endswith("/remove")]
    page = hanako.posts(removals[0].action, removals[0].fields)
    assert page.statuses == ["削除しました。"]
    assert registered(world) == [url]
    assert hanako.posts(removals[1].action, removals[1].fields).statuses == [
        "ほかの担当者が先に変更しました。最新の内容を確認し、もう一度入力してください。"
    ]
    assert registered(world) == [url]
    assert [each["actor"] for each in world.changes(OSAKA)] == ["花子", "花子"]


def test_an_endpoint_belongs_to_the_environment_that_is_shown(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"{SELLER}/endpoints?{SANDBOX}")
    assert "登録されているエンドポイントはありません。" in hanako.page.text
    hanako.sends("/endpoints", url="http://127.0.0.1:8766/amazon-pay/osaka-books")
    assert registered(world, "SANDBOX") == ["http://127.0.0.1:8766/amazon-pay/osaka-books"]
    assert len(registered(world)) == 1


@pytest.mark.parametrize(
    "url", ["", "http://shop.example/ipn", "ftp://shop.example", "https://", "http://127.0.0.1.shop.example/", "x"]
)
def test_an_address_that_is_not_https_is_refused_and_kept(sign_in, world, url: str) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"{SELLER}/endpoints")
    page = hanako.sends("/endpoints", url=url)
    assert page.status == 422
    assert any(alert.endswith("https:// で始まるURLを入力してください。") for alert in page.alerts)
    assert page.form("/endpoints").value("url") == url
    assert len(registered(world)) == 1


def test_access_that_is_revoked_turns_the_values_of_the_shop_wrong(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    page = hanako.opens(f"{SELLER}/integration")
    assert OTHER_SELLER in page.text
    assert hanako.sends("/revoke").statuses == ["アクセスを取り消しました。"]
    assert "登録された値をAmazonが受け付けていません。" in hanako.opens(f"/admin/shops/{OSAKA}/amazon-settings").text
    assert {each["actorType"] for each in world.changes(OSAKA)} == {"AMAZON"}
    hanako.opens(f"{SELLER}/integration")
    assert hanako.sends("/grant").statuses == ["アクセスを許可しました。"]
    assert world.integration(OSAKA)["amazonSettings"]["value"]["apiStatus"] == "VALID"


def test_the_seller_of_another_shop_is_not_there(sign_in) -> None:
    assert sign_in(KYOTO).opens(f"{SELLER}/endpoints").status == 404


def test_origins_are_added_and_removed(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    page = hanako.opens(f"{SELLER}/integration")
    assert "登録されているJavaScriptオリジンはありません。" in page.text
    for origin in ("https://www.osaka-books.example", "http://127.0.0.1:8765"):
        assert hanako.sends("/origins", origin=origin).statuses == ["追加しました。"]
    hanako.sends("/origins", origin="https://www.osaka-books.example")
    removals = [form for form in hanako.page.forms if form.action.endswith("/origins/remove")]
    assert [form.value("origin") for form in removals] == ["http://127.0.0.1:8765", "https://www.osaka-books.example"]
    assert hanako.posts(removals[0].action, removals[0].fields).statuses == ["削除しました。"]
    assert hanako.posts(removals[0].action, removals[0].fields).statuses == ["すでに削除されています。"]
    assert [(each["from"], each["to"]) for each in world.changes(OSAKA)][::-1] == [
        (None, "https://www.osaka-books.example"),
        (None, "http://127.0.0.1:8765"),
        ("http://127.0.0.1:8765", None),
    ]
    assert (
        "インテグレーションセントラル>許可されたJavaScriptオリジン"
        in hanako.opens(f"/admin/shops/{OSAKA}/changes").text
    )


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "www.shop.example",
        "http://www.shop.example",
        "https://www.shop.example/",
        "https://a b",
        "https://ｗ.example",
    ],
)
def test_an_origin_with_a_path_or_without_https_is_refused_and_kept(sign_in, world, origin: str) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"{SELLER}/integration")
    page = hanako.sends("/origins", origin=origin)
    assert page.status == 422
    assert page.alerts
    assert page.form("/origins").value("origin") == origin
    assert world.changes(OSAKA) == []
