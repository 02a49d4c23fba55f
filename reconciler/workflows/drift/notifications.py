"""What a drift check reports about notifications: each shop's last one, and captures without notifications.

The health of shops by their notifications: captures since the start of the run without a notification.

In: the inbox, and which shops have an endpoint. Out: diagnostics. Without a readable inbox nothing is known and nothing is
reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Self

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.drift.drift import Drift, ShopDrift, most_severe_first
from reconciler.core.drift.foreign_endpoints import REGISTRATION, Endpoints, endpoints_of
from reconciler.core.drift.missed_notifications import NotificationState, missed_notification_diagnostic
from reconciler.core.model.state import Desired, Observed
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.values import Origin, Registration, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.ports.notifications import NotificationSource, NotificationStats

_PLACE: Final = REGISTRATION.manifest_path


@frozen
class SeenShop:
    """A shop's endpoints, and the place in its manifest that a finding about them points at."""

    endpoints: Endpoints
    origin: Origin


def seen_of(desired: Desired, observed: Observed) -> dict[ShopKey, SeenShop]:
    """By the shop's key; nothing where it could not be read."""
    endpoints = endpoints_of(observed)
    return {} if endpoints is None else {desired.shop: SeenShop(endpoints=endpoints, origin=desired.origin_of(_PLACE))}


async def with_notifications(drift: Drift, seen: Mapping[ShopKey, SeenShop], ear: NotificationSource) -> Drift:
    """What was heard cannot spoil the drift: where it cannot be read, a finding says so."""
    now = ear.clock.now()
    try:
        heard = await ear.notifications.stats([shop.shop for shop in drift.shops], now - ear.memory)
    except SetupError as error:
        unread = diagnostic(codes.INBOX_UNREAD, error.text, hint=error.hint)
        return replace(drift, findings=(*drift.findings, unread))
    due = format_utc(now - ear.patience)
    shops = (_with(shop, heard.get(shop.shop, NotificationStats()), seen.get(shop.shop), due) for shop in drift.shops)
    return replace(drift, shops=most_severe_first(shops))


def _with(shop: ShopDrift, heard: NotificationStats, seen: SeenShop | None, due: str) -> ShopDrift:
    hearing = notification_state(heard, registered=seen is not None and seen.endpoints.registered)
    finding = None if seen is None else missed_notification_diagnostic(shop.shop, hearing, due, seen.origin)
    if finding is None:
        return replace(shop, notifications=hearing)
    findings = sort_diagnostics((*shop.findings, finding))
    return replace(shop, notifications=hearing, missed_notifications=True, findings=findings)


def notification_state(heard: NotificationStats, *, registered: bool) -> NotificationState:
    return NotificationState(
        registered=registered,
        last=None if heard.last is None else format_utc(heard.last),
        missed_captures=heard.missed_captures,
        missed_since=None if heard.missed_since is None else format_utc(heard.missed_since),
    )


@frozen
class NotificationProbe:
    """Implements ports.ShopHealthProbe. `expected` are the shops whose endpoint will be registered, each with the place that
    says so.
    """

    ear: NotificationSource
    since: datetime
    expected: Mapping[ShopKey, Origin]

    @classmethod
    def for_plan(cls, plan: Plan, ear: NotificationSource) -> Self:
        expected = {shop.shop: shop.origin for shop in plan.shops if _registered(shop)}
        return cls(ear=ear, since=ear.clock.now(), expected=expected)

    async def unhealthy(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Diagnostic]:
        asked = [shop for shop in shops if shop in self.expected]
        try:
            heard = await self.ear.notifications.stats(asked, self.since) if asked else {}
        except SetupError:
            return {}
        due = format_utc(self.ear.clock.now() - self.ear.patience)
        silent = {shop: self._silence(shop, of_shop, due) for shop, of_shop in heard.items()}
        return {shop: why for shop, why in silent.items() if why is not None}

    def _silence(self, shop: ShopKey, heard: NotificationStats, due: str) -> Diagnostic | None:
        return missed_notification_diagnostic(
            shop, notification_state(heard, registered=True), due, self.expected[shop]
        )


def _registered(shop: ShopPlan) -> bool:
    return any(ref == REGISTRATION and value is Registration.REGISTERED for ref, value in shop.predicted)
