"""What members see of a shop: logins, 会員登録, マイページ; and which of it has a part of Amazon's."""

import pytest
from sqlalchemy import insert, select, update

from reconciler.embedded.resources.shopping.shop_sessions import SHOPPING_SECONDS
from reconciler.embedded.storage.shop_tables import account_links, members, order_details, shop_sessions
from reconciler.embedded.storage.tables import amazon_settings, shops
from tests.embedded.harness import KYOTO, OSAKA
from tests.embedded.pages.browsing import PASSWORD
from tests.embedded.pages.members.shopper import AIKO, MARI, contents

WRONG = "ログインIDまたはパスワードが正しくありません。"
NEW = {"name": "野田 望", "email": "nozomi@mail.example", "login_id": "nozomi", "password": PASSWORD, "terms": "on"}


def member_rows(app) -> list[tuple[str, str, str, bool]]:
    c = members.c
    with app.state.services.reading() as connection:
        found = connection.execute(select(c.login_id, c.name, c.email, c.mail_accepted).where(c.shop_key == OSAKA))
        return [tuple(row) for row in found if row[0] not in ("mari", "jun")]


def test_the_login_of_members_has_its_four_ways(shopper) -> None:
    page = shopper().at("member-login")
    for text in ("ログインID", "パスワード", "ログイン", "amazonでログイン"):
        assert text in page.lines
    assert {"パスワードをお忘れですか?", "新規会員登録"} <= set(page.links)


def test_a_member_logs_in_and_out(shopper) -> None:
    mari = shopper()
    page = mari.logs_in("mari", "a guess")
    assert (page.status, page.alerts) == (422, [WRONG])
    assert mari.logs_in("nobody").alerts == [WRONG]
    page = mari.logs_in("mari")
    assert (page.address, page.headings[0]) == (f"/shop/{OSAKA}/mypage", (1, "マイページ"))
    assert {"森 真理", MARI, "mari"} <= set(page.lines)
    assert mari.at("member-login").address == f"/shop/{OSAKA}/mypage"
    token = mari.token
    mari.sends("/logout")
    mari.token = token
    assert mari.at("mypage").address == f"/shop/{OSAKA}/member-login"


def test_a_member_of_one_shop_is_none_of_another(shopper) -> None:
    assert shopper(KYOTO).logs_in("jun").alerts == [WRONG]


def test_a_login_ends_after_a_day(shopper, clock) -> None:
    mari = shopper()
    mari.logs_in("mari")
    clock.advance(SHOPPING_SECONDS - 1)
    assert mari.at("mypage").status == 200
    clock.advance(1)
    assert mari.at("mypage").address == f"/shop/{OSAKA}/member-login"


def test_a_login_leads_on_to_the_screen_that_was_wanted(shopper) -> None:
    mari = shopper()
    page = mari.at("login-link")
    assert page.address == f"/shop/{OSAKA}/member-login"
    assert mari.sends("/member-login", login_id="mari", password=PASSWORD).address == f"/shop/{OSAKA}/login-link"


def test_a_purchase_asks_who_orders(shopper) -> None:
    page = shopper().at("purchase-login")
    assert [text for _, text in page.headings] == [
        "ご購入手続き",
        "会員の方",
        "Amazonアカウントをお持ちの方",
        "はじめての方",
    ]
    for text in ("ログインID", "パスワード", "ログイン", "amazonでログイン"):
        assert text in page.lines
    assert page.links["会員登録せずに購入する"] == f"/shop/{OSAKA}/checkout"


def test_a_shop_without_guests_offers_no_purchase_without_registering(shopper, app) -> None:
    with app.state.services.database.writing() as connection:
        connection.execute(update(shops).where(shops.c.shop_key == OSAKA).values(guest_purchase=False))
    page = shopper().at("purchase-login")
    assert "会員登録せずに購入する" not in page.text
    assert "新規会員登録" in page.links


def test_a_login_on_the_way_to_an_order_goes_on_with_it(shopper) -> None:
    mari = shopper()
    mari.puts("tea")
    mari.at("purchase-login")
    page = mari.sends("/purchase-login", login_id="mari", password=PASSWORD)
    assert page.address == f"/shop/{OSAKA}/checkout"
    assert mari.at("purchase-login").address == f"/shop/{OSAKA}/checkout"


