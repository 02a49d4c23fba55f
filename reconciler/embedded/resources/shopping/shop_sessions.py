"""Sessions of shoppers: who is signed in at the shop and at Amazon, what belongs to their cart, what the next page says.

In: a token from a cookie. Out: the session, or nothing. Tokens are random and kept as SHA-256 only. A visitor has a session from
the first post on; it ends after a day, and its cart with it. Signing in gives a new token to the same session, so that a token
that someone else planted or saw opens nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.resources.random_tokens import hash_token, new_token
from reconciler.embedded.resources.shopping.amazon_buyers import AmazonBuyer, buyer_of
from reconciler.embedded.resources.shopping.members import Member, member_of
from reconciler.embedded.storage.shop_tables import amazon_buyers, cart_items, checkout_sessions, members, shop_sessions
from reconciler.embedded.storage.tables import amazon_settings
from reconciler.lib.frozen_class import frozen

SHOPPING_SECONDS: Final = 24 * 3600
NO_SESSION: Final = 0

_S = shop_sessions.c
_JOINED = (
    shop_sessions.join(amazon_settings, amazon_settings.c.shop_key == _S.shop_key)
    .outerjoin(members, members.c.member_id == _S.member_id)
    .outerjoin(
        amazon_buyers, (amazon_buyers.c.buyer_id == _S.buyer_id) & (amazon_settings.c.seller_id == _S.buyer_seller_id)
    )
)


@frozen
class BuyerSignIn:
    """Who signed in with Amazon, and for which SellerId."""

    buyer_id: int
    seller_id: str


@frozen
class ShopSession:
    """`buyer`: who signed in with Amazon at this shop, under the SellerId that the shop still has."""

    session_id: int
    shop_key: str
    token_hash: str
    member: Member | None = None
    buyer: AmazonBuyer | None = None
    login_state: str | None = None
    """The hash of what the answer of a sign-in at Amazon must bring back."""
    return_to: str | None = None
    notices: tuple[str, ...] = ()


def start_shop_session(connection: Connection, shop_key: str, now: datetime) -> tuple[str, ShopSession]:
    """A new token with its session; expired sessions are removed on the occasion."""
    moment = int(now.timestamp())
    _remove(connection, _S.expires_at <= moment)
    token = new_token()
    hashed = hash_token(token)
    values = {"token_hash": hashed, "shop_key": shop_key, "expires_at": moment + SHOPPING_SECONDS}
    made = connection.execute(insert(shop_sessions).values(**values, notices=[]))
    session_id = int(made.inserted_primary_key[0])  # type: ignore[index]
    return token, ShopSession(session_id=session_id, shop_key=shop_key, token_hash=hashed)


def find_shop_session(connection: Connection, shop_key: str, token: str, now: datetime) -> ShopSession | None:
    statement = select(shop_sessions, members, amazon_buyers).select_from(_JOINED)
    mine = (_S.token_hash == hash_token(token), _S.shop_key == shop_key, _S.expires_at > int(now.timestamp()))
    row = connection.execute(statement.where(*mine)).mappings().first()
    if row is None:
        return None
    return ShopSession(
        session_id=row[_S.session_id],
        shop_key=shop_key,
        token_hash=row[_S.token_hash],
        member=None if row[members.c.member_id] is None else member_of(row),
        buyer=None if row[amazon_buyers.c.buyer_id] is None else buyer_of(row),
        login_state=row[_S.login_state],
        return_to=row[_S.return_to],
        notices=tuple(row[_S.notices]),
    )


def sign_in_member(connection: Connection, session: ShopSession, member_id: int, now: datetime) -> str:
    """The new token of the session. A sign-in with Amazon that came before it is over: it may be someone else's."""
    return _renew(connection, session, now, member_id=member_id, buyer_id=None, buyer_seller_id=None)


def sign_in_linked_member(connection: Connection, session: ShopSession, member_id: int, now: datetime) -> str:
    """The new token of a session whose buyer was just linked to the member."""
    return _renew(connection, session, now, member_id=member_id)


def sign_in_buyer(
    connection: Connection, session: ShopSession, buyer: BuyerSignIn, now: datetime, *, member_id: int | None = None
) -> str:
    """The new token of a session whose buyer signed in with Amazon, and with that as a member, where `member_id` is linked."""
    member = {} if member_id is None else {"member_id": member_id}
    return _renew(connection, session, now, buyer_id=buyer.buyer_id, buyer_seller_id=buyer.seller_id, **member)


def sign_out_buyer(connection: Connection, session: ShopSession, now: datetime) -> str:
    """The new token of the session, whose cart and member stay."""
    return _renew(connection, session, now, buyer_id=None, buyer_seller_id=None)


def close_shop_session(connection: Connection, session: ShopSession) -> None:
    _remove(connection, _S.token_hash == session.token_hash)


def expect_amazon(connection: Connection, session: ShopSession, return_to: str) -> str:
    """The state that the answer of a sign-in at Amazon must bring back; only the latest one counts."""
    state = new_token()
    values = {"login_state": hash_token(state), "return_to": return_to}
    connection.execute(update(shop_sessions).where(_S.token_hash == session.token_hash).values(**values))
    return state


def keep_notices(connection: Connection, session: ShopSession, notices: Sequence[str]) -> None:
    """For the next page."""
    mine = _S.session_id == session.session_id
    connection.execute(update(shop_sessions).where(mine).values(notices=list(notices)))


def _renew(connection: Connection, session: ShopSession, now: datetime, **values: Any) -> str:
    """Raises Problem where another request renewed the token first: of two holders of one token, one goes on."""
    token = new_token()
    kept = {"token_hash": hash_token(token), "login_state": None, "expires_at": int(now.timestamp()) + SHOPPING_SECONDS}
    mine = _S.token_hash == session.token_hash
    changed = connection.execute(update(shop_sessions).where(mine).values(**kept, **values))
    if changed.rowcount != 1:
        raise Problem("PRECONDITION_FAILED", "the session was renewed by another request")
    return token


def _remove(connection: Connection, which: Any) -> None:
    ended = select(_S.session_id).where(which)
    connection.execute(delete(cart_items).where(cart_items.c.session_id.in_(ended)))
    # The database may give an id again: the checkouts and orders of a session that ended are not those of the next one.
    theirs = checkout_sessions.c.session_id.in_(ended)
    connection.execute(update(checkout_sessions).where(theirs).values(session_id=NO_SESSION))
    connection.execute(delete(shop_sessions).where(which))
