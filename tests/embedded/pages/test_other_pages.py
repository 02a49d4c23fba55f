"""店舗一覧, お申込み, 項目対照表 and the help."""

from itertools import pairwise

import pytest

from tests.embedded.harness import KOBE, KYOTO, NARA, OSAKA


def shops(page) -> list[str]:
    return [text for text in page.links if "-" in text]


def test_an_operator_sees_all_shops_with_their_states(sign_in, world) -> None:
    operator = sign_in(account="operator")
    assert shops(operator.page) == [KOBE, KYOTO, NARA, OSAKA]
    row = operator.page.lines[operator.page.lines.index(OSAKA) :][:7]
    assert row == [OSAKA, "開店中", "利用する", "表示中", "正常", "ほかのURLのみ", "2026/04/01 09:00"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("key=OSA", [OSAKA]),
        ("state=open", [OSAKA]),
        ("state=closed", [KOBE, KYOTO, NARA]),
        ("state=used", [OSAKA]),
        ("state=error", [OSAKA]),
        ("state=closed&key=k", [KOBE, KYOTO]),
    ],
)
def test_shops_are_searched_and_filtered(sign_in, world, query: str, found: list[str]) -> None:
    world.amazon_revokes(OSAKA)
    assert shops(sign_in(account="operator").opens(f"/admin/shops?{query}")) == found


def test_the_filters_keep_what_was_searched(sign_in) -> None:
    operator = sign_in(account="operator")
    page = operator.opens("/admin/shops?key=k&state=open")
    assert page.form("/admin/shops").value("state") == "open"
    assert [name for name in ("開店中", "閉店中", "利用中", "APIエラー") if name not in page.links] == []
    assert shops(operator.opens(page.links["閉店中"])) == [KOBE, KYOTO]


def test_many_shops_are_on_pages_that_keep_what_was_searched(sign_in, world) -> None:
    world.seed({"shops": [{"shopKey": f"shop-{number:03}"} for number in range(60)]})
    operator = sign_in(account="operator")
    first = operator.opens("/admin/shops?key=shop-&state=open")
    second = operator.opens(first.links["次のページ"])
    assert len(shops(first)) == 50
    assert shops(second) == [f"shop-{number:03}" for number in range(50, 60)]
    assert "次のページ" not in second.links


def test_a_search_without_a_result_says_so(sign_in) -> None:
    assert "該当する店舗はありません。" in sign_in(account="operator").opens("/admin/shops?key=nothing").text


def test_a_merchant_has_no_list_of_shops(sign_in) -> None:
    assert sign_in(KYOTO).opens("/admin/shops").address == f"/admin/shops/{KYOTO}/amazon-settings"


def test_an_operator_edits_a_shop_as_the_platform(sign_in, world) -> None:
    operator = sign_in(account="operator")
    operator.opens(f"/admin/shops/{KYOTO}/amazon-settings")
    operator.sends("/amazon-settings", notification_email="a@shop.example")
    assert [(each["actor"], each["actorType"]) for each in world.changes(KYOTO)] == [("運用担当", "PLATFORM")]


def test_an_operator_sets_applications_and_a_merchant_sees_them(sign_in, world) -> None:
    address = f"/admin/shops/{NARA}/applications"
    hanako, operator = sign_in(NARA), sign_in(account="operator")
    assert "アマゾンジャパン合同会社とのご契約\n未申込" in hanako.opens(address).text
    assert [form for form in hanako.page.forms if form.action == address] == []
    operator.opens(address)
    page = operator.sends("/applications", pay_option="yes", amazon_contract="yes", commerce_creator="RUNNING")
    assert page.statuses == ["保存しました。"]
    text = hanako.opens(address).text
    assert "アマゾンジャパン合同会社とのご契約\n申込済" in text
    assert "コマースクリエイター\n運用中(切替後)" in text
    found = world.integration(NARA)["entitlements"]["value"]
    assert (found["payOption"], found["commerceCreator"], found["subscriptionApplications"]) == (True, "RUNNING", False)


def test_a_merchant_cannot_set_applications_with_a_forged_post(sign_in, world) -> None:
    hanako = sign_in(NARA)
    token = hanako.page.form("/amazon-settings").value("csrf")
    fields = [("csrf", token), ("version", "1"), ("pay_option", "yes")]
    assert hanako.posts(f"/admin/shops/{NARA}/applications", fields).status == 404
    assert not world.integration(NARA)["entitlements"]["value"]["payOption"]


