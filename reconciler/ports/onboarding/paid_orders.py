"""Which shops have had a paid order, from the sidecar's inbox. Read only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from reconciler.core.values import ShopKey


class PaidOrders(Protocol):
    async def paid_shops(self, shops: Collection[ShopKey]) -> frozenset[ShopKey]:
        """Those of `shops` for which Amazon reported a completed capture, whenever that was. Raises SetupError."""
        ...
