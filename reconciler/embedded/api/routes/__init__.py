"""The routes of the contract. Each parses its request, opens a transaction, calls one resource module, and responds.

They are `async def` although the database is called synchronously: a transaction takes well under a millisecond, and
handing it to a thread and back costs more than that (measured; see docs/embedded.md).
"""

from reconciler.embedded.api.routes import amazon_pay_objects, capabilities, fleet, oauth, orders, seller_central, shop
from reconciler.embedded.api.routes import settings as amazon
from reconciler.embedded.api.routes import settings as parts
from reconciler.embedded.api.routes import settings as pay

ROUTERS = (
    oauth.router,
    capabilities.router,
    amazon.amazon_router,
    pay.pay_router,
    parts.parts_router,
    shop.shop_router,
    fleet.fleet_router,
    seller_central.router,
    orders.orders_router,
    amazon_pay_objects.router,
)

__all__ = ["ROUTERS"]
