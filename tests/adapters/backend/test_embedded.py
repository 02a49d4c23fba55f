"""The adapter against the embedded backend, in this process: pages, clients, environments, programmed faults."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.backend import HttpBackend, HttpObserver, WireEnvironment
from reconciler.adapters.backend.http.transport import in_process
from reconciler.core.model.kinds import AmazonSettings, IpnEndpoint, StorefrontState
from reconciler.core.values import Registration, ShopKey, StorefrontStatus
from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.ports import Conflict, Locked, Rejected, Unauthorised, Unreachable, WriteRequest
from tests.adapters.backend.fakes import CLIENT_SECRET, SELLER, FakeClock, collected, config, fleet, secret
from tests.adapters.backend.test_observer import code_of, reported

pytestmark = pytest.mark.anyio

FLEET = fleet(50)
OPEN, CLOSED = FLEET[0], FLEET[1]
URL = "http://embedded.invalid"


def seeded(shop: ShopKey) -> dict[str, Any]:
    settings = {"sellerId": f"{SELLER[:-2]}{shop[-2:]}"} if shop != CLOSED else {}
    storefront = "CLOSED" if shop == CLOSED else "OPEN"
    return {"shopKey": shop, "storefront": storefront, "amazonSettings": settings}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    clients = [
        {"clientId": "operator", "secret": {"value": CLIENT_SECRET}},
        {"clientId": "of-one-shop", "secret": {"value": CLIENT_SECRET}, "shopKey": OPEN},
    ]
    seed = {"shops": [seeded(shop) for shop in FLEET], "clients": clients}
    made = create_app(EmbeddedConfig(database=tmp_path / "backend.sqlite", seed=seed))
    yield made
    World.of(made).close()


def backend(app: Any, clock: FakeClock, **settings: Any) -> HttpBackend:
    return HttpBackend(config(URL, **settings), clock, in_process(app))


async def test_a_fleet_in_pages(app: Any, clock: FakeClock) -> None:
    async with HttpObserver(config(URL, page_size=20), clock, in_process(app)) as observer:
        found = await collected(observer.observe(FLEET))
        assert {code_of(shop) for shop in found.values()} == {None}
        assert [shop for shop in FLEET if found[shop].kind(StorefrontState).status is StorefrontStatus.CLOSED] == [
            CLOSED
        ]
        assert [line.path for line in observer.requests[1:]] == ["/admin-api/v1/integrations"] * 3
        assert [shop async for shop in observer.shops()] == FLEET


async def test_pages_and_single_reads_return_the_same(app: Any, clock: FakeClock) -> None:
    async with backend(app, clock) as adapter:
        bulk = await collected(adapter.observe(FLEET))
        single = await collected(adapter.observe(FLEET[:10]))
    assert single == {shop: bulk[shop] for shop in FLEET[:10]}


async def test_a_client_of_one_shop(app: Any, clock: FakeClock) -> None:
    own = {"client_id": "of-one-shop", "shop_scope": OPEN}
    settings = config(URL)
    scoped = type(settings)(**{name: getattr(settings, name) for name in settings.__dataclass_fields__} | own)
    async with HttpBackend(scoped, clock, in_process(app)) as adapter:
        found = await collected(adapter.observe([OPEN, CLOSED]))
        assert [shop async for shop in adapter.shops()] == [OPEN]
    assert code_of(found[OPEN]) is None
    assert "SHOP_KEY_MISMATCH" in reported(found[CLOSED])


async def test_wrong_credentials(app: Any, clock: FakeClock) -> None:
    wrong = replace(config(URL), client_secret=secret("another"))
    async with HttpObserver(wrong, clock, in_process(app)) as observer:
        with pytest.raises(Unauthorised, match="INVALID_CLIENT"):
            await collected(observer.observe(FLEET))


async def test_a_write_and_what_refuses_it(app: Any, clock: FakeClock) -> None:
    async with backend(app, clock) as adapter:
        shops = await collected(adapter.observe([OPEN, CLOSED]))
        settings = shops[CLOSED].reads["amazon_settings"]
        one = WriteRequest(
            shop=CLOSED, kind="amazon_settings", values={"enabled": True}, version=settings.version, key="k"
        )
        receipt = await adapter.execute(one)
        assert receipt.now.value.enabled is True
        with pytest.raises(Conflict):
            await adapter.execute(one)
        again = await collected(adapter.observe([CLOSED]))
        assert again[CLOSED].reads["amazon_settings"] == receipt.now
        version = shops[OPEN].reads["amazon_settings"].version
        values = {"enabled": True}
        with pytest.raises(Locked, match="SHOP_OPEN"):
            await adapter.execute(
                WriteRequest(shop=OPEN, kind="amazon_settings", values=values, version=version, key="k")
            )


async def test_an_endpoint_of_the_sandbox(app: Any, clock: FakeClock) -> None:
    async with backend(app, clock, environment=WireEnvironment.SANDBOX) as adapter:
        shop = (await collected(adapter.observe([OPEN])))[OPEN]
        seller, url = shop.kind(AmazonSettings).seller_id, shop.kind(AmazonSettings).merchant_site_url
        assert shop.kind(IpnEndpoint).registration is Registration.ABSENT
        for version in (shop.reads["ipn_endpoint"].version, ""):
            values = {"registration": Registration.REGISTERED, "seller_id": seller, "url": url}
            receipt = await adapter.execute(
                WriteRequest(shop=OPEN, kind="ipn_endpoint", values=values, version=version, key="k")
            )
            assert receipt.now.value.registration is Registration.REGISTERED
        assert (await collected(adapter.observe([OPEN])))[OPEN].reads["ipn_endpoint"] == receipt.now
    async with backend(app, clock) as production:
        shop = (await collected(production.observe([OPEN])))[OPEN]
    assert shop.kind(IpnEndpoint).registration is Registration.ABSENT


async def test_a_text_that_is_rejected(app: Any, clock: FakeClock) -> None:
    async with backend(app, clock) as adapter:
        shop = (await collected(adapter.observe([OPEN])))[OPEN]
        version = shop.reads["system_parts"].version
        values = {"messages": {"no_such_part.label": "x"}}
        with pytest.raises(Rejected) as caught:
            await adapter.execute(WriteRequest(shop=OPEN, kind="system_parts", values=values, version=version, key="k"))
    assert caught.value.reason == "UNKNOWN_PART"


async def test_maintenance_stops_a_fleet(app: Any, clock: FakeClock) -> None:
    World.of(app).maintenance(on=True)
    async with backend(app, clock) as adapter:
        with pytest.raises(Unreachable, match="MAINTENANCE"):
            await collected(adapter.observe(FLEET))


async def test_a_response_that_is_cut_after_the_write(app: Any, clock: FakeClock) -> None:
    async with backend(app, clock) as adapter:
        before = (await collected(adapter.observe([CLOSED])))[CLOSED].reads["storefront_status"]
        values = {"status": StorefrontStatus.OPEN}
        one = WriteRequest(shop=CLOSED, kind="storefront_status", values=values, version=before.version, key="k")
        for kind in ("CUT_BEFORE", "CUT_AFTER"):
            app.state.faults.add(kind, method="PUT")
            with pytest.raises(Unreachable) as caught:
                await adapter.execute(one)
            assert caught.value.happened is None, "from here the two look the same"
        after = (await collected(adapter.observe([CLOSED])))[CLOSED]
    assert after.kind(StorefrontState) == StorefrontState(status=StorefrontStatus.OPEN)


async def test_a_write_that_is_put_off(app: Any, clock: FakeClock) -> None:
    app.state.faults.add("TOO_MANY_REQUESTS", method="PUT", retry_after=4)
    async with backend(app, clock) as adapter:
        before = (await collected(adapter.observe([CLOSED])))[CLOSED].reads["storefront_status"]
        values = {"status": StorefrontStatus.OPEN}
        await adapter.execute(
            WriteRequest(shop=CLOSED, kind="storefront_status", values=values, version=before.version, key="k")
        )
    assert clock.slept == [4]


@pytest.mark.parametrize("seed", range(5))
async def test_under_random_failures_each_shop_is_right_or_unknown(app: Any, clock: FakeClock, seed: int) -> None:
    kinds = ("TOO_MANY_REQUESTS", "INTERNAL_ERROR", "CUT_BEFORE", "CUT_AFTER", "STALE_READ", "MAINTENANCE")
    async with backend(app, clock, in_flight=8) as adapter:
        found = await collected(adapter.observe(FLEET[:1]))
        app.state.faults.randomly(seed, dict.fromkeys(kinds, 0.07))
        for start in range(0, 50, 10):
            found |= await collected(adapter.observe(FLEET[start : start + 10]))
    assert sorted(found) == FLEET
    for shop in FLEET:
        settings = found[shop].kind(AmazonSettings)
        assert code_of(found[shop]) or (found[shop].shop, settings.merchant_site_url.rpartition("/")[2]) == (shop, shop)
    assert sum(code_of(shop) is None for shop in found.values()) > 40
