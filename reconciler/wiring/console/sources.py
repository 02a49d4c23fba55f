"""Implements console.sources.ConsoleSources over the settings.

Each page is made in a thread of its own, so that a slow store or backend delays no other page.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

import anyio
import anyio.to_thread

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.canonical import DigestKey
from reconciler.core.overview.lists import InboxOverview
from reconciler.ports import SetupError
from reconciler.ports.inbox import InboxUnavailable
from reconciler.wiring.console.inbox_pages import inbox_overview, notification_overview, shop_notifications
from reconciler.wiring.console.read_only_stores import (
    ReadOnlyFindings,
    ReadOnlyHeals,
    ReadOnlyOnboarding,
    ReadOnlyOutboxes,
    ReadOnlyOverviews,
    ReadOnlyReviews,
    ReadOnlyRunStore,
    ReadOnlyStore,
)
from reconciler.wiring.operators import ConfiguredInboxAccess
from reconciler.wiring.payments import inbox_exists
from reconciler.wiring.session import open_session
from reconciler.workflows.overview.alerts import alerts_overview
from reconciler.workflows.overview.fleet import fleet_overview, name_fleet
from reconciler.workflows.overview.onboarding import onboarding_overview
from reconciler.workflows.overview.reviews import review_overview
from reconciler.workflows.overview.runs import run_overview, run_page
from reconciler.workflows.overview.shop import ShopRequest, shop_overview

if TYPE_CHECKING:
    from reconciler.core.overview.fleet_overview import FleetOverview
    from reconciler.core.overview.lists import AlertsOverview, AlertsQuery, InboxQuery, NotificationOverview
    from reconciler.core.overview.onboarding_page import OnboardingOverview, OnboardingQuery
    from reconciler.core.overview.review_overview import ReviewOverview
    from reconciler.core.overview.run_overview import RunOverview, RunPage, RunQuery
    from reconciler.core.overview.shop_overview import ShopOverview
    from reconciler.core.overview.shop_rows import ShopQuery
    from reconciler.core.overview.table_page import TablePage
    from reconciler.workflows.session import Session

Answer = TypeVar("Answer")

_THREADS: Final = 8
PATIENCE: Final = 4.0
"""Seconds that the backend may take for the page of a shop."""


class ConfiguredConsoleSources:
    """`close()` ends its connections."""

    def __init__(self, settings: Settings) -> None:
        self._store = ReadOnlyStore(settings)
        self._session = read_only_session(settings, self._store)
        self._overviews = ReadOnlyOverviews(self._store)
        self._settings = settings
        self._inbox = ConfiguredInboxAccess(settings)
        self._threads = anyio.CapacityLimiter(_THREADS)

    def close(self) -> None:
        self._store.close()

    async def fleet(self, query: ShopQuery) -> FleetOverview:
        return await self._in_thread(partial(fleet_overview, self._session, self._overviews, query))

    async def shop(self, shop: str) -> ShopOverview | None:
        return await self._looped(partial(self._shop, shop))

    async def onboarding(self, query: OnboardingQuery) -> OnboardingOverview:
        return await self._in_thread(partial(onboarding_overview, self._session, self._overviews, query))

    async def runs(self, query: RunQuery) -> RunPage:
        return await self._in_thread(partial(run_page, self._session, query))

    async def run(self, run: str, page: int = 1) -> RunOverview | None:
        return await self._in_thread(partial(run_overview, self._session, self._overviews, run, page))

    async def reviews(self) -> ReviewOverview:
        return await self._in_thread(partial(review_overview, self._session, self._overviews))

    async def inbox(self, query: InboxQuery) -> InboxOverview:
        name = name_fleet(self._session)
        if not inbox_exists(self._settings):
            return InboxOverview(name=name)
        return await self._looped(partial(inbox_overview, self._inbox, name, query))

    async def notification(self, number: int) -> NotificationOverview | None:
        if not inbox_exists(self._settings):
            return None
        return await self._looped(partial(notification_overview, self._inbox, name_fleet(self._session), number))

    async def alerts(self, query: AlertsQuery) -> AlertsOverview:
        return await self._in_thread(partial(alerts_overview, self._session, self._overviews, query))

    async def _shop(self, shop: str) -> ShopOverview | None:
        notifications = await self._notifications(shop)
        request = ShopRequest(shop=shop, patience=PATIENCE, notifications=notifications)
        return await shop_overview(self._session, self._overviews, request)

    async def _notifications(self, shop: str) -> TablePage | None:
        """None also where the inbox cannot be read: the rest of the page can."""
        if inbox_exists(self._settings):
            with suppress(SetupError, InboxUnavailable, ValueError):
                return await shop_notifications(self._inbox, shop)
        return None

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        return await anyio.to_thread.run_sync(work, limiter=self._threads)

    async def _looped(self, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """With an event loop of its own: what it calls may block. Raises SetupError where the inbox cannot be read."""

        def run() -> Answer:
            try:
                return anyio.run(work)
            except InboxUnavailable as error:
                raise SetupError(Message(str(error))) from None

        return await self._in_thread(run)


def read_only_session(settings: Settings, store: ReadOnlyStore) -> Session:
    """Its stores and its backend cannot be written, and it makes no key."""
    return replace(
        open_session(settings),
        store=ReadOnlyRunStore(settings, store),
        findings=ReadOnlyFindings(store),
        outboxes=ReadOnlyOutboxes(store),
        heals=ReadOnlyHeals(store),
        onboarding=ReadOnlyOnboarding(store),
        reviews=ReadOnlyReviews(store),
        writing=_refuse_writing,
        digest_key=partial(_known_key, settings),
    )


def _refuse_writing(*_: object) -> NoReturn:
    raise SetupError(msg("The console never writes"))


def _known_key(settings: Settings) -> DigestKey:
    """Without a key of this machine no stored secret can be compared: a new key has the same effect."""
    from reconciler.adapters.files.plan_key import load_key

    return load_key(settings.root) or DigestKey(secrets.token_bytes(32))
