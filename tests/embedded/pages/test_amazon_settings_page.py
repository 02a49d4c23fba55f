"""Amazon設定 in a browser: what can be changed when, what is shown, and that the token never is."""

import pytest

from reconciler.embedded.resources.screens.admin_sessions import SESSION_SECONDS
from tests.embedded.harness import (
    CLIENT,
    COMPLETE,
    EMAIL,
    KOBE,
    KYOTO,
    NARA,
    OSAKA,
    OTHER_TOKEN,
    PRE_SET,
    SELLER,
    TOKEN,
)

FORM = "/amazon-settings"
ENTERED = {"seller_id": SELLER, "client_id": CLIENT, "mws_auth_token": TOKEN, "notification_email": EMAIL}
MAIL = "通知メールアドレス"


def at(shop: str, place: str = "amazon-settings") -> str:
    return f"/admin/shops/{shop}/{place}"


def stored(world, shop: str) -> dict:
    return world.integration(shop)["amazonSettings"]["value"]


def test_the_page_has_the_headings_and_labels_of_the_manual(sign_in) -> None:
    page = sign_in(KYOTO).page
    assert page.title == "Amazon設定 | kyoto-tea 管理画面"
    assert page.lang == "ja"
    assert [text for _, text in page.headings] == [
        "Amazon設定", "利用設定", "Amazon API情報", "Amazon通知設定", "ご注意事項", "ユーザ画面での表示イメージ", "関連情報",
    ]  # fmt: skip
    for label in (
        "SellerId(出品者ID)",
        "ClientId(クライアントID)",
        "MWSAuthToken(MWS認証トークン)",
        MAIL,
        "要閉店",
        "必須",
    ):
        assert label in page.text
    assert "設定>連携サービス>Amazon設定" in page.text
    for name in (
        "ショッピングカート",
        "Amazon Pay専用「ご注文手続き」画面",
        "Amazon Pay専用「お申込み手続き」画面",
        "ご購入手続き(ご購入途中のログイン画面)",
        "Amazonログイン後の会員ログイン画面",
        "マイページなどへの会員ログイン画面",
    ):
        assert name in page.lines


