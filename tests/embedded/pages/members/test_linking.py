"""Members and their accounts at Amazon: linked by a login at the shop, and by nothing else."""

import pytest
from sqlalchemy import select

from reconciler.embedded.storage.shop_tables import account_links, amazon_buyers, members
from tests.embedded.harness import KYOTO, OSAKA, SELLER
from tests.embedded.pages.members.shopper import AIKO, KEN, MARI

LINKED = "Amazonアカウントと連携しました。"
KNOWN = (
    "このEメールアドレスのショップアカウントは既に存在しています。"
    "ショップアカウントのパスワードを入力して、ログインしてください。"
)
UNKNOWN = "会員登録がお済みの方は、ログインするとAmazonアカウントと連携します。"
WRONG = "ログインIDまたはパスワードが正しくありません。"
TAKEN = "このAmazonアカウントは、すでに別の会員と連携されています。"


@pytest.fixture
def links(app):
    def read() -> list[tuple[str, str, str]]:
        """Shop, Amazon account, member."""
        joined = account_links.join(amazon_buyers).join(members, members.c.member_id == account_links.c.member_id)
        columns = (account_links.c.shop_key, amazon_buyers.c.email, members.c.login_id)
        with app.state.services.reading() as connection:
            return [tuple(row) for row in connection.execute(select(*columns).select_from(joined))]

    return read


def change_seller(world, shop: str, seller: str) -> None:
    world.merchant_edits(shop, {"sellerId": seller})


def test_a_member_links_once_and_then_comes_in_by_amazon_alone(shopper, links) -> None:
    mari = shopper()
    page = mari.at("member-login")
    assert "amazonでログイン" in page.text
    page = mari.goes_to_amazon()
    assert page.headings[0] == (1, "サインイン")
    page = mari.signs_in_at_amazon(MARI)
    assert page.headings[0] == (1, "連携の確認")
    assert "森 真理として続行" in page.text
    page = mari.agrees()
    assert (page.address, page.headings[0]) == (f"/shop/{OSAKA}/after-login", (1, "会員ログイン"))
    assert KNOWN in page.lines
    assert links() == []
    page = mari.links("mari")
    assert (page.address, page.statuses) == (f"/shop/{OSAKA}/mypage", [LINKED])
    assert links() == [(OSAKA, MARI, "mari")]
    page = mari.sends("/logout")
    assert "ログアウト" not in page.text
    mari.at("member-login")
    page = mari.goes_to_amazon()
    assert (page.address, page.headings[0]) == (f"/shop/{OSAKA}/mypage", (1, "マイページ"))
    assert "森 真理 様" in page.text


def test_a_known_mail_address_alone_links_nobody(shopper, links) -> None:
    stranger = shopper()
    stranger.comes_from_amazon(MARI)
    assert stranger.at("mypage").address == f"/shop/{OSAKA}/member-login"
    stranger.at("after-login")
    page = stranger.links("mari", "a guess")
    assert (page.status, page.alerts) == (422, [WRONG])
    assert page.form("/after-login").value("login_id") == "mari"
    assert stranger.at("mypage").address == f"/shop/{OSAKA}/member-login"
    assert links() == []


def test_an_unknown_mail_address_is_asked_for_a_login_too(shopper, links) -> None:
    aiko = shopper()
    page = aiko.comes_from_amazon(AIKO)
    assert UNKNOWN in page.lines
    assert KNOWN not in page.lines
    assert page.form("/after-login").value("login_id") == ""
    assert aiko.links("jun").statuses == [LINKED]
    assert links() == [(OSAKA, AIKO, "jun")]


def test_the_mail_address_of_another_shops_member_is_not_known_here(shopper, world) -> None:
    person = shopper(KYOTO)
    assert KNOWN in person.comes_from_amazon(MARI).lines
    person = shopper(KYOTO)
    assert KNOWN not in person.comes_from_amazon("ken@mail.example").lines


