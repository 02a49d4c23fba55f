"""What Amazon and a shop hand each other through the browser: a code that is good once, for two minutes, for one purpose.

In: a merchant and a buyer. Out: a code; against it, once, the SellerId and the buyer. A code is kept as SHA-256 only. It
belongs to the shop and the SellerId for which it was made.
"""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, delete, insert, select

from reconciler.embedded.resources.random_tokens import hash_token, new_token
from reconciler.embedded.resources.shopping.merchants import Merchant
from reconciler.embedded.storage.shop_tables import amazon_codes

CODE_SECONDS: Final = 120
CodePurpose = Literal["sign-in", "sign-out", "pay"]

_C = amazon_codes.c


def issue_code(connection: Connection, purpose: CodePurpose, merchant: Merchant, buyer_id: int, now: datetime) -> str:
    """Expired codes are removed on the occasion."""
    moment = int(now.timestamp())
    connection.execute(delete(amazon_codes).where(_C.expires_at <= moment))
    code = new_token()
    owner = {"shop_key": merchant.shop_key, "seller_id": merchant.seller_id, "buyer_id": buyer_id}
    values = {"code_hash": hash_token(code), "purpose": purpose, "expires_at": moment + CODE_SECONDS, **owner}
    connection.execute(insert(amazon_codes).values(**values))
    return code


def redeem_code(
    connection: Connection, purpose: CodePurpose, merchant: Merchant, code: str, now: datetime
) -> int | None:
    """The buyer's id; None for a code that is unknown, used, too old, or made for another shop, seller or purpose."""
    mine = (
        (_C.code_hash == hash_token(code))
        & (_C.purpose == purpose)
        & (_C.shop_key == merchant.shop_key)
        & (_C.seller_id == merchant.seller_id)
    )
    row = connection.execute(select(_C.buyer_id, _C.expires_at).where(mine)).first()
    taken = connection.execute(delete(amazon_codes).where(mine)).rowcount == 1
    return int(row[0]) if row is not None and taken and row[1] > int(now.timestamp()) else None
