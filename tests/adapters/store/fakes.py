"""Fixtures for the tests of the store: a clock that is set by the test, runs, and a plan with a closure and a secret."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
from sqlalchemy import delete

from reconciler.adapters.store.db import alert_tables, finding_tables, fleet_tables, review_tables  # noqa: F401  # their tables are wiped and compared as well
from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings
from reconciler.core.model.state import Desired, MaintenancePolicy
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.events import Event
from reconciler.core.values import Origin, Secret, SecretRef, ShopKey
from reconciler.ports import RunInfo
from tests.adapters.store.all_tables import metadata
from tests.support.auto_clock import elapsed
from tests.support.fake_backend import ModelBackend, Shop

START = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
KEY = DigestKey(b"a key of the tests")
TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"
SHOP = ShopKey("kyoto-tea")
OTHER = ShopKey("nara-ink")

CLOSE, SWITCH, CHECK, REOPEN, AFTER, LAST = 1, 2, 3, 4, 5, 6
"""The steps of `plan()`, after the first, which writes the API values."""


class ManualClock:
    """Implements ports.Clock; the time changes only when the test sets it."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        return elapsed(self.time)

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


def info(run: str = "run-1", **other) -> RunInfo:
    usual = RunInfo(
        run=run,
        actor="operator",
        host="build-7",
        pid=4711,
        command="reconciler apply",
        version="0.1.0",
        started=START,
        fingerprint="sha256:00",
        commit="13b1597",
    )
    return replace(usual, **other)


def plan(*keys: ShopKey, token: str = TOKEN) -> Plan:
    """Shops that are open, to be switched on: API values, then a bracket around 利用設定, then 予約販売."""
    shops = [Shop(key=key, site_url=f"https://{key}.example/ipn") for key in keys or (SHOP,)]
    backend = ModelBackend(shops, set())
    return build_plan(plan_shop(desired_with(shop.key, token), backend.look(shop.key), RequestPace()) for shop in shops)


def desired_with(key: ShopKey, token: str) -> Desired:
    settings = AmazonSettings(
        enabled=True,
        seller_id="A1EXAMPLE234567",
        client_id="amzn1.application-oa2-client.0123456789abcdef0123456789abcdef",
        mws_auth_token=Secret(token, SecretRef("ref+env://TOKEN")),
        notification_email="pay@kyoto-tea.example",
    )
    return Desired(
        shop=key,
        values={"amazon_settings": settings, "amazon_pay_payment": AmazonPayPayment(pre_order=True)},
        origin=Origin(f"shops/{key}.yaml"),
        maintenance=MaintenancePolicy(close_shop=True),
    )


def journal(store: Store, run: str = "run-1", *, of: Plan | None = None, clock=None) -> StoreJournal:
    return StoreJournal(store, info(run), of or plan(), clock or ManualClock(), KEY)


def tell(to: StoreJournal, events: Iterable[Event]) -> None:
    """From outside an event loop."""

    async def each() -> None:
        for event in events:
            await to.record(event)

    anyio.run(each)


def wipe(store: Store) -> None:
    with store.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
