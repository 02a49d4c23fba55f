"""Who is signed in at the practice Amazon, and to which merchants they agreed to be named.

In: a token from a cookie; a merchant. Out: the buyer.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from reconciler.embedded.resources.random_tokens import hash_token, new_token
from reconciler.embedded.resources.shopping.amazon_buyers import AmazonBuyer, buyer_of
from reconciler.embedded.resources.shopping.merchants import Merchant
from reconciler.embedded.storage.shop_tables import amazon_buyers, amazon_consents, amazon_sessions

SIGNED_IN_SECONDS: Final = 24 * 3600

_S = amazon_sessions.c
_C = amazon_consents.c


def start_amazon_session(connection: Connection, buyer: AmazonBuyer, now: datetime) -> str:
    """A new token; expired sessions are removed on the occasion."""
    moment = int(now.timestamp())
    connection.execute(delete(amazon_sessions).where(_S.expires_at <= moment))
    token = new_token()
    values = {"token_hash": hash_token(token), "buyer_id": buyer.buyer_id, "expires_at": moment + SIGNED_IN_SECONDS}
    connection.execute(insert(amazon_sessions).values(**values))
    return token


def find_signed_in_buyer(connection: Connection, token: str, now: datetime) -> AmazonBuyer | None:
    joined = amazon_sessions.join(amazon_buyers, amazon_buyers.c.buyer_id == _S.buyer_id)
    mine = (_S.token_hash == hash_token(token), _S.expires_at > int(now.timestamp()))
    row = connection.execute(select(amazon_buyers).select_from(joined).where(*mine)).mappings().first()
    return None if row is None else buyer_of(row)


def close_amazon_session(connection: Connection, token: str) -> None:
    connection.execute(delete(amazon_sessions).where(_S.token_hash == hash_token(token)))


def has_consented(connection: Connection, merchant: Merchant, buyer: AmazonBuyer) -> bool:
    mine = (_C.shop_key == merchant.shop_key, _C.seller_id == merchant.seller_id, _C.buyer_id == buyer.buyer_id)
    return connection.execute(select(_C.given_at).where(*mine)).first() is not None


def give_consent(connection: Connection, merchant: Merchant, buyer: AmazonBuyer, at: str) -> None:
    if not has_consented(connection, merchant, buyer):
        values = {"shop_key": merchant.shop_key, "seller_id": merchant.seller_id, "buyer_id": buyer.buyer_id}
        connection.execute(insert(amazon_consents).values(**values, given_at=at))
