"""A shop as Amazon knows it, and whether Amazon lets a shopper in for it.

In: a shop. Out: its merchant, or nothing. Amazon knows the seller and its values, and the shop's address is among the seller's
origins, if the seller has any.
"""

from sqlalchemy import Connection, select

from reconciler.embedded.resources import amazon_accounts, amazon_settings
from reconciler.embedded.resources.javascript_origins import origins_of
from reconciler.embedded.storage.tables import amazon_settings as settings
from reconciler.lib.frozen_class import frozen


@frozen
class Merchant:
    shop_key: str
    seller_id: str


def find_merchant(connection: Connection, shop_key: str) -> Merchant | None:
    """None: no such shop, or one without a SellerId."""
    seller_id = connection.execute(select(settings.c.seller_id).where(settings.c.shop_key == shop_key)).scalar()
    return Merchant(shop_key=shop_key, seller_id=seller_id) if seller_id else None


def find_accepted_merchant(connection: Connection, shop_key: str, origin: str | None) -> Merchant | None:
    """None: Amazon answers its error page. `origin` is the shop's address as the browser knows it; None: not asked."""
    merchant = find_merchant(connection, shop_key)
    if merchant is None or not _accepts_values(connection, merchant):
        return None
    return merchant if origin is None or _accepts_origin(connection, merchant, origin) else None


def _accepts_values(connection: Connection, merchant: Merchant) -> bool:
    row = amazon_settings.get(connection, merchant.shop_key)
    client_id = row[settings.c.client_id]
    if not client_id or row[settings.c.api_status] == "ERROR":
        return False
    account = amazon_accounts.find(connection, merchant.seller_id)
    return account is None or not (account.revoked or account.client_id not in (None, client_id))


def _accepts_origin(connection: Connection, merchant: Merchant, origin: str) -> bool:
    allowed = origins_of(connection, merchant.seller_id)
    return not allowed or origin in allowed
