"""The practice Amazon's own pages: who signs in, what is agreed to, and what Amazon refuses."""

import pytest
from sqlalchemy import insert

from reconciler.embedded.resources.screens.sign_in_attempts import ATTEMPTS, WAIT_SECONDS
from reconciler.embedded.resources.shopping.amazon_sign_in import SIGNED_IN_SECONDS
from reconciler.embedded.storage.shop_tables import javascript_origins
from tests.embedded.harness import KYOTO, OSAKA, OTHER_SELLER
from tests.embedded.pages.members.shopper import AIKO, MARI

WRONG = "Eメールアドレスまたはパスワードが正しくありません。"
REFUSED = "このショップではAmazonアカウントをご利用いただけません。ショップにお問い合わせください。"


def test_each_of_amazons_pages_says_that_it_is_for_practice(shopper) -> None:
    mari = shopper()
    mari.at("member-login")
    for page in (mari.goes_to_amazon(), mari.signs_in_at_amazon(MARI), mari.opens(mari.page.links["プライバシー規約"])):
        assert page.status == 200
        assert {"練習用 Amazon", "これは練習用の画面です。Amazonのサイトではありません。"} <= set(page.lines[:4])


def test_amazon_asks_for_mail_address_and_password(shopper) -> None:
    mari = shopper()
    mari.at("member-login")
    page = mari.goes_to_amazon()
    assert {"Eメールアドレス", "パスワード", "ログイン"} <= set(page.lines)
    page = mari.signs_in_at_amazon(MARI, "a guess")
    assert (page.status, page.alerts) == (422, [WRONG])
    assert page.form("/amazon/sign-in").value("email") == MARI
    assert mari.signs_in_at_amazon("nobody@mail.example").alerts == [WRONG]
    assert mari.signs_in_at_amazon(MARI).headings[0] == (1, "連携の確認")


def test_after_five_failures_an_account_waits(shopper, clock) -> None:
    mari = shopper()
    mari.at("member-login")
    mari.goes_to_amazon()
    for _ in range(ATTEMPTS):
        assert mari.signs_in_at_amazon(MARI, "a guess").status == 422
    page = mari.signs_in_at_amazon(MARI)
    assert (page.status, page.alerts) == (429, ["しばらく時間をおいてからお試しください。"])
    clock.advance(WAIT_SECONDS)
    assert mari.signs_in_at_amazon(MARI).headings[0] == (1, "連携の確認")


def test_consent_names_the_shop_and_the_account(shopper) -> None:
    mari = shopper()
    mari.at("member-login")
    mari.goes_to_amazon()
    page = mari.signs_in_at_amazon(MARI)
    assert f"「{OSAKA}」に、お客様の氏名とEメールアドレスを提供します。" in page.text
    assert {"森 真理として続行", "キャンセル"} <= set(page.lines)
    assert "プライバシー規約" in page.links


def test_who_cancels_is_back_at_the_shop_and_signed_in_nowhere(shopper) -> None:
    mari = shopper()
    mari.at("member-login")
    mari.goes_to_amazon()
    mari.signs_in_at_amazon(MARI)
    page = mari.sends("/amazon/consent/cancel")
    assert page.address == f"/shop/{OSAKA}/member-login"
    assert page.alerts == ["Amazonでのログインがキャンセルされました。"]
    assert mari.at("after-login").address == f"/shop/{OSAKA}/member-login"
    page = mari.goes_to_amazon()
    assert page.headings[0] == (1, "連携の確認"), "nothing was agreed to"


def test_within_a_day_nobody_signs_in_twice(shopper, clock) -> None:
    mari = shopper()
    mari.comes_from_amazon(MARI)
    clock.advance(SIGNED_IN_SECONDS - 1)
    mari.at("member-login")
    assert mari.goes_to_amazon().address == f"/shop/{OSAKA}/after-login"
    clock.advance(1)
    mari.at("member-login")
    page = mari.goes_to_amazon()
    assert page.headings[0] == (1, "サインイン")
    assert mari.signs_in_at_amazon(MARI).address == f"/shop/{OSAKA}/after-login", "agreed to before"