def test_applications_have_two_editors_too(sign_in, world) -> None:
    operator = sign_in(account="operator")
    operator.opens(f"/admin/shops/{NARA}/applications")
    world.platform_entitles(NARA, payOption=True)
    page = operator.sends("/applications", pay_option="no")
    assert page.status == 412
    assert "ほかの担当者が先に変更しました。最新の内容を確認し、もう一度入力してください。" in page.alerts
    assert "他社ID決済オプション Amazon Pay\n未申込\n申込済" in page.text
    assert world.integration(NARA)["entitlements"]["value"]["payOption"]


def test_an_application_that_is_none_is_refused_by_its_name(sign_in, world) -> None:
    operator = sign_in(account="operator")
    operator.opens(f"/admin/shops/{NARA}/applications")
    page = operator.sends("/applications", pay_option="yes", commerce_creator="<b>")
    assert page.status == 422
    assert page.alerts == ["入力内容をご確認ください。", "コマースクリエイター: 選択してください。"]
    assert world.changes(NARA) == []


def test_an_application_under_review_entitles_to_nothing(sign_in, world) -> None:
    address = f"/admin/shops/{NARA}/applications"
    hanako, operator = sign_in(NARA), sign_in(account="operator")
    operator.opens(address)
    assert operator.sends("/applications", pay_option="review").statuses == ["保存しました。"]
    assert "他社ID決済オプション Amazon Pay\n審査中" in hanako.opens(address).text
    assert not world.integration(NARA)["entitlements"]["value"]["payOption"]
    trail = hanako.opens(f"/admin/shops/{NARA}/changes?resource=entitlements").text
    assert "各種申し込み>他社ID決済オプション Amazon Payの審査\n–\n審査中" in trail
    operator.opens(address)
    operator.sends("/applications", pay_option="yes")
    assert "他社ID決済オプション Amazon Pay\n申込済" in hanako.opens(address).text


def test_two_editors_of_a_review_are_seen(sign_in) -> None:
    address = f"/admin/shops/{NARA}/applications"
    one, two = sign_in(account="operator"), sign_in(account="operator")
    one.opens(address)
    two.opens(address)
    one.sends("/applications", pay_option="review")
    assert two.sends("/applications", amazon_contract="review").status == 412


def test_the_comparison_marks_what_rests_on_analogy(sign_in) -> None:
    hanako = sign_in(KYOTO)
    assert hanako.page.links["項目対照表"] == f"/admin/shops/{KYOTO}/comparison"
    page = hanako.opens(f"/admin/shops/{KYOTO}/comparison")
    assert "構築>ページ設定>Amazon設定\n設定>連携サービス>Amazon設定" in page.text
    assert "Amazon API情報\n未確認" in page.text
    assert page.lines.count("未確認") == 1


def test_the_help_explains_each_id(sign_in) -> None:
    page = sign_in(KYOTO).opens("/admin/help/ids")
    assert [text for level, text in page.headings if level == 2] == [
        "SellerId(出品者ID)", "ClientId(クライアントID)", "MWSAuthToken(MWS認証トークン)",
    ]  # fmt: skip


PLACES = (
    "amazon-settings", "payment-methods", "amazon-pay", "storefront", "messages", "messages/ORDER_AREA", "orders",
    "orders/100000000001", "changes", "applications", "comparison",
)  # fmt: skip


@pytest.mark.parametrize("account", ["hanako", "operator"])
def test_every_control_has_a_label_and_every_page_one_main_heading(sign_in, account: str) -> None:
    person = sign_in("" if account == "operator" else OSAKA, account)
    for place in PLACES:
        page = person.opens(f"/admin/shops/{OSAKA}/{place}")
        shown = [each for each in page.controls if each.get("type") != "hidden"]
        named = [each for each in shown if each.get("id") in page.labels or each.get("aria-label")]
        assert shown == named, place
        assert [level for level, _ in page.headings].count(1) == 1, place
        levels = [level for level, _ in page.headings]
        assert all(after - before <= 1 for before, after in pairwise(levels)), place
        assert page.lang == "ja"
        ids = [each["id"] for each in page.controls if "id" in each]
        assert len(ids) == len(set(ids)), place
