"""Which member of a shop an account at Amazon belongs to, one to one, under one SellerId.

In: a merchant, a buyer, a member. Out: the link, or `LinkTaken`. A link is made where a member has just signed in at the shop, or
is signed in and asks for it: never by a mail address. A link that was made under another SellerId does not count.
"""

from sqlalchemy import ColumnElement, Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from reconciler.embedded.resources.shopping.merchants import Merchant
from reconciler.embedded.storage.shop_tables import account_links

_L = account_links.c


class LinkTaken(Exception):
    """`by_buyer`: the account at Amazon belongs to another member. Otherwise the member has another account."""

    def __init__(self, *, by_buyer: bool) -> None:
        super().__init__()
        self.by_buyer = by_buyer


def linked_member(connection: Connection, merchant: Merchant, buyer_id: int) -> int | None:
    """The id of the member that the buyer is linked with."""
    found = select(_L.member_id).where(_of(merchant), _L.buyer_id == buyer_id)
    member_id: int | None = connection.execute(found).scalar()
    return member_id


def is_linked(connection: Connection, merchant: Merchant, member_id: int) -> bool:
    found = select(_L.buyer_id).where(_of(merchant), _L.member_id == member_id)
    return connection.execute(found).first() is not None


def link_accounts(connection: Connection, merchant: Merchant, buyer_id: int, member_id: int, at: str) -> None:
    """The database decides between two who ask at the same time."""
    values = {"shop_key": merchant.shop_key, "seller_id": merchant.seller_id, "buyer_id": buyer_id}
    try:
        with connection.begin_nested():
            connection.execute(insert(account_links).values(**values, member_id=member_id, linked_at=at))
    except IntegrityError:
        owner = linked_member(connection, merchant, buyer_id)
        if owner != member_id:
            raise LinkTaken(by_buyer=owner is not None) from None


def unlink_accounts(connection: Connection, merchant: Merchant, member_id: int) -> None:
    connection.execute(delete(account_links).where(_of(merchant), _L.member_id == member_id))


def _of(merchant: Merchant) -> ColumnElement[bool]:
    return (_L.shop_key == merchant.shop_key) & (_L.seller_id == merchant.seller_id)
