"""Whether a shop offers Amazon to a shopper.

The rule: `buttonsVisible`, an open storefront, and the switch of each sale type that is in the cart.
"""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import Connection

from reconciler.embedded.contract.responses import OrderType
from reconciler.embedded.resources import amazon_pay, amazon_settings, storefront
from reconciler.embedded.storage.tables import shops

_SWITCHES: Final[Mapping[OrderType, str]] = {
    "REGULAR": "regular",
    "PREORDER": "pre_order",
    "SUBSCRIPTION": "subscription",
    "HANPUKAI": "subscription",
}


def shows_amazon(connection: Connection, shop_key: str, sale_types: Collection[OrderType] = ()) -> bool:
    """Without sale types: whether there are buttons at all, as on the login pages."""
    shown = amazon_settings.to_response(amazon_settings.get(connection, shop_key))["buttonsVisible"]
    open_now = storefront.get(connection, shop_key)[shops.c.storefront_status] == "OPEN"
    row = amazon_pay.to_response(amazon_pay.get(connection, shop_key))
    switches = {"regular": row["regular"], "pre_order": row["preOrder"], "subscription": row["subscription"]}
    return shown and open_now and all(switches[_SWITCHES[each]] for each in sale_types)
