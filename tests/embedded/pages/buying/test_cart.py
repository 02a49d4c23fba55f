"""商品一覧 and S1 ショッピングカート: what is sold, what the cart holds, and when it has its part of Amazon."""

import pytest

from reconciler.embedded.resources.shopping.basket import MONTHLY_CEILING
from reconciler.embedded.resources.shopping.carts import MAX_LINES, MAX_QUANTITY
from tests.embedded.harness import KYOTO, NARA, OSAKA

MESSAGE = "Amazonアカウントに登録済みの情報でお支払いいただけます。"
MIXED = "定期・頒布会商品は、ほかの商品と別にお申込みください。"


def has_amazon(page) -> bool:
    there = any(form.action.endswith("/amazon-pay") for form in page.forms)
    assert there == ("amazon-pay" in page.html) == (MESSAGE in page.text) == ("Amazon Pay" in page.text)
    return there


def subscribes(world) -> None:
    world.platform_entitles(OSAKA, commerceCreator="RUNNING", subscriptionApplications=True)
    world.merchant_edits(OSAKA, {"subscription": True})


def test_the_goods_of_a_shop_with_prices_and_kinds(shopper) -> None:
    page = shopper.opens(f"/shop/{OSAKA}/")
    assert (page.status, page.headings[0], page.lang) == (200, (1, "商品一覧"), "ja")
    for text in (
        "玉露 50g",
        "2,500円",
        "新刊 <予約>",
        "予約",
        "毎月のおたのしみ便",
        "定期",
        "1か月ごと",
        "頒布会",
        "2か月ごと",
    ):
        assert text in page.text
    assert page.links["カート（0）"] == f"/shop/{OSAKA}/cart"


def test_a_shop_without_goods_says_so(world, visitor) -> None:
    world.merchant_edits(NARA, {"storefront": "OPEN"})
    assert "現在、お取り扱いしている商品はありません。" in visitor().opens(f"/shop/{NARA}/").text


def test_the_cart_shows_lines_and_their_sum(shopper) -> None:
    assert "カートに商品はありません。" in shopper.opens(f"/shop/{OSAKA}/cart").text
    shopper.puts("tea", "2")
    page = shopper.puts("towel")
    assert page.address == f"/shop/{OSAKA}/cart"
    assert page.statuses == ["カートに入れました。"]
    assert page.headings[0] == (1, "ショッピングカート")
    for text in ("画像", "商品名", "単価", "数量", "小計", "5,000円", "900円", "合計: 5,900円"):
        assert text in page.text
    assert "カート（3）" in page.links
    assert page.links["ご購入手続きへ"] == f"/shop/{OSAKA}/purchase-login"


def test_quantities_change_and_lines_go(shopper) -> None:
    shopper.puts("tea")
    shopper.puts("towel")
    page = shopper.sends("/cart", **{"quantity-tea": "3", "quantity-towel": "0"})
    assert page.statuses == ["数量を変更しました。"]
    assert "合計: 7,500円" in page.text
    assert "手ぬぐい" not in page.text
    form = page.form("/cart/remove")
    page = shopper.posts(form.action, [*form.fields, ("product", "tea")])
    assert page.statuses == ["商品を削除しました。"]
    assert "カートに商品はありません。" in page.text


@pytest.mark.parametrize(
    ("entered", "fault"),
    [
        ("２", "全角文字が含まれています。半角で入力してください（例: ２ → 2）。"),
        (" 2", "前後に空白が含まれています。"),
        ("100", f"0から{MAX_QUANTITY}までの数字で入力してください。"),
        ("-1", f"0から{MAX_QUANTITY}までの数字で入力してください。"),
        ("1.5", f"0から{MAX_QUANTITY}までの数字で入力してください。"),
        ("", f"0から{MAX_QUANTITY}までの数字で入力してください。"),
    ],
)
def test_a_wrong_quantity_is_named_and_changes_nothing(shopper, entered, fault) -> None:
    shopper.puts("tea")
    shopper.puts("towel")
    page = shopper.sends("/cart", **{"quantity-tea": entered, "quantity-towel": "2"})
    assert page.status == 422
    assert f"玉露 50g: {fault}" in page.alerts
    assert page.form("/cart").value("quantity-tea") == entered
    assert "合計: 3,400円" in shopper.opens(f"/shop/{OSAKA}/cart").text
    assert fault.replace("0から", "1から") in shopper.puts("tea", entered).text


