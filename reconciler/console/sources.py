"""Where the pages get their content from. Nothing here writes, and no value is a secret."""

from __future__ import annotations

from typing import Protocol

from reconciler.core.overview.fleet_overview import FleetOverview
from reconciler.core.overview.lists import (
    AlertsOverview,
    AlertsQuery,
    InboxOverview,
    InboxQuery,
    NotificationOverview,
)
from reconciler.core.overview.onboarding_page import OnboardingOverview, OnboardingQuery
from reconciler.core.overview.review_overview import ReviewOverview
from reconciler.core.overview.run_overview import RunOverview, RunPage, RunQuery
from reconciler.core.overview.shop_overview import ShopOverview
from reconciler.core.overview.shop_rows import ShopQuery


class ConsoleSources(Protocol):
    """Each answer is of one moment. All methods raise SetupError where the store cannot be read; the live values of a shop
    are the exception: without them its page says why.
    """

    async def fleet(self, query: ShopQuery) -> FleetOverview: ...

    async def shop(self, shop: str) -> ShopOverview | None:
        """None for a shop that has no manifest and that the store does not know."""
        ...

    async def onboarding(self, query: OnboardingQuery) -> OnboardingOverview:
        """Of the last status."""
        ...

    async def runs(self, query: RunQuery) -> RunPage: ...

    async def run(self, run: str, page: int = 1) -> RunOverview | None:
        """`run` is an id. None where there is no such run."""
        ...

    async def reviews(self) -> ReviewOverview:
        """Plans of pull requests, and deferred applies."""
        ...

    async def inbox(self, query: InboxQuery) -> InboxOverview: ...

    async def notification(self, number: int) -> NotificationOverview | None: ...

    async def alerts(self, query: AlertsQuery) -> AlertsOverview: ...
