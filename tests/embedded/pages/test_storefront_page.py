"""開店・閉店, and what shoppers see of a closed shop."""

from tests.embedded.harness import KYOTO, OSAKA

FORM = "/storefront"


def status(world, shop: str) -> str:
    return world.integration(shop)["storefront"]["value"]["status"]


def test_closing_asks_once_more(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/storefront")
    page = hanako.sends(FORM, status="CLOSED", message="ただいま改装中です。\nまたお越しください。")
    assert (page.status, page.headings[0]) == (200, (1, "閉店の確認"))
    assert "購入手続き中のお客様の注文は完了できません。閉店しますか?" in page.text
    assert status(world, OSAKA) == "OPEN"
    page = hanako.sends(FORM)
    assert page.statuses == ["保存しました。"]
    assert status(world, OSAKA) == "CLOSED"
    assert "閉店中" in page.text
    assert "（2026/04/01 09:00から。変更者: 店舗担当者 花子）" in page.text
    assert page.form(FORM).value("message") == "ただいま改装中です。\nまたお越しください。"


def test_a_state_that_does_not_exist_is_refused(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/storefront")
    page = hanako.sends(FORM, status="HALF")
    assert page.status == 422
    assert any(alert.endswith("開店または閉店を選択してください。") for alert in page.alerts)
    assert status(world, OSAKA) == "OPEN"


def test_opening_does_not_ask(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    hanako.opens(f"/admin/shops/{KYOTO}/storefront")
    assert hanako.sends(FORM, status="OPEN").statuses == ["保存しました。"]
    assert status(world, KYOTO) == "OPEN"


def test_a_closed_shop_answers_its_message_at_every_address(sign_in, visitor, world) -> None:
    hanako = sign_in(KYOTO)
    hanako.opens(f"/admin/shops/{KYOTO}/storefront")
    hanako.sends(FORM, message="<b>改装中です。</b>")
    shopper = visitor()
    for address in (f"/shop/{KYOTO}/", f"/shop/{KYOTO}/cart", f"/shop/{KYOTO}/order"):
        page = shopper.opens(address)
        assert (page.status, page.headers["retry-after"]) == (503, "3600")
        assert "<b>改装中です。</b>" in page.text


def test_a_shop_that_was_closed_in_the_meantime_is_not_closed_twice(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/storefront")
    hanako.sends(FORM, status="CLOSED")
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"}, by="太郎")
    world.merchant_edits(OSAKA, {"storefront": "OPEN"}, by="太郎")
    page = hanako.sends(FORM)
    assert page.status == 412
    assert any("ほかの担当者が先に変更しました。" in alert for alert in page.alerts)
    assert status(world, OSAKA) == "OPEN"


def test_an_empty_or_too_long_message_is_refused(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    hanako.opens(f"/admin/shops/{KYOTO}/storefront")
    page = hanako.sends(FORM, message=" ")
    assert any("閉店中の表示メッセージを入力してください。" in alert for alert in page.alerts)
    page = hanako.sends(FORM, message="あ" * 501)
    assert any("500文字以内で入力してください（現在501文字）。" in alert for alert in page.alerts)
    assert world.changes(KYOTO) == []


def test_the_state_is_at_the_top_of_every_page(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    assert "開店中" in hanako.page.text
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    page = hanako.opens(f"/admin/shops/{OSAKA}/changes")
    assert "閉店中" in page.text
    assert page.links["開店・閉店"] == f"/admin/shops/{OSAKA}/storefront"
