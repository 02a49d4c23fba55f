"""A session of a shop that ended takes with it what the next one must not see."""

import pytest

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.resources.shopping import shop_sessions as sessions
from tests.embedded.harness import OSAKA
from tests.embedded.resources.shopping import Shopper


def start(shopper: Shopper) -> tuple[str, sessions.ShopSession]:
    with shopper.services.database.writing() as connection:
        return sessions.start_shop_session(connection, OSAKA, shopper.now)


@pytest.fixture
def shopper(app) -> Shopper:
    return Shopper(app.state.services)


@pytest.mark.parametrize("orders", [False, True])
def test_the_next_visitor_gets_no_checkout_of_the_one_before(shopper, orders: bool) -> None:
    """The database gives the number of a deleted session again, and the address of a checkout is in the browser's history."""
    shopper.puts("tea")
    checkout = shopper.goes_to_amazon()
    if orders:
        assert shopper.confirms(checkout).outcome == "PLACED"
    mine = sessions.ShopSession(session_id=shopper.session_id, shop_key=OSAKA, token_hash=shopper.token)
    with shopper.services.database.writing() as connection:
        sessions.close_shop_session(connection, mine)
    _, following = start(shopper)
    assert following.session_id == shopper.session_id
    assert shopper.confirms(checkout, seen="-").outcome == "LAPSED"


def test_of_two_who_hold_one_token_one_goes_on(shopper) -> None:
    """A sign-in that was sent twice, or a token that someone saw: the second one finds the session gone."""
    _, session = start(shopper)
    with shopper.services.database.writing() as connection:
        sessions.sign_out_buyer(connection, session, shopper.now)
    with pytest.raises(Problem) as refused, shopper.services.database.writing() as connection:
        sessions.sign_out_buyer(connection, session, shopper.now)
    assert refused.value.code == "PRECONDITION_FAILED"
