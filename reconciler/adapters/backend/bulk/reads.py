"""Single shops that are read at the same time, read in one request.

In: shop keys. Out: for each its integration as the backend answered it, or `ALONE`: then it is read by its own route, which also
says why a shop cannot be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from reconciler.adapters.backend.bulk.capabilities import BULK_READ, BackendCapabilities
from reconciler.adapters.backend.bulk.gathering import ALONE, Alone, Gatherer
from reconciler.adapters.backend.http.client import Client
from reconciler.adapters.backend.http.interpret import copy_error
from reconciler.adapters.backend.http.messages import ApiRequest
from reconciler.adapters.backend.pagination import ROUTE, decode_page
from reconciler.core.values import ShopKey
from reconciler.ports import BackendError, Throttled, Unauthorised, Unexpected, Unreachable

MOST: Final = 500
ROOM: Final = 6_000
"""Characters of an address that every server and proxy takes."""
_SEPARATOR: Final = 3

Integration = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class BulkReader:
    client: Client
    capabilities: BackendCapabilities
    _gatherer: Gatherer[ShopKey, Integration] = field(init=False)

    def __post_init__(self) -> None:
        fewest = self.client.config.bulk_from or MOST
        self._gatherer = Gatherer(
            ask=self._read, weigh=lambda shop: len(shop) + _SEPARATOR, most=MOST, room=ROOM, fewest=fewest
        )

    async def aclose(self) -> None:
        await self._gatherer.aclose()

    async def read(self, shop: ShopKey) -> Integration | Alone:
        """Raises BackendError where the backend does not answer at all."""
        if not self.client.config.takes_several:
            return ALONE
        return await self._gatherer.answer(shop)

    async def _read(self, shops: Sequence[ShopKey]) -> Sequence[Integration | Alone | Exception]:
        if not await self.capabilities.offers(BULK_READ):
            return [ALONE] * len(shops)
        named = list(dict.fromkeys(shops))
        for shop in named:
            await self.client.wait_for_turn(shop)
        query = {"shopKeys": ",".join(named), "limit": len(named), "environment": self.client.config.environment.value}
        call = ApiRequest(method="GET", path=ROUTE.path, query=urlencode(query), items=len(named), paced=True)
        try:
            page = decode_page(await self.client.send(call), call.query)
        except (Unreachable, Throttled, Unauthorised, Unexpected) as error:
            return [copy_error(error) for _ in shops]
        except BackendError:
            self.capabilities.withdraw(BULK_READ)
            return [ALONE] * len(shops)
        times = Counter(key for key, _ in page.items)
        found = {key: item for key, item in page.items if times[key] == 1}
        return [found.get(shop, ALONE) for shop in shops]
