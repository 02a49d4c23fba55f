"""A checkout of one person that another one is led to: what the other one chose there stays theirs."""

import pytest

from reconciler.embedded.resources.shopping.account_links import link_accounts
from reconciler.embedded.resources.shopping.amazon_buyers import find_buyer
from reconciler.embedded.resources.shopping.members import NewMember, add_member
from reconciler.embedded.resources.shopping.merchants import Merchant
from tests.embedded.harness import OSAKA, OTHER_SELLER
from tests.embedded.pages.buying.conftest import BUYER, HOME, NAME, Shopper

AT = "2026-04-01T09:00:00"


@pytest.fixture
def thief(visitor) -> Shopper:
    return Shopper(visitor().client)


def link_a_member(app) -> None:
    with app.state.services.database.writing() as connection:
        new = NewMember(shop_key=OSAKA, login_id="hana", name=NAME, email=BUYER, mail_accepted=False)
        member_id = add_member(connection, new, "a password", AT)
        buyer, _ = find_buyer(connection, BUYER)
        assert buyer is not None
        link_accounts(connection, Merchant(shop_key=OSAKA, seller_id=OTHER_SELLER), buyer.buyer_id, member_id, AT)


def test_who_started_a_checkout_gets_nothing_of_the_person_who_paid_it(shopper, thief, app, made) -> None:
    """The thief sends the victim the address of a checkout; the victim goes on with it."""
    link_a_member(app)
    thief.puts("tea")
    sign_in = thief.goes_to_amazon()
    checkout = sign_in.form("/amazon/sign-in").value("checkout")
    shopper.opens(f"/amazon/checkout/{checkout}")
    page = shopper.chooses()
    assert page.address == f"/shop/{OSAKA}/cart"
    for code in ("", "&code=guessed"):
        page = thief.opens(f"/shop/{OSAKA}/order?session={checkout}{code}")
        assert page.address == "/amazon/sign-in", "who has not chosen there is sent to Amazon"
    assert thief.opens(f"/shop/{OSAKA}/mypage").address == f"/shop/{OSAKA}/member-login"
    csrf = thief.page.form("/member-login").value("csrf") or ""
    page = thief.posts(f"/shop/{OSAKA}/order", [("csrf", csrf), ("session", checkout or ""), ("seen", "")])
    assert page.address == "/amazon/sign-in"
    assert HOME[0] not in page.html
    assert made() == (0, 0, 0)


def test_a_linked_buyer_is_signed_in_by_paying(shopper, app) -> None:
    link_a_member(app)
    page = shopper.arrives()
    assert page.address == f"/shop/{OSAKA}/order"
    assert f"{NAME} 様" in page.text


def test_the_page_of_an_order_can_be_loaded_again(shopper) -> None:
    page = shopper.arrives()
    session = shopper.order_form.value("session")
    assert HOME[0] in page.text
    assert HOME[0] in shopper.opens(f"/shop/{OSAKA}/order?session={session}").text
