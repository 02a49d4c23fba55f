"""コマースクリエイター>メッセージ: texts of parts, by the contract's own resource where the contract has the part."""

import pytest

from reconciler.embedded.resources.screens.page_parts import PARTS
from tests.embedded.harness import COMPLETE, KYOTO, OSAKA


def parts(world, shop: str) -> dict:
    return {part["part"]: part for part in world.integration(shop)["systemParts"]["value"]["parts"]}


def test_every_part_is_listed_and_output_follows_the_switch(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    page = hanako.opens(f"/admin/shops/{KYOTO}/messages")
    for part in PARTS:
        assert part.name in page.text
        assert part.shown_on in page.text
    assert page.lines.count("未出力") == len(PARTS)
    world.merchant_edits(KYOTO, {**COMPLETE, "useAmazon": True})
    assert hanako.opens(f"/admin/shops/{KYOTO}/messages").lines.count("出力中") == len(PARTS)


@pytest.mark.parametrize("key", ["ORDER_AREA", "LOGIN_LINK_AREA"])
def test_a_part_of_the_contract_is_changed_through_it(sign_in, world, key: str) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/messages/{key}")
    page = hanako.sends(f"/messages/{key}", label="Amazon Payで注文", message="一行目\n二行目")
    assert page.statuses == ["保存しました。"]
    assert parts(world, OSAKA)[key]["label"] == "Amazon Payで注文"
    assert parts(world, OSAKA)[key]["message"] == "一行目\n二行目"
    assert {each["resource"] for each in world.changes(OSAKA)} == {"systemParts"}


def test_a_part_of_the_screen_alone_is_in_no_answer_of_the_contract(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    before = world.integration(OSAKA)["systemParts"]["value"]
    hanako.opens(f"/admin/shops/{OSAKA}/messages/PURCHASE_LOGIN")
    page = hanako.sends("/messages/PURCHASE_LOGIN", label="Amazonでログイン")
    assert "Amazonでログイン" in page.text
    assert world.integration(OSAKA)["systemParts"]["value"] == before
    assert [(each["resource"], each["field"]) for each in world.changes(OSAKA)] == [
        ("pageParts", "PURCHASE_LOGIN.label")
    ]


def test_the_button_of_amazon_has_no_label_of_the_shops(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    page = hanako.opens(f"/admin/shops/{OSAKA}/messages/CART_BUTTON")
    form = page.form("/messages/CART_BUTTON")
    assert "label" not in form.controls
    hanako.posts(form.action, [*form.fields, ("label", "偽の表示")])
    assert "偽の表示" not in hanako.opens(f"/admin/shops/{OSAKA}/messages").text


def test_the_defaults_are_shown_first_and_saved_later(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/messages/PURCHASE_LOGIN")
    hanako.sends("/messages/PURCHASE_LOGIN", label="変更後")
    hanako.opens(f"/admin/shops/{OSAKA}/messages/PURCHASE_LOGIN")
    page = hanako.sends("/messages/PURCHASE_LOGIN", to=f"/admin/shops/{OSAKA}/messages/PURCHASE_LOGIN/default")
    assert page.form("/messages/PURCHASE_LOGIN").value("label") == "amazonでログイン"
    assert "変更後" in hanako.opens(f"/admin/shops/{OSAKA}/messages").text


@pytest.mark.parametrize("text", ["AmazonPay", "amazonpayで", "Amazon payで", "アマゾンペイ", "Amazonペイメント"])
def test_another_spelling_of_the_brand_is_saved_with_a_warning(sign_in, world, text: str) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/messages/ORDER_AREA")
    page = hanako.sends("/messages/ORDER_AREA", label=text)
    assert page.statuses == ["保存しました。", "「Amazon Pay」と表記してください。"]
    assert '<p class="notice warn" role="status">「Amazon Pay」と表記してください。</p>' in page.html
    assert parts(world, OSAKA)["ORDER_AREA"]["label"] == text


def test_too_long_texts_are_refused_and_kept(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/messages/ORDER_AREA")
    page = hanako.sends("/messages/ORDER_AREA", label="あ" * 26, message="い" * 1001)
    assert page.status == 422
    assert any("25文字以内で入力してください（現在26文字）。" in alert for alert in page.alerts)
    assert page.form("/messages/ORDER_AREA").value("label") == "あ" * 26
    assert world.changes(OSAKA) == []


def test_two_editors_of_one_part(sign_in, world) -> None:
    hanako, taro = sign_in(OSAKA), sign_in(OSAKA, "taro")
    for person in (hanako, taro):
        person.opens(f"/admin/shops/{OSAKA}/messages/ORDER_AREA")
    taro.sends("/messages/ORDER_AREA", label="太郎の案")
    page = hanako.sends("/messages/ORDER_AREA", label="花子の案")
    assert page.status == 412
    row = page.lines.index("ラベル")
    assert page.lines[row + 1 : row + 3] == ["花子の案", "太郎の案"]
    assert parts(world, OSAKA)["ORDER_AREA"]["label"] == "太郎の案"