def test_a_purchase_goes_on_without_linking(shopper) -> None:
    aiko = shopper()
    aiko.puts("tea")
    aiko.at("purchase-login")
    aiko.goes_to_amazon()
    aiko.signs_in_at_amazon(AIKO)
    page = aiko.agrees()
    assert page.address == f"/shop/{OSAKA}/after-login"
    assert page.links["連携せずに購入を続ける"] == f"/shop/{OSAKA}/checkout"
    assert "パスワードをお忘れですか?" in page.links
    page = aiko.links("jun")
    assert page.address == f"/shop/{OSAKA}/checkout"


@pytest.mark.parametrize("how", ["use off", "mail missing"])
def test_without_amazons_buttons_no_page_has_a_part_of_amazons(shopper, app, world, how) -> None:
    mari = shopper()
    mari.comes_from_amazon(MARI)
    if how == "use off":
        world.platform_turns_off(OSAKA)
    else:
        drop_mail(app)
    for screen in ("member-login", "purchase-login"):
        page = mari.at(screen)
        assert "amazon" not in page.html.lower().replace("amazonでの", ""), screen
    assert mari.at("after-login").address == f"/shop/{OSAKA}/member-login"
    csrf = mari.page.form("/member-login").value("csrf") or ""
    assert mari.posts(f"/shop/{OSAKA}/amazon-login", [("csrf", csrf)]).status == 404
    mari.logs_in("mari")
    assert "ログイン連携" not in mari.page.text
    assert mari.at("login-link").status == 404


def drop_mail(app) -> None:
    """No screen removes an address once it is set; a seed may have none."""
    with app.state.services.database.writing() as connection:
        connection.execute(
            update(amazon_settings).where(amazon_settings.c.shop_key == OSAKA).values(notification_email=None)
        )


def test_registering_makes_a_member_and_signs_in(shopper, app) -> None:
    nozomi = shopper()
    page = nozomi.at("register")
    form = page.form("/register")
    assert {"terms", "mail_accepted"} <= set(form.controls)
    assert form.value("terms") is None
    assert form.value("mail_accepted") is None
    page = nozomi.sends("/register", **NEW)
    assert (page.address, page.statuses) == (f"/shop/{OSAKA}/mypage", ["会員登録が完了しました。"])
    assert member_rows(app) == [("nozomi", "野田 望", "nozomi@mail.example", False)]
    nozomi.sends("/logout")
    assert nozomi.logs_in("nozomi").address == f"/shop/{OSAKA}/mypage"


def test_mails_are_sent_to_those_who_asked_for_them(shopper, app) -> None:
    nozomi = shopper()
    nozomi.at("register")
    nozomi.sends("/register", **NEW, mail_accepted="on")
    assert member_rows(app)[0][3] is True


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("name", " ", "氏名を入力してください。"),
        ("name", "あ" * 65, "64文字以内で入力してください（現在65文字）。"),
        ("email", "", "メールアドレスを入力してください。"),
        ("email", "nozomi@mail", "メールアドレスの形式が正しくありません。"),
        ("email", "nozomi＠mail.example", "全角文字が含まれています。半角で入力してください（例: ＠ → @）。"),
        ("login_id", "の", "全角文字が含まれています。半角で入力してください（「の」は使用できません）。"),
        ("login_id", "no zomi", "ログインIDの形式が正しくありません。"),
        ("login_id", "mari", "このログインIDは、すでに使用されています。"),
        ("password", "short", "8文字以上で入力してください。"),
        ("terms", None, "会員規約をご確認のうえ、チェックを入れてください。"),
    ],
)
def test_a_registration_names_what_is_wrong(shopper, app, field, value, fault) -> None:
    nozomi = shopper()
    nozomi.at("register")
    page = nozomi.sends("/register", **NEW | {field: value})
    assert page.status == 422
    assert page.alerts[0] == "入力内容をご確認ください。"
    assert fault in page.lines
    assert PASSWORD not in page.html
    assert page.form("/register").value("name") == (value if field == "name" else NEW["name"])
    assert member_rows(app) == []


def test_who_comes_from_amazon_registers_with_their_name_and_then_links(shopper, app) -> None:
    aiko = shopper()
    page = aiko.comes_from_amazon(AIKO)
    page = aiko.opens(page.links["新規会員登録"])
    form = page.form("/register")
    assert (form.value("name"), form.value("email")) == ("秋田 愛子", AIKO)
    page = aiko.sends("/register", login_id="aiko", password=PASSWORD, terms="on")
    assert (page.address, page.statuses) == (f"/shop/{OSAKA}/after-login", ["会員登録が完了しました。"])
    with app.state.services.reading() as connection:
        assert connection.execute(select(account_links)).all() == []
    assert aiko.links("aiko").statuses == ["Amazonアカウントと連携しました。"]


