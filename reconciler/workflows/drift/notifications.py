"""What a drift check tells of notifications: when each shop was last heard of, and where captures happen in silence.

The health of shops by their notifications: captures since the run began that were not heard of.

In: where notifications are heard, and which shops have an endpoint. Out: findings. Without an inbox that can be read nothing is
known, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found, in_order
from reconciler.core.drift.drift import Drift, ShopDrift
from reconciler.core.drift.foreign_endpoints import REGISTRATION, Endpoints, endpoints_of
from reconciler.core.drift.missed_notifications import Hearing, silence
from reconciler.core.model.state import Desired, Observed
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.values import Origin, Registration, ShopKey
from reconciler.ports import Clock, Unusable
from reconciler.ports.notifications import Heard, Notifications

_PLACE: Final = REGISTRATION.declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A shop's endpoints, and the place in its manifest that a finding about them points at."""

    endpoints: Endpoints
    origin: Origin


def seen_of(wish: Desired, observed: Observed) -> dict[ShopKey, Seen]:
    """By the shop's key; nothing where it could not be read."""
    endpoints = endpoints_of(observed)
    return {} if endpoints is None else {wish.shop: Seen(endpoints=endpoints, origin=wish.origin_of(_PLACE))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """Where notifications are heard. A capture that is `patience` old should have been heard of; `memory` is how long a
    notification is kept.
    """

    notifications: Notifications
    clock: Clock
    patience: timedelta
    memory: timedelta


async def with_hearing(drift: Drift, seen: Mapping[ShopKey, Seen], ear: Ear) -> Drift:
    """What was heard cannot spoil the drift: where it cannot be read, a finding says so."""
    now = ear.clock.now()
    try:
        heard = await ear.notifications.heard([shop.shop for shop in drift.shops], now - ear.memory)
    except Unusable as error:
        unread = found(codes.INBOX_UNREAD, error.text, way_on=error.way_on)
        return replace(drift, findings=(*drift.findings, unread))
    due = written(now - ear.patience)
    shops = (_with(shop, heard.get(shop.shop, Heard()), seen.get(shop.shop), due) for shop in drift.shops)
    return replace(drift, shops=tuple(shops))


def _with(shop: ShopDrift, heard: Heard, seen: Seen | None, due: str) -> ShopDrift:
    hearing = hearing_of(heard, registered=seen is not None and seen.endpoints.registered)
    told = None if seen is None else silence(shop.shop, hearing, due, seen.origin)
    return replace(shop, hearing=hearing, findings=in_order((*shop.findings, *([told] if told else []))))


def hearing_of(heard: Heard, *, registered: bool) -> Hearing:
    return Hearing(
        registered=registered,
        last=None if heard.last is None else written(heard.last),
        unheard=heard.unheard,
        unheard_since=None if heard.unheard_since is None else written(heard.unheard_since),
    )


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Implements ports.Health. `expected` are the shops whose endpoint will be registered, each with the place that says so."""

    ear: Ear
    since: datetime
    expected: Mapping[ShopKey, Origin]

    @classmethod
    def to(cls, plan: Plan, ear: Ear) -> Self:
        expected = {shop.shop: shop.origin for shop in plan.shops if _registered(shop)}
        return cls(ear=ear, since=ear.clock.now(), expected=expected)

    async def unwell(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Diagnostic]:
        asked = [shop for shop in shops if shop in self.expected]
        try:
            heard = await self.ear.notifications.heard(asked, self.since) if asked else {}
        except Unusable:
            return {}
        due = written(self.ear.clock.now() - self.ear.patience)
        told = {shop: self._silence(shop, of_shop, due) for shop, of_shop in heard.items()}
        return {shop: why for shop, why in told.items() if why is not None}

    def _silence(self, shop: ShopKey, heard: Heard, due: str) -> Diagnostic | None:
        return silence(shop, hearing_of(heard, registered=True), due, self.expected[shop])


def _registered(shop: ShopPlan) -> bool:
    return any(ref == REGISTRATION and value is Registration.REGISTERED for ref, value in shop.predicted)
