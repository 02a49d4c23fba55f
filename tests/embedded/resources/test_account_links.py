"""Sessions of shoppers, codes between Amazon and a shop, and links: also where several ask at once."""

import pytest
from sqlalchemy import select

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.resources.shopping import account_links, amazon_codes
from reconciler.embedded.resources.shopping import shop_sessions as sessions
from reconciler.embedded.resources.shopping.account_links import LinkTaken
from reconciler.embedded.resources.shopping.amazon_buyers import NewBuyer, add_buyer
from reconciler.embedded.resources.shopping.carts import add_to_cart, get_basket
from reconciler.embedded.resources.shopping.members import NewMember, add_member
from reconciler.embedded.resources.shopping.merchants import Merchant
from reconciler.embedded.storage.shop_tables import account_links as links_table
from tests.embedded.harness import KYOTO, OSAKA, OTHER_SELLER, SELLER
from tests.embedded.test_concurrency import together

AT = "2026-04-01T09:00:00"
MERCHANT = Merchant(shop_key=OSAKA, seller_id=OTHER_SELLER)
FORMER = Merchant(shop_key=OSAKA, seller_id=SELLER)
ELSEWHERE = Merchant(shop_key=KYOTO, seller_id=OTHER_SELLER)


@pytest.fixture
def store(app):
    return app.state.services.database


@pytest.fixture
def people(store) -> tuple[list[int], list[int]]:
    """The ids of two buyers and of two members."""
    with store.writing() as connection:
        emails = ("aiko@mail.example", "ken@mail.example")
        buyers = [add_buyer(connection, NewBuyer(email=email, name="n", addresses=()), "pw") for email in emails]
        made = [
            NewMember(shop_key=OSAKA, login_id=name, name="n", email="a@b.example", mail_accepted=False)
            for name in "ab"
        ]
        return buyers, [add_member(connection, member, "pw", AT) for member in made]


def linked(store, buyer_id: int, member_id: int, merchant: Merchant = MERCHANT) -> str:
    try:
        with store.writing() as connection:
            account_links.link_accounts(connection, merchant, buyer_id, member_id, AT)
    except LinkTaken as taken:
        return "buyer taken" if taken.by_buyer else "member taken"
    return "linked"


def test_of_two_members_who_want_one_amazon_account_exactly_one_gets_it(store, people) -> None:
    [buyer, _], members = people
    acts = [lambda member=member: linked(store, buyer, member) for member in members * 4]
    results = together(acts)
    with store.reading() as connection:
        [(winner,)] = connection.execute(select(links_table.c.member_id)).all()
    assert [result for result, member in zip(results, members * 4, strict=True) if member == winner] == ["linked"] * 4
    assert {result for result, member in zip(results, members * 4, strict=True) if member != winner} == {"buyer taken"}


def test_of_two_amazon_accounts_that_want_one_member_exactly_one_gets_it(store, people) -> None:
    buyers, [member, _] = people
    results = together([lambda buyer=buyer: linked(store, buyer, member) for buyer in buyers])
    assert sorted(results) == ["linked", "member taken"]


def test_a_link_belongs_to_the_shop_and_the_seller(store, people) -> None:
    [buyer, _], [first, second] = people
    assert linked(store, buyer, first) == "linked"
    assert linked(store, buyer, second, FORMER) == "linked"
    with store.reading() as connection:
        assert account_links.linked_member(connection, MERCHANT, buyer) == first
        assert account_links.linked_member(connection, FORMER, buyer) == second
        assert account_links.linked_member(connection, ELSEWHERE, buyer) is None
    with store.writing() as connection:
        account_links.unlink_accounts(connection, MERCHANT, first)
    with store.reading() as connection:
        assert not account_links.is_linked(connection, MERCHANT, first)
        assert account_links.is_linked(connection, FORMER, second)


def redeemed(app, code: str, merchant: Merchant = MERCHANT, purpose: str = "sign-in") -> int | None:
    with app.state.services.database.writing() as connection:
        return amazon_codes.redeem_code(connection, purpose, merchant, code, app.state.services.now())


def issued(app, buyer: int, purpose: str = "sign-in") -> str:
    with app.state.services.database.writing() as connection:
        return amazon_codes.issue_code(connection, purpose, MERCHANT, buyer, app.state.services.now())


def test_a_code_is_redeemed_once_however_many_try(app, people) -> None:
    buyer = people[0][0]
    code = issued(app, buyer)
    results = together([lambda: redeemed(app, code)] * 8)
    assert sorted(results, key=str) == [buyer, *[None] * 7]


@pytest.mark.parametrize(("merchant", "purpose"), [(FORMER, "sign-in"), (ELSEWHERE, "sign-in"), (MERCHANT, "sign-out")])
def test_a_code_is_for_one_shop_one_seller_and_one_purpose(app, people, merchant, purpose) -> None:
    buyer = people[0][0]
    code = issued(app, buyer)
    assert redeemed(app, code, merchant, purpose) is None
    assert redeemed(app, code) == buyer


def test_a_code_is_short_lived(app, people, clock) -> None:
    buyer = people[0][0]
    codes = [issued(app, buyer), issued(app, buyer)]
    clock.advance(amazon_codes.CODE_SECONDS - 1)
    assert redeemed(app, codes[0]) == buyer
    clock.advance(1)
    assert redeemed(app, codes[1]) is None


def test_of_two_holders_of_one_token_one_goes_on(app, store, people) -> None:
    now = app.state.services.now()
    with store.writing() as connection:
        token, session = sessions.start_shop_session(connection, OSAKA, now)

    def sign_in(member: int) -> str:
        try:
            with store.writing() as connection:
                return sessions.sign_in_member(connection, session, member, now)
        except Problem as problem:
            return problem.code

    results = together([lambda member=member: sign_in(member) for member in people[1]])
    [won] = [result for result in results if result != "PRECONDITION_FAILED"]
    with store.reading() as connection:
        assert sessions.find_shop_session(connection, OSAKA, token, now) is None
        found = sessions.find_shop_session(connection, OSAKA, won, now)
    assert found is not None
    assert found.member is not None


def test_a_cart_outlives_the_token_and_ends_with_the_session(app, store, world, people, clock) -> None:
    world.merchant_sells(OSAKA, "book", name="本", price=1000)
    now = app.state.services.now()
    with store.writing() as connection:
        _, session = sessions.start_shop_session(connection, OSAKA, now)
        add_to_cart(connection, OSAKA, session.session_id, "book", 2)
        token = sessions.sign_in_member(connection, session, people[1][0], now)
        found = sessions.find_shop_session(connection, OSAKA, token, now)
        assert found is not None
        assert found.session_id == session.session_id
    with store.reading() as connection:
        assert len(get_basket(connection, session.session_id).lines) == 1
    clock.advance(sessions.SHOPPING_SECONDS)
    with store.writing() as connection:
        sessions.start_shop_session(connection, OSAKA, app.state.services.now())
    with store.reading() as connection:
        assert len(get_basket(connection, session.session_id).lines) == 0
