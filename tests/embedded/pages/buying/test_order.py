"""S1 over Amazon to S2 and 完了: what the pages show, what is written, and that it is written once."""

import httpx
from sqlalchemy import select, update

from reconciler.embedded.resources.shopping.order_details import find_details
from reconciler.embedded.storage.shop_tables import account_links, members
from reconciler.embedded.storage.tables import charge_permissions, charges, shops
from tests.embedded.harness import KYOTO, OSAKA, OTHER_SELLER
from tests.embedded.pages.buying.conftest import BUYER, HOME, NAME, OFFICE
from tests.embedded.test_concurrency import together

NUMBER = "100000000004"
ORDER = f"/shop/{OSAKA}/order"


def details(app):
    with app.state.services.reading() as connection:
        return find_details(connection, OSAKA, NUMBER)


def test_the_buyer_chooses_address_and_card_at_amazon(shopper) -> None:
    shopper.puts("tea", "2")
    page = shopper.goes_to_amazon()
    assert page.address.startswith("/amazon/checkout/")
    assert page.headings[0] == (1, "お届け先・お支払い方法")
    for text in ("練習用 Amazon", "選択したお届け先に送る", "続行", "5,000円", *HOME, *OFFICE, "カード 末尾3064"):
        assert text in page.text
    form = page.forms[0]
    kept = [("csrf", form.value("csrf")), ("address", "1"), ("step", "address")]
    page = shopper.posts(form.action, kept)
    assert page.forms[0].value("address") == "1"
    page = shopper.posts(form.action, [*kept[:2], ("card", "1111"), ("step", "continue")])
    assert page.address == ORDER
    assert OFFICE[0] in page.text


def test_what_is_not_offered_cannot_be_chosen(shopper, made) -> None:
    shopper.puts("tea")
    page = shopper.goes_to_amazon()
    for address, card in (("2", "1111"), ("-1", "1111"), ("x", "1111"), ("0", "9999"), ("0", "")):
        page = shopper.chooses(card, address)
        assert (page.status, page.alerts) == (422, ["お届け先とお支払い方法を選択してください。"])


def test_the_order_page_shows_what_amazon_gave(shopper) -> None:
    page = shopper.arrives()
    assert (page.status, page.address, page.headings[0]) == (200, ORDER, (1, "Amazon Pay専用「ご注文手続き」"))
    second = [text for level, text in page.headings if level == 2]
    wanted = ["お届け先", "お支払い方法", "お客様の情報", "会員", "お届け希望日時", "ご注文内容"]
    assert second == wanted
    for text in (
        HOME[0],
        f"{NAME} 様",
        "Amazon Pay（カード 末尾1111、またはAmazonギフトカード）",
        NAME,
        BUYER,
        "通信事項",
    ):
        assert text in page.text
    assert "お支払い金額: 2,500円" in page.text
    assert {"配送先住所を変更する", "お支払い方法を変更する", "会員ログイン"} <= set(page.links)
    assert "注文を確定する" in page.text
    assert "代金引換" not in page.text
    form = shopper.order_form
    assert form.value("register") is None
    assert form.value("mail") is None
    assert not any(control.get("name", "").startswith("address") for control in form.controls.values())


def test_a_chosen_address_can_be_changed_at_amazon(shopper) -> None:
    page = shopper.arrives()
    page = shopper.opens(page.links["配送先住所を変更する"].partition("#")[0])
    assert page.forms[0].value("card") == "1111"
    assert OFFICE[0] in shopper.chooses(address="1").text


def test_a_confirmed_order_has_everything_that_belongs_to_it(shopper, world, app, made, sign_in) -> None:
    shopper.arrives()
    date = shopper.order_form.options["delivery_date"][1]
    page = shopper.confirms(delivery_date=date, delivery_time="午前中", request="置き配で\nお願いします")
    assert (page.status, page.address) == (200, f"/shop/{OSAKA}/complete")
    assert page.headings[0] == (1, "完了")
    for text in (
        "ご注文ありがとうございました。",
        "受注コード",
        NUMBER,
        "Amazon Pay",
        "Amazonからサインアウト",
        "カート（0）",
    ):
        assert text in page.text
    assert made() == (1, 1, 1)
    order = world.order(OSAKA, NUMBER)
    assert (order["status"], order["paymentStatus"], order["totalAmount"]) == (
        "AWAITING_PAYMENT",
        "NOTRECEIVED",
        "2500",
    )
    reference = order["amazonOrderReferenceId"]
    with app.state.services.reading() as connection:
        permission = connection.execute(select(charge_permissions)).mappings().one()
        charge = connection.execute(select(charges)).mappings().one()
    assert (permission["charge_permission_id"], permission["type"], permission["state"]) == (
        reference,
        "OneTime",
        "Chargeable",
    )
    assert (charge["state"], charge["charge_amount"]) == ("Authorized", "2500")
    found = details(app)
    assert (found.buyer_name, found.buyer_email, found.address) == (NAME, BUYER, HOME)
    assert (found.delivery_time, found.request) == ("2026/04/04 午前中", "置き配で\nお願いします")
    assert found.member_id is None


