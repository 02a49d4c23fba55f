"""Named examples for tests: a shop that goes live, one that leaves, and their desired values; and a function to run a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings, IpnEndpoint, StorefrontState, SystemParts
from reconciler.core.model.state import Desired, MaintenancePolicy
from reconciler.core.planning.guards import AllowList
from reconciler.core.planning.plan import Plan
from reconciler.core.runs.events import Event, StepStarted
from reconciler.core.runs.report import Report
from reconciler.core.values import Registration, ShopKey, StorefrontStatus
from reconciler.ports import LeaseInfo
from reconciler.workflows.execution.run import ApplyContext, apply
from tests.support.auto_clock import PassingClock
from tests.support.fake_backend import ModelBackend, Shop
from tests.support.local_leases import LocalLeases
from tests.support.strategies import CLIENTS, MAILS, SELLERS, TOKENS, World, origin_at, secret


def site_url(key: str) -> str:
    return f"https://{key}.example/ipn"


def bare(key: str = "a", **state: Any) -> Shop:
    """An open shop that has not heard of Amazon; the platform has issued its URL."""
    return Shop(**{"key": ShopKey(key), "site_url": site_url(key)} | state)


def live(key: str = "a", **state: Any) -> Shop:
    """An open shop in which everything is on."""
    on: dict[str, Any] = {
        "key": ShopKey(key),
        "site_url": site_url(key),
        "use_amazon": True,
        "seller_id": SELLERS[0],
        "client_id": CLIENTS[0],
        "token": TOKENS[0],
        "mail": MAILS[0],
        "pay_use": True,
        "pay_regular": True,
        "pre_order": True,
        "subscription": True,
        "output": True,
    }
    return Shop(**on | state)


def desired_with(key: str = "a", /, *, maintenance: MaintenancePolicy | None = None, **values: Any) -> Desired:
    """A desired state with the values that are named, whichever kind they belong to."""
    models = (AmazonSettings, AmazonPayPayment, SystemParts, IpnEndpoint, StorefrontState)
    names = ("amazon_settings", "amazon_pay_payment", "system_parts", "ipn_endpoint", "storefront_status")
    kinds: dict[str, Any] = {}
    for name, model in zip(names, models, strict=True):
        known = {field.name for field in fields(model)}
        mine = {field: values.pop(field) for field in tuple(values) if field in known}
        if mine:
            kinds[name] = model(**mine)
    assert not values, f"no kind has {sorted(values)}"
    return Desired(
        shop=ShopKey(key),
        values=kinds,
        origin=origin_at(1, f"shops/{key}.yaml"),
        maintenance=maintenance or MaintenancePolicy(close_shop=True),
    )


def going_live(key: str = "a") -> World:
    """Writes settings, register, close, switch, reopen, payment, parts."""
    wanted = desired_with(
        key,
        enabled=True,
        seller_id=SELLERS[0],
        client_id=CLIENTS[0],
        mws_auth_token=secret(TOKENS[0]),
        notification_email=MAILS[0],
        registration=Registration.REGISTERED,
        pre_order=True,
        subscription=True,
        messages={"order_area.label": "Amazon", "order_area.message": "one\ntwo"},
    )
    return World(ModelBackend([bare(key)]), (wanted,))


def leaving(key: str = "a") -> World:
    """Writes close, switch, reopen, payment, parts, unregister."""
    wanted = desired_with(
        key,
        enabled=False,
        registration=Registration.ABSENT,
        pre_order=False,
        messages={"order_area.label": "closed for the season"},
    )
    return World(ModelBackend([live(key)], [(SELLERS[0], site_url(key))]), (wanted,))


def opening(key: str = "a") -> World:
    """Writes settings, switch, open: the shop is closed, so there is no bracket."""
    wanted = desired_with(key, enabled=True, notification_email=MAILS[1], status=StorefrontStatus.OPEN)
    return World(ModelBackend([live(key, is_open=False, use_amazon=False)]), (wanted,))


def closing(key: str = "a") -> World:
    """Writes: close, switch. The manifest itself declares the shop closed, so nothing is reopened."""
    return World(ModelBackend([live(key)]), (desired_with(key, enabled=False, status=StorefrontStatus.CLOSED),))


def together(*worlds: World) -> World:
    """The shops of several worlds in one."""
    backend = ModelBackend([shop for world in worlds for shop in world.backend.state.values()])
    for world in worlds:
        for seller, urls in world.backend.urls.items():
            backend.urls.setdefault(seller, set()).update(urls)
    return World(backend, tuple(wanted for world in worlds for wanted in world.desired))


class Memory:
    """A journal that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def record(self, event: Event) -> None:
        self.events.append(event)

    async def record_intent(self, event: StepStarted, lease: LeaseInfo) -> None:  # no store, no rival
        await self.record(event)

    async def record_lazily(self, event: Event) -> None:
        self.events.append(event)


def apply_context(backend: ModelBackend, journal: Memory | None = None, **more: Any) -> ApplyContext:
    numbers = iter(range(10_000))

    def new_key() -> str:
        return f"key-{next(numbers)}"

    clock = PassingClock()
    whenever = AllowList(entries=((codes.OUTSIDE_WINDOW.slug, "*"),))  # what tests show is the same at any hour
    local = {"leases": LocalLeases(clock), "clock": clock, "allowed": whenever} | more
    return ApplyContext(backend=backend, journal=journal or Memory(), new_key=new_key, **local)


def applied(plan: Plan, backend: ModelBackend, journal: Memory | None = None) -> Report:
    return anyio.run(apply, plan, apply_context(backend, journal))


def outcomes(report: Report) -> Mapping[str, str]:
    return {shop.shop: shop.outcome.value for shop in report.shops}
