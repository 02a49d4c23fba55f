"""The routes of the contract. Each reads its words, opens a transaction, calls one resource module, and replies.

They are `async def` although the database is called synchronously: a transaction takes well under a millisecond, and
handing it to a thread and back costs more than that (measured; see docs/embedded.md).
"""

from reconciler.embedded.routes import amazon, charges, fleet, oauth, orders, parts, pay, seller_central, shop

ROUTERS = (
    oauth.router,
    amazon.router,
    pay.router,
    parts.router,
    shop.router,
    fleet.router,
    seller_central.router,
    orders.router,
    charges.router,
)

__all__ = ["ROUTERS"]