def test_each_shop_asks_for_a_consent_of_its_own(shopper) -> None:
    mari = shopper()
    mari.comes_from_amazon(MARI)
    mari.shop = KYOTO
    mari.at("member-login")
    page = mari.goes_to_amazon()
    assert page.headings[0] == (1, "連携の確認")
    assert f"「{KYOTO}」" in page.text


def test_a_seller_that_amazon_revoked_ends_on_amazons_error_page(shopper, world) -> None:
    mari = shopper()
    mari.at("member-login")
    world.amazon_revokes(OSAKA)
    page = mari.goes_to_amazon()
    assert (page.status, page.headings[0]) == (403, (1, "エラーが発生しました"))
    assert REFUSED in page.text
    assert page.forms == []
    world.amazon_restores(OSAKA)
    mari.at("member-login")
    mari.goes_to_amazon()
    world.amazon_revokes(OSAKA)
    assert REFUSED in mari.signs_in_at_amazon(MARI).text


@pytest.mark.parametrize(("origin", "accepted"), [("https://other.example", False), ("", True)])
def test_an_address_that_is_not_among_the_origins_ends_on_amazons_error_page(
    shopper, app, address, origin, accepted
) -> None:
    with app.state.services.database.writing() as connection:
        row = {"seller_id": OTHER_SELLER, "origin": origin or address}
        connection.execute(insert(javascript_origins).values(row))
    person = shopper()
    person.at("member-login")
    page = person.goes_to_amazon()
    assert (REFUSED not in page.text) is accepted


@pytest.mark.parametrize("shop", ["no-such-shop", "nara-deer", "..%2Fadmin", ""])
def test_no_such_shop_is_known_to_amazon(shopper, shop) -> None:
    page = shopper().opens(f"/amazon/sign-in?shop={shop}&purpose=login&state=abc")
    assert page.status == 403
    assert REFUSED in page.text


@pytest.mark.parametrize("query", ["", "state=", "state=a%2Fb", "checkout=../../admin", "state=a&checkout=b"])
def test_an_errand_that_no_page_of_ours_made_is_refused(shopper, query) -> None:
    page = shopper().opens(f"/amazon/sign-in?shop={OSAKA}&{query}")
    assert (page.status, page.forms) == (403, [])


def test_signing_out_of_amazon_ends_both_sessions(shopper) -> None:
    aiko = shopper()
    aiko.comes_from_amazon(AIKO)
    aiko.links("jun")
    page = aiko.sends("/amazon-sign-out")
    assert (page.address, page.statuses) == (f"/shop/{OSAKA}/", ["Amazonからサインアウトしました。"])
    page = aiko.at("mypage")
    assert "原 純 様" in page.text
    assert "Amazonからサインアウト" not in page.text
    aiko.sends("/logout")
    aiko.at("member-login")
    assert aiko.goes_to_amazon().headings[0] == (1, "サインイン")


def test_a_buyer_sees_which_account_is_linked_and_can_take_another_one(shopper) -> None:
    aiko = shopper()
    page = aiko.comes_from_amazon(AIKO)
    assert f"Amazonアカウント: {AIKO}" in page.lines
    aiko.sends("/amazon-sign-out")
    assert aiko.at("after-login").address == f"/shop/{OSAKA}/member-login"
    page = aiko.goes_to_amazon()
    assert page.headings[0] == (1, "サインイン")
    aiko.signs_in_at_amazon(MARI)
    assert f"Amazonアカウント: {MARI}" in aiko.agrees().lines


def test_no_other_site_signs_a_buyer_out_of_amazon(shopper) -> None:
    aiko = shopper()
    aiko.comes_from_amazon(AIKO)
    aiko.opens(f"/amazon/sign-out?shop={OSAKA}&code=guessed")
    aiko.at("member-login")
    assert aiko.goes_to_amazon().address == f"/shop/{OSAKA}/after-login"


def test_a_purpose_of_paying_leads_to_the_payment(shopper) -> None:
    aiko = shopper()
    aiko.opens(f"/amazon/sign-in?shop={OSAKA}&purpose=pay&checkout=c-1")
    aiko.signs_in_at_amazon(AIKO)
    assert aiko.agrees().address == "/amazon/checkout/c-1"