def test_the_merchant_sees_the_order(shopper, sign_in, clock) -> None:
    shopper.arrives()
    shopper.confirms(request="<b>急ぎ</b>")
    page = sign_in(OSAKA).opens(f"/admin/shops/{OSAKA}/orders/{NUMBER}")
    second = [text for level, text in page.headings if level == 2]
    assert second == ["受注情報", "ステータス", "入金", "受注内容", "お客様情報", "お届け先"]
    for text in (
        "玉露 50g",
        "合計金額: 2,500円",
        NAME,
        BUYER,
        HOME[0],
        "指定なし",
        "<b>急ぎ</b>",
        "オーソリ",
        "成功",
        "2026/04/01 09:00",
    ):
        assert text in page.text
    clock.advance(21 * 24 * 3600)
    hanako = sign_in(OSAKA)
    assert "オーソリの有効期限: 2026/05/01（残り 9日）" in hanako.opens(f"/admin/shops/{OSAKA}/orders/{NUMBER}").text


def test_an_order_of_the_page_is_captured_at_seller_central(shopper, world) -> None:
    shopper.arrives()
    shopper.confirms()
    world.merchant_captures(OSAKA, NUMBER, chargeId=f"{world.order(OSAKA, NUMBER)['amazonOrderReferenceId']}-C000002")
    assert world.order(OSAKA, NUMBER)["paymentStatus"] == "NOTRECEIVED"


def test_the_trail_says_that_amazon_made_the_payment(shopper, world, sign_in) -> None:
    shopper.arrives()
    shopper.confirms()
    assert {each["actorType"] for each in world.changes(OSAKA)} == {"AMAZON"}
    page = sign_in(OSAKA).opens(f"/admin/shops/{OSAKA}/changes")
    reference = world.order(OSAKA, NUMBER)["amazonOrderReferenceId"]
    assert f"Amazon Payの取引>{reference}" in page.text
    assert "有効" in page.text


def test_a_preorder_becomes_a_preorder(shopper, world) -> None:
    shopper.arrives(product="early")
    shopper.confirms()
    order = world.order(OSAKA, NUMBER)
    assert (order["type"], order["status"]) == ("PREORDER", "PREORDER")


def test_reload_back_and_a_second_press_order_nothing_more(shopper, made) -> None:
    page = shopper.arrives()
    form, address = shopper.order_form, f"{page.address}?session={shopper.order_form.value('session')}"
    done = shopper.posts(form.action, form.fields)
    assert NUMBER in done.text
    for again in (
        shopper.posts(form.action, form.fields),
        shopper.opens(address),
        shopper.opens(f"/shop/{OSAKA}/complete?session={form.value('session')}"),
    ):
        assert again.address == f"/shop/{OSAKA}/complete"
        assert NUMBER in again.text
    shopper.puts("towel")
    assert NUMBER in shopper.posts(form.action, form.fields).text
    assert made() == (1, 1, 1)
    assert "カート（1）" in shopper.page.links


def test_presses_in_two_tabs_at_once_make_one_order(shopper, made) -> None:
    shopper.puts("tea")
    shopper.goes_to_amazon()
    shopper.chooses()
    first = shopper.order_form
    shopper.goes_to_amazon()
    shopper.chooses()
    second = shopper.order_form
    assert first.value("session") != second.value("session")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    def press(form):
        body = str(httpx.QueryParams(form.fields))
        return lambda: httpx.post(
            f"{shopper.client.base_url}".rstrip("/") + form.action,
            content=body,
            headers={**headers, "Cookie": f"reconciler_shop={shopper.client.cookies.get('reconciler_shop')}"},
        )

    answers = together([press(first), press(first), press(second), press(second)])
    assert {answer.status_code for answer in answers} == {303}
    assert made() == (1, 1, 1)
    assert any("/complete?session=" in answer.headers["location"] for answer in answers)


def test_a_wrong_entry_is_named_and_kept(shopper, made) -> None:
    shopper.arrives()
    form = shopper.order_form
    page = shopper.confirms(request="あ" * 501, delivery_time="18時～20時")
    assert page.status == 422
    assert "通信事項: 500文字以内で入力してください（現在501文字）。" in page.alerts
    assert shopper.order_form.value("delivery_time") == "18時～20時"
    fields = [each for each in form.fields if each[0] != "delivery_date"]
    page = shopper.posts(form.action, [*fields, ("delivery_date", "2026/01/01")])
    assert "お届け希望日: もう一度選択してください。" in page.alerts
    assert made() == (0, 0, 0)