def test_an_amazon_account_belongs_to_one_member(shopper, links) -> None:
    first, second = shopper(), shopper()
    first.comes_from_amazon(AIKO)
    second.comes_from_amazon(AIKO)
    first.links("jun")
    page = second.links("mari")
    assert (page.status, page.alerts) == (409, [TAKEN])
    assert second.at("mypage").address == f"/shop/{OSAKA}/member-login"
    assert links() == [(OSAKA, AIKO, "jun")]


def test_a_member_has_one_amazon_account(shopper, links) -> None:
    first, second = shopper(), shopper()
    first.comes_from_amazon(AIKO)
    first.links("jun")
    second.comes_from_amazon(KEN)
    page = second.links("jun")
    assert page.alerts == ["この会員は、すでに別のAmazonアカウントと連携されています。"]
    assert links() == [(OSAKA, AIKO, "jun")]


def test_links_of_a_former_seller_do_not_count(shopper, world, links) -> None:
    mari = shopper()
    mari.comes_from_amazon(MARI)
    mari.links("mari")
    mari.sends("/logout")
    change_seller(world, OSAKA, SELLER)
    mari.at("member-login")
    page = mari.goes_to_amazon()
    assert page.headings[0] == (1, "連携の確認"), "the new merchant is another one to Amazon"
    page = mari.agrees()
    assert page.address == f"/shop/{OSAKA}/after-login"
    assert mari.links("mari").statuses == [LINKED]
    assert len(links()) == 2


def test_a_seller_that_changes_between_amazon_and_the_login_links_nobody(shopper, world, links) -> None:
    mari = shopper()
    mari.comes_from_amazon(MARI)
    change_seller(world, OSAKA, SELLER)
    page = mari.links("mari")
    assert page.address == f"/shop/{OSAKA}/member-login"
    assert links() == []


def test_a_signed_in_member_links_and_unlinks_in_mypage(shopper, links) -> None:
    mari = shopper()
    page = mari.logs_in("mari")
    page = mari.opens(page.links["ログイン連携"])
    assert "未連携" in page.text
    mari.goes_to_amazon()
    mari.signs_in_at_amazon(AIKO)
    page = mari.agrees()
    assert (page.address, page.statuses) == (f"/shop/{OSAKA}/login-link", [LINKED])
    assert "連携中" in page.text
    assert links() == [(OSAKA, AIKO, "mari")]
    page = mari.sends("/login-link/remove")
    assert page.statuses == ["Amazonアカウントとの連携を解除しました。"]
    assert "未連携" in page.text
    assert links() == []


def test_mypage_refuses_an_account_of_another_member(shopper, links) -> None:
    jun, mari = shopper(), shopper()
    jun.comes_from_amazon(AIKO)
    jun.links("jun")
    mari.logs_in("mari")
    mari.at("login-link")
    mari.goes_to_amazon()
    mari.signs_in_at_amazon(AIKO)
    page = mari.page
    assert (page.address, page.alerts) == (f"/shop/{OSAKA}/login-link", [TAKEN])
    assert links() == [(OSAKA, AIKO, "jun")]
    assert "森 真理 様" in page.text


def test_login_links_are_offered_after_the_move_to_commerce_creator_only(shopper, world) -> None:
    mari = shopper()
    mari.logs_in("mari")
    assert "ログイン連携" in mari.page.text
    world.platform_entitles(OSAKA, commerceCreator="ENABLED")
    assert "ログイン連携" not in mari.at("mypage").text
    assert mari.at("login-link").status == 404


def test_the_text_of_the_part_is_on_the_page_of_links(shopper, world) -> None:
    world.merchant_edits(OSAKA, {"LOGIN_LINK_AREA.label": "連携", "LOGIN_LINK_AREA.message": "いつでも解除できます"})
    mari = shopper()
    mari.logs_in("mari")
    page = mari.at("login-link")
    assert {"連携", "いつでも解除できます"} <= set(page.lines)
