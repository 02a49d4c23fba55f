"""変更履歴: who changed what, in the words of the screens, and never a secret."""

from tests.embedded.harness import COMPLETE, KYOTO, OSAKA, OTHER_TOKEN, TOKEN

CHANGES = f"/admin/shops/{KYOTO}/changes"


def rows(page) -> list[str]:
    return page.lines[page.lines.index("きっかけ") + 1 :]


def test_a_change_names_the_person_the_field_and_both_values(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    hanako.sends("/amazon-settings", notification_email="a@shop.example")
    hanako.sends("/amazon-settings", notification_email="b@shop.example")
    assert rows(hanako.opens(CHANGES))[:6] == [
        "2026/04/01 09:00", "店舗担当者 花子", "Amazon設定>通知メールアドレス", "a@shop.example", "b@shop.example", "–",
    ]  # fmt: skip


def test_what_follows_names_its_cause(sign_in, world) -> None:
    world.merchant_edits(KYOTO, {**COMPLETE, "useAmazon": True}, by="花子")
    text = "\n".join(rows(sign_in(KYOTO).opens(CHANGES)))
    assert "決済一覧>Amazon Pay\n利用しない\n利用する\n「利用設定」に連動" in text
    assert "メッセージ>出力\n未出力\n出力中\n「利用設定」に連動" in text
    assert "Amazon設定>API情報の状態\n未確認\n正常\n「API情報」の変更に連動" in text


def test_a_token_is_only_said_to_have_changed(sign_in, world) -> None:
    world.merchant_edits(OSAKA, {"mwsAuthToken": TOKEN})
    page = sign_in(OSAKA).opens(f"/admin/shops/{OSAKA}/changes")
    assert "Amazon設定>MWSAuthToken(MWS認証トークン)\n–\n変更されました" in page.text
    assert TOKEN not in page.html
    assert OTHER_TOKEN not in page.html
    for stored in (each for change in world.changes(OSAKA) for each in (change["from"], change["to"])):
        if isinstance(stored, dict):
            assert stored["digest"] not in page.html


def test_every_kind_of_actor_has_its_word(sign_in, world, api) -> None:
    api.settings(KYOTO, {"notificationEmail": "tool@shop.example"})
    world.platform_entitles(KYOTO, commerceCreator="ENABLED")
    world.merchant_edits(KYOTO, COMPLETE, by="太郎")
    world.amazon_revokes(KYOTO)
    text = sign_in(KYOTO).opens(CHANGES).text
    for who in ("operator", "プラットフォーム", "店舗担当者 太郎", "Amazon"):
        assert f"\n{who}\n" in text


def test_changes_are_filtered_and_on_pages(sign_in, world, clock) -> None:
    for number in range(60):
        world.merchant_edits(KYOTO, {"notificationEmail": f"pay{number}@shop.example"})
    clock.advance(86400)
    world.merchant_edits(KYOTO, {"storefront": "OPEN"})
    world.platform_entitles(KYOTO, commerceCreator="ENABLED")
    hanako = sign_in(KYOTO)
    first = hanako.opens(CHANGES)
    assert first.text.count("2026/04/0") == 50
    assert hanako.opens(CHANGES + first.links["次のページ"]).text.count("2026/04/0") == 12
    assert hanako.opens(f"{CHANGES}?resource=storefront").text.count("2026/04/02") == 1
    assert hanako.opens(f"{CHANGES}?actor=PLATFORM").text.count("2026/04/02") == 1
    assert hanako.opens(f"{CHANGES}?since=2026-04-02").text.count("2026/04/0") == 2
    assert hanako.opens(f"{CHANGES}?until=2026-04-01&resource=storefront").lines[-1] == "該当する変更はありません。"
    assert hanako.opens(f"{CHANGES}?before=x&actor=x&since=x&resource=x").status == 200