def test_mypage_lists_the_orders_of_the_member(shopper, app) -> None:
    mari = shopper()
    page = mari.logs_in("mari")
    assert "ご注文はまだありません。" in page.lines
    with app.state.services.database.writing() as connection:
        own = select(members.c.member_id).where(members.c.shop_key == OSAKA, members.c.login_id == "mari")
        kept = {"items": [], "address": [], "buyer_name": "", "buyer_email": "", "delivery_time": "", "request": ""}
        row = {"shop_key": OSAKA, "order_no": "100000000001", "member_id": connection.execute(own).scalar_one()}
        connection.execute(insert(order_details).values(row | kept))
    page = mari.at("mypage")
    assert "100000000001" in page.lines
    assert "100000000002" not in page.text


def test_a_forgotten_password_is_not_sent_by_mail(shopper) -> None:
    person = shopper()
    page = person.opens(person.at("member-login").links["パスワードをお忘れですか?"])
    assert page.status == 200
    assert "パスワードを再設定するためのメールは送信しません。" in page.text


def test_the_terms_are_a_page(shopper) -> None:
    person = shopper()
    page = person.opens(person.at("register").links["会員規約"])
    assert (page.status, page.headings[0]) == (200, (1, "会員規約"))


def test_a_closed_shop_answers_members_with_its_page(shopper, world) -> None:
    mari = shopper()
    mari.logs_in("mari")
    csrf = mari.page.form("/logout").value("csrf") or ""
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    for screen in ("member-login", "purchase-login", "mypage", "register", "login-link", "no-such-screen"):
        page = mari.at(screen)
        assert (page.status, page.headers.get("retry-after")) == (503, "3600"), screen
        assert "現在、閉店しております。" in page.text
    assert mari.posts(f"/shop/{OSAKA}/logout", [("csrf", csrf)]).status == 503


def test_a_shop_under_maintenance_is_not_a_closed_one(shopper, world) -> None:
    world.maintenance(on=True)
    page = shopper().at("member-login")
    assert page.status == 503
    assert "ただいまシステムメンテナンス中です。" in page.text
    assert "閉店" not in page.text


def test_an_unknown_shop_is_not_there(shopper) -> None:
    page = shopper("no-such-shop").at("member-login")
    assert page.status == 404
    assert "お探しの店舗は見つかりませんでした。" in page.text


def test_who_only_looks_leaves_no_session(shopper, app) -> None:
    person = shopper()
    for screen in ("member-login", "purchase-login", "register", "mypage"):
        person.at(screen)
    with app.state.services.reading() as connection:
        assert connection.execute(select(shop_sessions)).all() == []


def test_a_preview_shows_the_same_pages_with_a_test_buyer_and_writes_nothing(sign_in, app) -> None:
    hanako = sign_in(OSAKA)
    hanako.sends("/preview")
    before = contents(app)
    page = hanako.opens(f"/shop/{OSAKA}/member-login")
    page = hanako.opens(page.links["amazonでログイン"])
    assert page.headings[0] == (1, "サインイン")
    page = hanako.opens(page.links["ログイン"])
    assert "見本 太郎として続行" in page.links
    page = hanako.opens(page.links["見本 太郎として続行"])
    assert (page.address, page.headings[0]) == (f"/shop/{OSAKA}/after-login", (1, "会員ログイン"))
    assert all("disabled" in control for control in page.form("/after-login").controls.values() if "id" in control)
    csrf = page.form("/after-login").value("csrf") or ""
    posted = hanako.posts(f"/shop/{OSAKA}/after-login", [("csrf", csrf), ("login_id", "mari"), ("password", PASSWORD)])
    assert posted.status == 403
    assert "プレビューでは入力できません。" in posted.text
    assert contents(app) == before


def test_a_preview_shows_amazons_parts_of_a_shop_that_lacks_everything(sign_in) -> None:
    hanako = sign_in("nara-deer")
    hanako.sends("/preview")
    for screen in ("member-login", "purchase-login"):
        assert "amazonでログイン" in hanako.opens(f"/shop/nara-deer/{screen}").links
    page = hanako.opens("/shop/nara-deer/login-link")
    assert "未連携" in page.text


def test_who_has_the_preview_of_yesterday_sees_the_ordinary_shop(sign_in, clock) -> None:
    hanako = sign_in(OSAKA)
    hanako.sends("/preview")
    clock.advance(SHOPPING_SECONDS)
    page = hanako.opens(f"/shop/{OSAKA}/member-login")
    assert (page.status, page.statuses) == (200, ["プレビューの有効期限が切れています。"])
    assert hanako.opens(f"/shop/{OSAKA}/member-login").statuses == []
