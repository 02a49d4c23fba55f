"""通常のご注文手続き: 代金引換 without Amazon, for members and, where the shop allows it, for everybody."""

import httpx
import pytest
from sqlalchemy import update

from reconciler.embedded.resources.shopping.order_details import find_details
from reconciler.embedded.storage.tables import shops
from tests.embedded.harness import OSAKA
from tests.embedded.test_concurrency import together

NUMBER = "100000000004"
WHO = {"name": "大阪 花", "email": "hana@example.jp", "postal_code": "530-0001", "address": "大阪府大阪市北区1-2-3"}


def arrives(shopper, product: str = "tea"):
    shopper.puts(product)
    return shopper.opens(f"/shop/{OSAKA}/checkout")


def test_an_order_on_delivery_has_no_payment_at_amazon(shopper, world, app, made, sign_in) -> None:
    page = arrives(shopper)
    assert (page.status, page.headings[0]) == (200, (1, "ご注文手続き"))
    assert "代金引換" in page.text
    assert "Amazon" not in page.text
    page = shopper.confirms(**WHO, delivery_time="午前中", request="置き配で")
    assert page.address == f"/shop/{OSAKA}/complete"
    assert "ご注文ありがとうございました。" in page.text
    assert NUMBER in page.text
    assert "Amazonからサインアウト" not in page.text
    assert made() == (1, 0, 0)
    order = world.order(OSAKA, NUMBER)
    assert (order["amazonOrderReferenceId"], order["totalAmount"]) == (None, "2500")
    with app.state.services.reading() as connection:
        found = find_details(connection, OSAKA, NUMBER)
    assert (found.buyer_name, found.buyer_email) == (WHO["name"], WHO["email"])
    assert found.address == ("〒530-0001 大阪府大阪市北区1-2-3", "大阪 花")
    page = sign_in(OSAKA).opens(f"/admin/shops/{OSAKA}/orders/{NUMBER}")
    assert "代金引換" in page.text
    assert WHO["email"] in page.text


def test_pressing_again_finds_the_order_that_is_there(shopper, made) -> None:
    arrives(shopper)
    fields = [each for each in shopper.order_form.fields if each[0] not in WHO] + list(WHO.items())
    form = shopper.order_form
    cookie = f"reconciler_shop={shopper.client.cookies.get('reconciler_shop')}"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    address = f"{shopper.client.base_url}".rstrip("/") + form.action
    answers = together([lambda: httpx.post(address, content=str(httpx.QueryParams(fields)), headers=headers)] * 4)
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert made() == (1, 0, 0)
    shopper.puts("towel")
    assert NUMBER in shopper.posts(form.action, fields).text
    assert made() == (1, 0, 0)


@pytest.mark.parametrize(
    ("field", "entered", "fault"),
    [
        ("name", "", "氏名: 氏名を入力してください。"),
        ("name", "あ" * 65, "氏名: 64文字以内で入力してください（現在65文字）。"),
        (
            "email",
            "ｈana@example.jp",
            "メールアドレス: 全角文字が含まれています。半角で入力してください（例: ｈ → h）。",
        ),
        ("email", "hana", "メールアドレス: メールアドレスの形式で入力してください（例: hanako@example.jp）。"),
        ("postal_code", "５３０-0001", "郵便番号: 全角文字が含まれています。半角で入力してください（例: ５ → 5）。"),
        ("postal_code", "53-0001", "郵便番号: 7桁の数字で入力してください（例: 123-4567）。"),
        ("address", " ", "住所: 住所を入力してください。"),
    ],
)
def test_a_wrong_entry_is_named_and_the_others_are_kept(shopper, made, field, entered, fault) -> None:
    arrives(shopper)
    page = shopper.confirms(**WHO | {field: entered})
    assert page.status == 422
    assert fault in page.alerts
    kept = shopper.order_form
    assert {name: kept.value(name) for name in WHO} == WHO | {field: entered}
    assert made() == (0, 0, 0)


def test_a_price_that_changed_is_asked_again(shopper, world, made) -> None:
    arrives(shopper)
    world.merchant_sells(OSAKA, "tea", name="玉露 50g", price=2600)
    page = shopper.confirms(**WHO)
    assert page.status == 409
    assert "お支払い金額: 2,600円" in page.text
    assert made() == (0, 0, 0)
    assert NUMBER in shopper.confirms().text


def test_a_shop_that_closed_meanwhile_takes_no_order(shopper, world, made) -> None:
    arrives(shopper)
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    assert shopper.confirms(**WHO).status == 503
    assert made() == (0, 0, 0)


def test_members_only_shops_send_others_to_the_login(shopper, app, made) -> None:
    page = arrives(shopper)
    form = page.form("/checkout")
    with app.state.services.database.writing() as connection:
        connection.execute(update(shops).values(guest_purchase=False))
    fields = [each for each in form.fields if each[0] not in WHO] + list(WHO.items())
    answer = shopper.client.post(form.action, data=dict(fields), follow_redirects=False)
    assert answer.headers["location"] == f"/shop/{OSAKA}/purchase-login"
    answer = shopper.client.get(form.action, follow_redirects=False)
    assert answer.headers["location"] == f"/shop/{OSAKA}/purchase-login"
    assert made() == (0, 0, 0)


def test_an_empty_or_mixed_cart_has_no_checkout(shopper) -> None:
    assert shopper.opens(f"/shop/{OSAKA}/checkout").address == f"/shop/{OSAKA}/cart"
    shopper.puts("monthly")
    shopper.puts("tea")
    assert shopper.opens(f"/shop/{OSAKA}/checkout").address == f"/shop/{OSAKA}/cart"