def test_everything_is_set_and_turned_on_while_the_shop_is_closed(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    page = hanako.sends(FORM, use_amazon="1", **ENTERED)
    assert page.statuses == ["保存しました。決済一覧の「Amazon Pay」を「利用する」に変更しました。"]
    assert stored(world, KYOTO)["buttonsVisible"]
    assert TOKEN not in page.html
    assert "設定済み（表示できません）" in page.text
    followed = {(each["field"], each["cause"]) for each in world.changes(KYOTO) if each["cause"]}
    assert ("use", "amazonSettings.useAmazon") in followed
    assert {(each["actor"], each["actorType"]) for each in world.changes(KYOTO)} == {("花子", "MERCHANT")}


def test_a_reload_after_saving_saves_nothing_again(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    hanako.sends(FORM, notification_email=EMAIL)
    changes = len(world.changes(KYOTO))
    page = hanako.opens(hanako.page.address)
    assert (page.address, page.statuses, len(world.changes(KYOTO))) == (at(KYOTO), [], changes)


def test_mail_and_ids_can_be_saved_while_the_shop_is_open(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    form = hanako.page.form(FORM)
    assert "disabled" in form.controls["use_amazon"]
    assert not {"use_amazon", "use_editable"} & {name for name, _ in form.fields}
    page = hanako.sends(FORM, notification_email="new@osaka-books.example", seller_id=SELLER)
    assert page.statuses == ["保存しました。"]
    assert stored(world, OSAKA)["notificationEmail"] == "new@osaka-books.example"
    assert (stored(world, OSAKA)["sellerId"], stored(world, OSAKA)["useAmazon"]) == (SELLER, True)


def test_the_switch_is_refused_when_the_shop_was_opened_in_the_meantime(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    world.merchant_edits(KYOTO, {"storefront": "OPEN"})
    page = hanako.sends(FORM, use_amazon="1", **ENTERED)
    assert page.status == 423
    text = "「利用設定」は「店舗閉店時」のみ変更できます。店舗を閉店してから設定してください。"
    assert any(text in alert for alert in page.alerts)
    assert not stored(world, KYOTO)["useAmazon"]
    assert stored(world, KYOTO)["sellerId"] is None


def test_a_form_of_a_closed_shop_saves_the_rest_when_the_shop_was_opened_and_the_switch_is_as_it_was(
    sign_in, world
) -> None:
    hanako = sign_in(KYOTO)
    world.merchant_edits(KYOTO, {"storefront": "OPEN"})
    assert hanako.sends(FORM, notification_email=EMAIL).statuses == ["保存しました。"]
    assert stored(world, KYOTO)["notificationEmail"] == EMAIL


def test_wrong_api_values_end_on_the_error_page_and_nothing_is_stored(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    before = stored(world, KYOTO)
    page = hanako.sends(FORM, **{**ENTERED, "client_id": "wrong-client", "mws_auth_token": "wrong-token"})
    assert page.status == 422
    assert page.headings[0] == (1, "エラー")
    assert "API設定に登録された値が正しくありません。" in page.text
    assert "変更内容は保存されていません。" in page.text
    for label, text in (
        ("ClientId(クライアントID)", "このClientIdはAmazonに登録されていません。"),
        ("MWSAuthToken(MWS認証トークン)", "このトークンは無効です。"),
    ):
        assert (page.lines.index(label) + 1) == page.lines.index(text)
    assert "wrong-token" not in page.html
    assert stored(world, KYOTO) == before
    page = hanako.sends("/amazon-settings/again")
    assert page.form(FORM).value("client_id") == "wrong-client"
    assert page.form(FORM).value("mws_auth_token") == ""
    assert "wrong-token" not in page.html


def test_the_way_back_from_the_error_page_does_not_overwrite_another_editor(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    hanako.sends(FORM, **{**ENTERED, "client_id": "wrong-client"})
    world.merchant_edits(KYOTO, {"notificationEmail": "taro@kyoto-tea.example"}, by="太郎")
    hanako.sends("/amazon-settings/again")
    page = hanako.sends(FORM, client_id=CLIENT, mws_auth_token=TOKEN)
    assert page.status == 412
    row = page.lines.index(MAIL)
    assert page.lines[row + 1 : row + 3] == [ENTERED["notification_email"], "taro@kyoto-tea.example"]
    assert stored(world, KYOTO)["notificationEmail"] == "taro@kyoto-tea.example"
    page = hanako.sends(FORM, mws_auth_token=TOKEN)
    assert "保存しました。" in page.statuses[0]


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ({"revoked": True}, "この出品者IDへのアクセスは取り消されています。"),
        ({"clientId": CLIENT.replace("0", "f")}, "このClientIdは別の出品者IDのものです。"),
        ({"revokedTokens": [{"value": TOKEN}]}, "このトークンは無効です。"),
    ],
)
def test_the_error_page_names_the_reason(sign_in, world, known: dict, text: str) -> None:
    world.seed({"amazonAccounts": [{"sellerId": SELLER, **known}]})
    assert text in sign_in(KYOTO).sends(FORM, **ENTERED).text


def test_a_pre_set_token_has_no_field_and_a_forged_post_is_refused(sign_in, world) -> None:
    hanako = sign_in(KOBE)
    form = hanako.page.form(FORM)
    assert "mws_auth_token" not in form.controls
    assert PRE_SET in hanako.page.text
    assert "あらかじめセットされています。削除や変更をしないでください。" in hanako.page.text
    page = hanako.posts(form.action, [*form.fields, ("mws_auth_token", TOKEN)])
    assert page.status == 409
    assert any("あらかじめセットされています。削除や変更をしないでください。" in alert for alert in page.alerts)
    assert stored(world, KOBE)["mwsAuthToken"] == {"state": "PRE_SET"}


def test_another_seller_under_a_pre_set_token_asks_once_more(sign_in, world) -> None:
    world.merchant_edits(KOBE, {"sellerId": SELLER, "clientId": CLIENT})
    hanako = sign_in(KOBE)
    page = hanako.sends(FORM, seller_id="A7EXAMPLE765432")
    assert any("変更すると決済できなくなる可能性があります。" in alert for alert in page.alerts)
    assert stored(world, KOBE)["sellerId"] == SELLER
    assert page.form(FORM).value("seller_id") == "A7EXAMPLE765432"
    assert hanako.sends(FORM, another_seller="1").statuses == ["保存しました。"]
    assert stored(world, KOBE)["sellerId"] == "A7EXAMPLE765432"


def test_a_stored_token_is_kept_when_its_field_stays_empty(sign_in, world) -> None:
    before = stored(world, OSAKA)["mwsAuthToken"]
    page = sign_in(OSAKA).sends(FORM, notification_email=EMAIL)
    assert page.statuses == ["保存しました。"]
    assert stored(world, OSAKA)["mwsAuthToken"] == before
    assert OTHER_TOKEN not in page.html


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("notification_email", "pay＠shop.example", "全角文字が含まれています。半角で入力してください（例: ＠ → @）。"),
        ("seller_id", "Ａ1EXAMPLE234567", "全角文字が含まれています。半角で入力してください（例: Ａ → A）。"),
        (
            "seller_id",
            "A1EXAMPLE\u3000",
            "全角文字が含まれています。半角で入力してください（例: 全角の空白 → 半角の空白）。",
        ),
        ("client_id", f"{CLIENT} ", "前後に空白が含まれています。"),
        ("mws_auth_token", f" {TOKEN}", "前後に空白が含まれています。"),
        ("seller_id", CLIENT, "ClientId(クライアントID)の値のようです。"),
        ("client_id", "LIVE-ABCDEF", "Public Key IDではなく、ClientId(Store ID)を入力してください。"),
        ("notification_email", "pay", "メールアドレスの形式が正しくありません（例: pay@shop.example）。"),
        ("mws_auth_token", PRE_SET, "この値はあらかじめセットされた状態を示す文字列です。トークンを入力してください。"),
        ("seller_id", "A" * 201, "200文字以内で入力してください。"),
        ("notification_email", "a\x00b@shop.example", "使用できない文字が含まれています。"),
    ],
)
def test_a_value_that_cannot_be_right_is_named_and_kept(sign_in, world, field: str, value: str, text: str) -> None:
    hanako = sign_in(KYOTO)
    page = hanako.sends(FORM, **{**ENTERED, field: value})
    assert page.status == 422
    assert "入力内容をご確認ください。" in page.alerts
    assert any(alert.endswith(text) for alert in page.alerts)
    control = page.form(FORM).controls[field]
    assert control["aria-invalid"] == "true"
    assert f"{field}-error" in control["aria-describedby"].split()
    assert page.form(FORM).value("mws_auth_token") == ""
    if field != "mws_auth_token" and "\x00" not in value:
        assert page.form(FORM).value(field) == value
    assert stored(world, KYOTO)["sellerId"] is None


def test_blanks_are_accepted_until_the_switch_is_on(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    page = hanako.sends(FORM, notification_email=EMAIL)
    assert page.statuses == ["保存しました。"]
    assert "未設定の項目: SellerId(出品者ID)、ClientId(クライアントID)、MWSAuthToken(MWS認証トークン)" in page.text
    page = hanako.sends(FORM, use_amazon="1")
    assert page.status == 422
    assert any(alert.endswith("SellerId(出品者ID)を入力してください。") for alert in page.alerts)
    assert any(alert.endswith("MWSAuthToken(MWS認証トークン)を入力してください。") for alert in page.alerts)
    assert page.form(FORM).value("use_amazon") == "1"


def test_a_field_once_set_cannot_be_emptied(sign_in, world) -> None:
    page = sign_in(OSAKA).sends(FORM, notification_email="")
    assert page.status == 422
    assert any(alert.endswith("この項目は空にできません。") for alert in page.alerts)


def test_two_editors_see_each_others_values_and_nothing_is_lost(sign_in, world) -> None:
    hanako, taro = sign_in(OSAKA), sign_in(OSAKA, "taro")
    taro.sends(FORM, notification_email="taro@osaka-books.example")
    page = hanako.sends(FORM, notification_email="hanako@osaka-books.example", mws_auth_token=TOKEN)
    assert page.status == 412
    assert "ほかの担当者が先に変更しました。最新の内容を確認し、もう一度入力してください。" in page.alerts
    row = page.lines.index(MAIL)
    assert page.lines[row + 1 : row + 3] == ["hanako@osaka-books.example", "taro@osaka-books.example"]
    assert stored(world, OSAKA)["notificationEmail"] == "taro@osaka-books.example"
    assert TOKEN not in page.html
    assert hanako.sends(FORM, notification_email="hanako@osaka-books.example").statuses == ["保存しました。"]


def test_a_wrong_value_is_named_before_another_editor_and_forgets_neither(sign_in, world) -> None:
    hanako, taro = sign_in(OSAKA), sign_in(OSAKA, "taro")
    taro.sends(FORM, notification_email="taro@osaka-books.example")
    page = hanako.sends(FORM, notification_email="pay＠osaka-books.example")
    assert page.status == 422
    assert hanako.sends(FORM, notification_email="hanako@osaka-books.example").status == 412
    assert stored(world, OSAKA)["notificationEmail"] == "taro@osaka-books.example"


def test_two_editors_of_a_closed_shop_see_both_choices_of_its_use(sign_in, world) -> None:
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    hanako = sign_in(OSAKA)
    before = stored(world, OSAKA)["useAmazon"]
    world.merchant_edits(OSAKA, {"notificationEmail": "taro@osaka-books.example"}, by="太郎")
    page = hanako.sends(FORM, use_amazon=None if before else "1")
    assert page.status == 412
    row = page.lines.index("利用設定")
    both = ["利用しない", "利用する"] if before else ["利用する", "利用しない"]
    assert page.lines[row + 1 : row + 3] == both


def test_a_shop_without_its_applications_cannot_be_turned_on(sign_in, world) -> None:
    page = sign_in(NARA).page
    assert "disabled" in page.form(FORM).controls["use_amazon"]
    both = "他社ID決済オプション Amazon Payのお申込みが必要です。 アマゾンジャパン合同会社とのご契約が必要です。"
    assert both in page.text
    world.merchant_edits(NARA, {"storefront": "OPEN"})
    page = sign_in(NARA).page
    assert both in page.text
    assert "「店舗閉店時」のみ設定を変更できます。" in page.text
    world.merchant_edits(NARA, {"storefront": "CLOSED"})
    world.platform_entitles(NARA, payOption=True)
    person = sign_in(NARA)
    assert "アマゾンジャパン合同会社とのご契約が必要です。" in person.page.text
    forged = [*person.page.form(FORM).fields, ("use_editable", "1"), ("use_amazon", "1")]
    named = {"seller_id": SELLER, "client_id": CLIENT, "mws_auth_token": TOKEN, "notification_email": EMAIL}
    fields = [pair for pair in forged if pair[0] not in named] + list(named.items())
    assert person.posts(at(NARA), fields).status == 409
    assert not stored(world, NARA)["useAmazon"]


def test_missing_items_and_refused_values_are_announced(sign_in, world) -> None:
    world.merchant_edits(KYOTO, {"useAmazon": True, "sellerId": SELLER, "notificationEmail": EMAIL})
    text = "未設定の項目があるため、サイトにAmazonボタンは表示されません: ClientId(クライアントID)、MWSAuthToken(MWS認証トークン)"
    assert text in sign_in(KYOTO).page.text
    world.amazon_revokes(OSAKA)
    refused = "登録された値をAmazonが受け付けていません。もう一度Amazonセラーセントラルをご確認ください。"
    page = sign_in(OSAKA).page
    assert refused in page.text
    assert "表示中" in page.text


def test_a_url_that_was_not_issued_has_no_copy_button(sign_in, world) -> None:
    world.seed({"shops": [{"shopKey": "uji", "amazonSettings": {"merchantSiteUrl": None}}]})
    world.ensure_user("hanako", "pw", shop_key="uji")
    page = sign_in(KYOTO).page
    assert any(control.get("value") == "https://ipn.platform.example/amazon-pay/kyoto-tea" for control in page.controls)
    assert 'aria-label="コピー"' in page.html
    person = sign_in(account="operator")
    page = person.opens(at("uji"))
    assert "発行されていません。" in page.text
    assert 'aria-label="コピー"' not in page.html


def test_a_script_in_a_field_is_text(sign_in, world) -> None:
    script = "<script>alert(1)</script>"
    page = sign_in(KYOTO).sends(FORM, seller_id=script, client_id='"><img src=x>', notification_email="a@b.example")
    assert page.form(FORM).value("seller_id") == script
    assert script not in page.html
    assert '"><img' not in page.html


def test_what_was_entered_outlives_the_session_but_the_token_does_not(sign_in, clock, world) -> None:
    hanako = sign_in(KYOTO)
    clock.advance(SESSION_SECONDS + 1)
    page = hanako.sends(FORM, seller_id=SELLER, mws_auth_token=TOKEN)
    assert page.status == 403
    assert page.alerts == ["セッションの有効期限が切れました。もう一度ログインしてください。"]
    assert TOKEN not in page.html
    page = hanako.sends("/sign-in", shop=KYOTO, account="hanako", password="correct horse battery staple")
    assert page.address == at(KYOTO)
    assert page.form(FORM).value("seller_id") == SELLER
    assert page.statuses == ["入力内容を復元しました。まだ保存されていません。"]
    assert stored(world, KYOTO)["sellerId"] is None


def test_the_contract_and_the_page_show_the_same(sign_in, world) -> None:
    world.merchant_edits(KYOTO, COMPLETE)
    form = sign_in(KYOTO).page.form(FORM)
    shown = stored(world, KYOTO)
    assert form.value("seller_id") == shown["sellerId"]
    assert form.value("client_id") == shown["clientId"]
    assert form.value("notification_email") == shown["notificationEmail"]
