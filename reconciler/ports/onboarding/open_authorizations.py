"""Which authorizations Amazon still holds for a shop, as the sidecar's inbox knows them. Read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from reconciler.core.onboarding.offboarding import ShopAuthorizations
from reconciler.core.values import ShopKey


class KnownAuthorizations(Protocol):
    async def of_shops(self, shops: Sequence[ShopKey], now: datetime) -> Mapping[ShopKey, ShopAuthorizations]:
        """For each shop. What has lapsed by now is not open. Raises SetupError where the inbox cannot be read."""
        ...