def test_a_price_that_changed_is_shown_and_asked_again(shopper, world, made) -> None:
    shopper.arrives()
    world.merchant_sells(OSAKA, "tea", name="玉露 50g", price=2600)
    page = shopper.confirms(request="急ぎ")
    assert page.status == 409
    assert page.alerts == [
        "カートの内容または価格が変更されました。ご注文内容をご確認のうえ、もう一度確定してください。"
    ]
    assert "お支払い金額: 2,600円" in page.text
    assert made() == (0, 0, 0)
    assert shopper.order_form.value("request") == "急ぎ"
    assert NUMBER in shopper.confirms().text
    assert world.order(OSAKA, NUMBER)["totalAmount"] == "2600"


def test_a_price_in_the_form_is_worth_nothing(shopper, world) -> None:
    shopper.arrives()
    form = shopper.order_form
    shopper.posts(form.action, [*form.fields, ("amount", "1"), ("totalAmount", "1")])
    assert world.order(OSAKA, NUMBER)["totalAmount"] == "2500"


def test_a_checkout_of_somebody_else_is_of_no_use(shopper, visitor, made) -> None:
    shopper.arrives()
    form = shopper.order_form
    stranger = visitor()
    address = f"{ORDER}?session={form.value('session')}"
    assert stranger.opens(address).address == f"/shop/{OSAKA}/cart"
    assert stranger.posts(form.action, form.fields).status == 403
    stranger.opens(f"/shop/{OSAKA}/")
    own = stranger.page.forms[-1].value("csrf")
    stranger.posts(f"/shop/{OSAKA}/cart/add", [("csrf", own), ("product", "tea"), ("quantity", "1")])
    assert stranger.opens(address).alerts == ["もう一度お試しください。"]
    shopper.confirms()
    page = stranger.opens(f"/shop/{OSAKA}/complete?session={form.value('session')}")
    assert page.address == f"/shop/{OSAKA}/cart"
    assert NUMBER not in page.text
    assert made() == (1, 1, 1)


def test_a_new_member_comes_of_an_order_only_if_asked(shopper, app) -> None:
    shopper.arrives()
    shopper.confirms()
    assert details(app).member_id is None
    shopper.arrives(product="towel")
    shopper.confirms(register="on", mail="on")
    with app.state.services.reading() as connection:
        member = connection.execute(select(members)).mappings().one()
        link = connection.execute(select(account_links)).mappings().one()
        second = find_details(connection, OSAKA, "100000000005")
    assert (member["login_id"], member["name"], member["mail_accepted"]) == (BUYER, NAME, True)
    assert (link["member_id"], link["seller_id"]) == (member["member_id"], OTHER_SELLER)
    assert second.member_id == member["member_id"]
    page = shopper.arrives(product="towel")
    assert "register" not in shopper.order_form.controls
    assert f"{NAME} 様は会員としてご注文いただけます。" not in page.text


def test_a_linked_member_who_comes_back_from_amazon_is_signed_in(shopper, visitor, app) -> None:
    shopper.arrives()
    shopper.confirms(register="on")
    amazon = shopper.client.cookies.get("reconciler_amazon")
    shopper.client.cookies.clear()
    shopper.client.cookies.set("reconciler_amazon", amazon, path="/amazon")
    page = shopper.arrives()
    assert f"{NAME} 様は会員としてご注文いただけます。" in page.text
    assert f"{NAME} 様" in page.text
    shopper.confirms()
    with app.state.services.reading() as connection:
        assert find_details(connection, OSAKA, "100000000005").member_id is not None


def test_a_shop_for_members_only_wants_a_registration(shopper, app, world, made) -> None:
    shopper.arrives()
    with app.state.services.database.writing() as connection:
        connection.execute(update(shops).values(guest_purchase=False))
    page = shopper.confirms()
    assert page.status == 422
    assert "会員登録: ご購入には会員登録が必要です。会員規約に同意してください。" in page.alerts
    assert made() == (0, 0, 0)
    assert NUMBER in shopper.confirms(register="on").text


def test_other_shops_know_nothing_of_it(shopper, world) -> None:
    shopper.arrives()
    session = shopper.order_form.value("session")
    world.merchant_edits(KYOTO, {"storefront": "OPEN"})
    assert shopper.opens(f"/shop/{KYOTO}/order?session={session}").address == f"/shop/{KYOTO}/cart"


def test_a_seller_with_another_address_of_the_shop_shows_amazons_error(shopper, world, made) -> None:
    world.seed({"javascriptOrigins": [{"sellerId": OTHER_SELLER, "origin": "https://www.osaka-books.example"}]})
    shopper.puts("tea")
    page = shopper.goes_to_amazon()
    assert page.status == 403
    assert "練習用 Amazon" in page.text
    assert "続行" not in page.text