def test_a_cart_has_bounds(shopper, world) -> None:
    shopper.puts("tea", str(MAX_QUANTITY))
    page = shopper.puts("tea", str(MAX_QUANTITY))
    assert page.form("/cart").value("quantity-tea") == str(MAX_QUANTITY)
    for number in range(MAX_LINES):
        world.merchant_sells(OSAKA, f"p{number:02}", name="商品", price=1)
        page = shopper.puts(f"p{number:02}")
    assert page.alerts == [f"カートに入れられる商品は{MAX_LINES}種類までです。"]


def test_only_goods_of_the_shop_get_into_the_cart(shopper) -> None:
    shopper.opens(f"/shop/{OSAKA}/")
    form = shopper.page.forms[-1]
    fields = [("csrf", form.value("csrf")), ("product", "' OR 1=1"), ("quantity", "1")]
    page = shopper.posts(f"/shop/{OSAKA}/cart/add", fields)
    assert page.alerts == ["この商品は、現在お取り扱いしておりません。"]


def test_a_cart_belongs_to_one_browser(shopper, visitor) -> None:
    shopper.puts("tea")
    assert "カートに商品はありません。" in visitor().opens(f"/shop/{OSAKA}/cart").text
    fields = [("product", "tea"), ("quantity", "1")]
    assert visitor().posts(f"/shop/{OSAKA}/cart/add", fields).status == 403


def test_the_button_is_there_while_the_rule_holds(shopper, world) -> None:
    assert has_amazon(shopper.puts("tea"))
    world.amazon_revokes(OSAKA)
    assert has_amazon(shopper.opens(f"/shop/{OSAKA}/cart"))
    world.platform_turns_off(OSAKA)
    assert not has_amazon(shopper.opens(f"/shop/{OSAKA}/cart"))


def test_a_sale_type_that_is_off_has_no_button_in_its_own_cart_only(shopper, world) -> None:
    assert has_amazon(shopper.puts("early"))
    world.merchant_edits(OSAKA, {"preOrder": False})
    assert not has_amazon(shopper.opens(f"/shop/{OSAKA}/cart"))
    shopper.sends("/cart", **{"quantity-early": "0"})
    assert has_amazon(shopper.puts("tea"))


def test_subscriptions_and_others_are_applied_for_apart(shopper, world) -> None:
    subscribes(world)
    assert has_amazon(shopper.puts("monthly"))
    page = shopper.puts("tea")
    assert not has_amazon(page)
    assert MIXED in page.text
    assert "ご購入手続きへ" not in page.links
    shopper.sends("/cart", **{"quantity-tea": "0"})
    page = shopper.puts("box")
    assert MIXED not in page.text
    assert "定期・頒布会商品は、種類やお届けサイクルごとに分けてお申込みください。" in page.text


def test_a_subscription_that_is_off_has_neither_button_nor_text(shopper) -> None:
    page = shopper.puts("monthly")
    assert "Amazon" not in page.text.replace("Amazon Pay", "")
    assert not has_amazon(page)


def test_amazons_ceiling_of_a_month_is_named(shopper, world) -> None:
    subscribes(world)
    world.merchant_sells(OSAKA, "monthly", name="便", price=MONTHLY_CEILING, saleType="SUBSCRIPTION")
    assert has_amazon(shopper.puts("monthly"))
    page = shopper.puts("monthly")
    assert "Amazon Payでの定期・頒布会のお申込みは、1か月あたり100,000円までです。" in page.text
    assert not any(form.action.endswith("/amazon-pay") for form in page.forms)


def test_a_closed_shop_shows_nothing_but_that(shopper, world) -> None:
    shopper.puts("tea")
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    for screen in ("", "cart", "order", "subscription", "checkout", "complete"):
        page = shopper.opens(f"/shop/{OSAKA}/{screen}")
        assert (page.status, page.headers["retry-after"]) == (503, "3600")
        assert "現在、閉店しております。" in page.text
        assert "玉露" not in page.text


def test_an_unknown_shop_and_an_unknown_page(visitor) -> None:
    assert visitor().opens("/shop/nobody/").status == 404
    assert visitor().opens(f"/shop/{OSAKA}/cart/nothing").status == 404
    assert visitor().opens(f"/shop/{KYOTO}/").status == 503
