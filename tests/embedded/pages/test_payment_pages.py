"""決済一覧 and Amazon Pay設定: what follows 利用設定, and what is set here."""

import pytest

from tests.embedded.harness import COMPLETE, KYOTO, NARA, OSAKA

FORM = "/amazon-pay"


def pages(person, shop: str) -> tuple[str, str]:
    """The texts of both screens."""
    listed = person.opens(f"/admin/shops/{shop}/payment-methods").text
    return listed, person.opens(f"/admin/shops/{shop}/amazon-pay").text


def payment(world, shop: str) -> dict:
    return world.integration(shop)["amazonPay"]["value"]


def test_use_and_regular_sales_follow_and_have_no_control(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    listed, _ = pages(hanako, KYOTO)
    assert "利用しない" in listed.split("Amazon Pay\n")[1].split("\n")[0]
    world.merchant_edits(KYOTO, {**COMPLETE, "useAmazon": True})
    listed, edited = pages(hanako, KYOTO)
    assert listed.split("Amazon Pay\n")[1].split("\n")[0] == "利用する"
    assert "に連動します。" in listed
    assert edited.split("通常販売\n")[1].split("\n")[0] == "利用する"
    assert set(hanako.page.form(FORM).controls) >= {"pre_order", "subscription", "auto_link"}
    assert not {"use", "regular"} & set(hanako.page.form(FORM).controls)


def test_pre_order_and_subscription_are_set_here_and_survive_off_and_on(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    page = hanako.opens(f"/admin/shops/{KYOTO}/amazon-pay")
    assert "Amazon設定の利用設定が「利用する」になると有効になります。" in page.text
    page = hanako.sends(FORM, pre_order="1", subscription="1", auto_link=None)
    assert page.statuses == ["保存しました。"]
    world.merchant_edits(KYOTO, {**COMPLETE, "useAmazon": True})
    world.merchant_edits(KYOTO, {"useAmazon": False})
    found = payment(world, KYOTO)
    assert (found["preOrder"], found["subscription"], found["autoLink"]) == (True, True, False)
    assert {
        each["actor"] for each in world.changes(KYOTO) if each["resource"] == "amazonPay" and not each["cause"]
    } == {"花子"}


@pytest.mark.parametrize(
    ("entitled", "texts"),
    [
        ({}, ["予約販売でのご利用は、コマースクリエイター利用店舗のみです。",
              "コマースクリエイター運用中(新規・切替後)の店舗のみご利用いただけます。"]),
        ({"commerceCreator": "RUNNING"}, ["定期・頒布会販売のお申込みが必要です。"]),
    ],
)  # fmt: skip
def test_what_needs_an_application_says_so(sign_in, world, entitled: dict, texts: list[str]) -> None:
    world.platform_entitles(NARA, commerceCreator="DISABLED", subscriptionApplications=False)
    world.platform_entitles(NARA, **entitled)
    page = sign_in(NARA).opens(f"/admin/shops/{NARA}/amazon-pay")
    for text in [*texts, "要別途各種申込"]:
        assert text in page.text
    assert "disabled" in page.form(FORM).controls["subscription"]


def test_a_forged_switch_without_its_application_changes_nothing(sign_in, world) -> None:
    person = sign_in(NARA)
    form = person.opens(f"/admin/shops/{NARA}/amazon-pay").form(FORM)
    person.posts(form.action, [*form.fields, ("pre_order", "1"), ("subscription", "1")])
    assert not payment(world, NARA)["preOrder"]
    assert not payment(world, NARA)["subscription"]


def test_a_switch_that_is_on_without_its_application_can_be_taken_off(sign_in, world) -> None:
    world.platform_entitles(OSAKA, commerceCreator="DISABLED")
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/amazon-pay")
    assert hanako.sends(FORM, display_name="Amazon Pay決済").statuses == ["保存しました。"]
    assert payment(world, OSAKA)["preOrder"]
    assert hanako.sends(FORM, pre_order=None).statuses == ["保存しました。"]
    assert not payment(world, OSAKA)["preOrder"]


def test_the_texts_of_the_screen_are_kept_and_audited(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/amazon-pay")
    comment = "<b>安心</b>の\nAmazon Pay"
    page = hanako.sends(
        FORM, display_name="Amazon Pay決済", comment_pc=comment, comment_pc_html="1", mail_text="ありがとう"
    )
    form = page.form(FORM)
    assert form.value("comment_pc") == comment
    assert (form.value("display_name"), form.value("comment_pc_html"), form.value("mail_text")) == (
        "Amazon Pay決済", "1", "ありがとう",
    )  # fmt: skip
    assert "<b>安心</b>" not in page.html
    assert [each["field"] for each in world.changes(OSAKA)][::-1] == [
        "display_name", "comment_pc", "comment_pc_html", "mail_text",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entered", "text"),
    [
        ({"display_name": "  "}, "決済表示名を入力してください。"),
        ({"display_name": " Amazon Pay"}, "前後に空白が含まれています。"),
        ({"comment_pc": "あ" * 1001}, "1,000文字以内で入力してください（現在1,001文字）。"),
    ],
)
def test_texts_that_cannot_be_right_are_refused_and_kept(sign_in, world, entered: dict, text: str) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/amazon-pay")
    page = hanako.sends(FORM, **entered, pre_order=None)
    assert page.status == 422
    assert any(alert.endswith(text) for alert in page.alerts)
    assert all(page.form(FORM).value(name) == value for name, value in entered.items())
    assert payment(world, OSAKA)["preOrder"]


def test_a_change_by_the_tool_is_another_editor_too(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/amazon-pay")
    world.merchant_edits(OSAKA, {"autoLink": False}, by="reconciler")
    page = hanako.sends(FORM, pre_order=None)
    assert page.status == 412
    row = page.lines.index("予約販売")
    assert page.lines[row + 1 : row + 3] == ["利用しない", "利用する"]
    assert payment(world, OSAKA)["preOrder"]


def test_another_editor_is_named_before_what_was_entered_is_judged(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/shops/{OSAKA}/amazon-pay")
    world.merchant_edits(OSAKA, {"autoLink": False}, by="reconciler")
    page = hanako.sends(FORM, display_name="  ")
    assert page.status == 412
    assert "決済表示名" in page.lines


def test_a_row_that_does_not_follow_is_marked(sign_in, world) -> None:
    warning = "Amazon設定の利用設定と一致していません。"
    world.seed({"shops": [{"shopKey": "uji", "amazonSettings": {"useAmazon": True}, "payment": {"use": False}}]})
    operator = sign_in(account="operator")
    assert warning in operator.opens("/admin/shops/uji/payment-methods").text
    assert warning not in operator.opens(f"/admin/shops/{OSAKA}/payment-methods").text
