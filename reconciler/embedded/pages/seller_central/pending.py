"""Payments that were pending when their orders were placed, and are declined half a minute later, as Amazon does.

In: the services. Out: declined charges, orders on 保留, and a notification of each to the endpoints of its seller. The served
backend looks every second; without a server `World.amazon_settles` does the same and sends nothing.
"""

import asyncio
from contextlib import suppress
from typing import Final

from sqlalchemy.exc import DBAPIError

from reconciler.embedded.pages.notices import announce
from reconciler.embedded.resources.seller_notices import event_of
from reconciler.embedded.resources.shopping.amazon_payments import DeclinedLater, decline_pending, has_due
from reconciler.embedded.services import Services
from reconciler.embedded.storage.audited_write import AMAZON

_EVERY: Final = 1.0


async def settle_for_ever(services: Services) -> None:
    while True:
        with suppress(DBAPIError):  # a database that is busy for once is tried again
            await settle_pending(services)
        await asyncio.sleep(_EVERY)


async def settle_pending(services: Services) -> int:
    """How many were declined."""
    with services.reading() as connection:
        if not has_due(connection, services.now()):
            return 0
    with services.editing(AMAZON) as edit:
        declined = decline_pending(edit, services.now())
    await asyncio.gather(*(_notify(services, each) for each in declined))
    return len(declined)


async def _notify(services: Services, declined: DeclinedLater) -> None:
    with services.reading() as connection:
        event = event_of(connection, declined.shop_key, declined.charge_id)
    await announce(services, declined.seller_id, declined.environment, event)
