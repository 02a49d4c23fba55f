"""Single shops that are read at the same time share a request, and each is found as its own route shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from reconciler.adapters.backend import HttpBackend
from reconciler.core.model.state import Known, Observed
from reconciler.core.values import ShopKey
from reconciler.ports import BackendError, Unreachable
from tests.adapters.backend.fakes import FakeClock, config, integration
from tests.adapters.backend.test_observer import code_of
from tests.support.stub_http_server import Loopback, Saying, answer, problem, raw

pytestmark = pytest.mark.anyio

BULK = "GET /admin-api/v1/integrations"
SHOPS = [ShopKey(f"shop-{number}") for number in range(3)]


@pytest.fixture
async def backend(server: Loopback, clock: FakeClock) -> AsyncIterator[HttpBackend]:
    server.on("GET /admin-api/v1/capabilities", answer({"capabilities": ["bulk-read"]}))
    for shop in SHOPS:
        server.on(own_route(shop), answer(integration(shop, storefront__status="CLOSED")))
    async with HttpBackend(config(server.url), clock) as adapter:
        yield adapter


def own_route(shop: str) -> str:
    return f"GET /admin-api/v1/shops/{shop}/integration"


def page(*shops: str, **changed: Any) -> Saying:
    return answer({"items": [integration(shop) for shop in shops], "nextUrl": None, **changed})


async def read(backend: HttpBackend, *shops: ShopKey) -> list[str]:
    """Each by itself, at the same time: the status of its storefront, or why it is not known."""
    found: dict[ShopKey, str] = {}

    async def one(shop: ShopKey) -> None:
        try:
            (seen,) = [seen async for seen in backend.observe([shop])]
        except BackendError as error:
            found[shop] = type(error).__name__
        else:
            found[shop] = status_of(seen)

    async with anyio.create_task_group() as group:
        for shop in shops:
            group.start_soon(one, shop)
    return [found[shop] for shop in shops]


def status_of(seen: Observed) -> str:
    storefront = seen.reads["storefront_status"]
    return str(storefront.value.status.name) if isinstance(storefront, Known) else str(code_of(seen))


async def test_reads_of_the_same_time_are_one_request(backend: HttpBackend, server: Loopback) -> None:
    server.on(BULK, page(*reversed(SHOPS)))
    assert await read(backend, *SHOPS) == ["OPEN"] * 3
    assert server.last.query == {"shopKeys": ",".join(SHOPS), "limit": "3", "environment": "PRODUCTION"}
    assert [(line.path, line.items) for line in backend.requests][2:] == [("/admin-api/v1/integrations", 3)]


async def test_a_read_that_is_alone_takes_its_own_route(backend: HttpBackend, server: Loopback) -> None:
    assert await read(backend, SHOPS[0]) == ["CLOSED"]
    assert server.asked(BULK) == 0


async def test_a_backend_without_it_is_read_one_by_one(backend: HttpBackend, server: Loopback) -> None:
    server.on("GET /admin-api/v1/capabilities", answer({"capabilities": ["bulk-write"]}))
    assert await read(backend, *SHOPS) == ["CLOSED"] * 3
    assert server.asked(BULK) == 0


@pytest.mark.parametrize(
    "saying",
    [page(SHOPS[0], SHOPS[2]), page(SHOPS[0], SHOPS[1], SHOPS[1], SHOPS[2])],
    ids=["missing", "twice"],
)
async def test_a_shop_that_is_not_once_on_the_page_is_read_by_its_own_route(
    backend: HttpBackend, server: Loopback, saying: Saying
) -> None:
    server.on(BULK, saying)
    assert await read(backend, *SHOPS) == ["OPEN", "CLOSED", "OPEN"]


async def test_an_unknown_shop_is_unknown_as_ever(backend: HttpBackend, server: Loopback) -> None:
    server.on(BULK, page(*SHOPS))
    found = await read(backend, *SHOPS, ShopKey("nowhere"))
    assert found[:3] == ["OPEN"] * 3
    assert "shop-unknown" in found[3]


async def test_another_shops_data_is_not_believed(backend: HttpBackend, server: Loopback) -> None:
    wrong = {**integration(SHOPS[1]), "shopKey": SHOPS[0]}
    server.on(BULK, answer({"items": [wrong, integration(SHOPS[1])], "nextUrl": None}))
    found = await read(backend, *SHOPS[:2])
    assert "unexpected" in found[0]
    assert found[1] == "OPEN"


async def test_a_backend_that_is_gone_is_so_for_each(backend: HttpBackend, server: Loopback) -> None:
    server.on(BULK, raw(b""))
    assert await read(backend, *SHOPS) == [Unreachable.__name__] * 3


async def test_what_cannot_be_understood_leaves_each_shop_unknown(backend: HttpBackend, server: Loopback) -> None:
    server.on(BULK, answer({"items": None}))
    assert ["unexpected" in why for why in await read(backend, *SHOPS)] == [True] * 3


@pytest.mark.parametrize("saying", [problem(403, "SHOP_KEY_MISMATCH"), problem(422, "VALIDATION_ERROR")])
async def test_a_route_that_refuses_is_not_asked_again(backend: HttpBackend, server: Loopback, saying: Saying) -> None:
    server.on(BULK, saying)
    for _ in range(2):
        assert await read(backend, *SHOPS) == ["CLOSED"] * 3
    assert server.asked(BULK) == 1


async def test_an_address_stays_short(backend: HttpBackend, server: Loopback) -> None:
    async def echo(seen: Any, writer: Any) -> None:
        await page(*seen.query["shopKeys"].split(","))(seen, writer)

    server.on(BULK, echo)
    shops = [ShopKey(f"a-shop-with-quite-a-long-key-{number:04}") for number in range(400)]
    assert set(await read(backend, *shops)) == {"OPEN"}
    assert max(len(seen.target) for seen in server.seen) < 8_000
    assert server.asked(BULK) > 1
