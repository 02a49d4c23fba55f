"""Reading many shops in pages, and what a page may not do."""

from typing import Any

import pytest

from reconciler.adapters.backend import HttpObserver
from reconciler.core.model.state import Observed
from reconciler.core.values import ShopKey
from reconciler.ports import Unexpected, Unreachable
from tests.adapters.backend.fakes import SHOP, FakeClock, collected, config, fleet, integration, page
from tests.adapters.backend.test_observer import code_of, reported, route
from tests.support.stub_http_server import Loopback, Saying, answer, problem

pytestmark = pytest.mark.anyio

BULK = "GET /admin-api/v1/integrations"
PATH = "/admin-api/v1/integrations"
FLEET = fleet(60)


def paged(server: Loopback, *pages: Any) -> None:
    """Pages that lead from one to the next."""
    nexts = [*(f"{server.url}{PATH}?cursor={number}" for number in range(1, len(pages))), None]
    server.on(BULK, *(answer({**one, "nextUrl": url}) for one, url in zip(pages, nexts, strict=True)))


async def observed(server: Loopback, clock: FakeClock, shops: Any = FLEET, **settings: Any) -> dict[str, Observed]:
    async with HttpObserver(config(server.url, **settings), clock) as observer:
        return await collected(observer.observe(shops))


def slugs(found: dict[str, Observed]) -> list[str | None]:
    return [code_of(found[shop]) for shop in sorted(found)]


async def test_pages_are_followed_to_the_end(server: Loopback, clock: FakeClock) -> None:
    paged(server, page(*FLEET[:30]), page(*FLEET[30:]))
    found = await observed(server, clock, page_size=30)
    assert slugs(found) == [None] * 60
    assert server.seen[1].query == {"limit": "30", "environment": "PRODUCTION"}
    assert server.last.query == {"cursor": "1"}
    assert all(found[shop].shop == shop for shop in FLEET)


async def test_the_requested_are_picked_and_the_missing_reported(server: Loopback, clock: FakeClock) -> None:
    paged(server, page("aaa", *FLEET[:50], "zzz"))
    found = await observed(server, clock)
    assert slugs(found) == [None] * 50 + ["shop-unknown"] * 10


async def test_once_all_are_seen_no_page_is_requested(server: Loopback, clock: FakeClock) -> None:
    paged(server, page(*FLEET), page("zzz"))
    assert slugs(await observed(server, clock)) == [None] * 60
    assert server.asked(BULK) == 1


async def test_pages_that_bring_little_are_left_once_asking_one_by_one_costs_no_more(
    server: Loopback, clock: FakeClock
) -> None:
    """Three pages cost as much as the 45 shops that they leave."""
    paged(server, page(*FLEET[:5], "zzx"), page(*FLEET[5:10], "zzy"), page(*FLEET[10:15], "zzz"), page(*FLEET[15:]))
    for shop in FLEET[15:59]:
        server.on(route(shop), answer(integration(shop)))
    found = await observed(server, clock)
    assert slugs(found) == [None] * 59 + ["shop-unknown"]
    assert server.asked(BULK) == 3


async def test_hundreds_that_are_not_there_are_not_asked_for_one_by_one(server: Loopback, clock: FakeClock) -> None:
    paged(server, page("zzx"), page("zzy"), page("zzz"))
    missing = [ShopKey(f"missing-{number}") for number in range(500)]
    found = await observed(server, clock, shops=missing)
    assert set(slugs(found)) == {"shop-unknown"}
    assert server.asked(BULK) == 3
    assert not any(server.asked(route(shop)) for shop in missing)


async def test_a_client_that_may_not_read_in_bulk(server: Loopback, clock: FakeClock) -> None:
    server.on(BULK, problem(403, "SHOP_KEY_MISMATCH"))
    for shop in FLEET:
        server.on(route(shop), answer(integration(shop)))
    assert slugs(await observed(server, clock)) == [None] * 60


@pytest.mark.parametrize(
    "saying",
    [problem(500, "INTERNAL_ERROR"), answer(b"<html>"), problem(403, "SHOP_KEY_MISMATCH"), answer({"nextUrl": None})],
)
async def test_a_page_that_fails_poisons_only_what_was_not_seen(server, clock: FakeClock, saying: Saying) -> None:
    server.on(BULK, answer(page(*FLEET[:30], next_url=f"{server.url}{PATH}?cursor=1")), saying)
    found = await observed(server, clock)
    assert slugs(found)[:30] == [None] * 30
    assert set(slugs(found)[30:]) <= {"unexpected", "rejected"}
    assert None not in slugs(found)[30:]


async def test_nothing_at_all(server: Loopback, clock: FakeClock) -> None:
    server.on(BULK, problem(503, "MAINTENANCE"))
    with pytest.raises(Unreachable, match="MAINTENANCE"):
        await observed(server, clock)


async def test_an_invalid_first_page_is_reported_for_each_shop(server: Loopback, clock: FakeClock) -> None:
    server.on(BULK, answer(b"<html>"))
    assert set(slugs(await observed(server, clock))) == {"unexpected"}


@pytest.mark.parametrize(
    ("next_url", "words"),
    [
        ("http://elsewhere.example:{port}{path}?cursor=1", "another scheme, host or port"),
        ("https://127.0.0.1:{port}{path}?cursor=1", "another scheme, host or port"),
        ("http://127.0.0.1:1{path}?cursor=1", "another scheme, host or port"),
        ("http://127.0.0.1{path}?cursor=1", "another scheme, host or port"),
        ("http://user@127.0.0.1:{port}{path}?cursor=1", "another scheme, host or port"),
        ("http://127.0.0.1:{port}@elsewhere.example{path}", "another scheme, host or port"),
        ("//127.0.0.1:{port}{path}", "another scheme, host or port"),
        ("{path}?cursor=1", "another scheme, host or port"),
        ("http://127.0.0.1:{port}/elsewhere", "another route"),
        ("http://127.0.0.1:99999{path}", "nextUrl is not an address"),
        ("http://[{path}", "nextUrl is not an address"),
        ("http://127.0.0.1:{port}{path}?cursor=é", "nextUrl is not an address"),
        (7, "nextUrl is missing or not a string"),
        (False, "nextUrl is missing or not a string"),
        ("http://127.0.0.1:{port}{path}?limit=500&environment=PRODUCTION", "the pages do not end"),
    ],
)
async def test_a_next_page_that_leads_astray(server, clock: FakeClock, next_url: Any, words: str) -> None:
    if isinstance(next_url, str):
        next_url = next_url.replace("{port}", str(server.port)).replace("{path}", PATH)
    server.on(BULK, answer(page(*FLEET[:30], next_url=next_url)))
    found = await observed(server, clock)
    assert slugs(found) == [None] * 30 + ["unexpected"] * 30
    bad = {reported(found[shop]) for shop in FLEET[30:]}
    assert len(bad) == 1
    assert words in bad.pop()
    assert server.asked(BULK) == 1


async def test_an_unneeded_next_page_is_not_read(server: Loopback, clock: FakeClock) -> None:
    server.on(BULK, answer(page(*FLEET, next_url="http://elsewhere.example/")))
    assert slugs(await observed(server, clock)) == [None] * 60


async def test_a_page_without_a_word_of_the_next(server: Loopback, clock: FakeClock) -> None:
    server.on(BULK, answer({"items": page(*FLEET[:30])["items"]}))
    found = await observed(server, clock)
    assert {reported(found[shop]) for shop in FLEET[30:]} == {f"{BULK}: nextUrl is missing or not a string"}


async def test_a_listing_that_goes_round(server: Loopback, clock: FakeClock) -> None:
    first = answer(page("a-shop", next_url=f"{server.url}{PATH}?cursor=1"))
    second = answer(page("b-shop", next_url=f"{server.url}{PATH}?cursor=2"))
    again = answer(page("a-shop", "b-shop", next_url=f"{server.url}{PATH}?cursor=3"))
    server.on(BULK, first, second, again)
    keys = []
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unexpected, match="do not end"):  # noqa: PT012  # what came before counts too
            async for key in observer.shops():
                keys.append(key)  # noqa: PERF401
    assert keys == ["a-shop", "b-shop"]
    assert server.asked(BULK) == 3


async def test_a_shop_twice_on_a_page_is_believed_in_nothing(server: Loopback, clock: FakeClock) -> None:
    twice = [integration(FLEET[0], storefront__status="OPEN"), integration(FLEET[0], storefront__status="CLOSED")]
    server.on(BULK, answer({"items": twice + page(*FLEET[1:])["items"], "nextUrl": None}))
    found = await observed(server, clock)
    assert slugs(found) == ["unexpected"] + [None] * 59
    assert "is twice on a page" in reported(found[FLEET[0]])


async def test_a_shop_on_two_pages_is_reported_once(server: Loopback, clock: FakeClock) -> None:
    paged(server, page(*FLEET[:30]), page(*FLEET[29:]))
    async with HttpObserver(config(server.url), clock) as observer:
        seen = [shop.shop async for shop in observer.observe(FLEET)]
    assert seen == FLEET


async def test_an_item_with_another_shops_values(server: Loopback, clock: FakeClock) -> None:
    items = page(*FLEET)["items"]
    items[3]["amazonPay"] = items[4]["amazonPay"]
    server.on(BULK, answer({"items": items, "nextUrl": None}))
    found = await observed(server, clock)
    assert [shop for shop in FLEET if code_of(found[shop])] == [FLEET[3]]


async def test_an_item_without_a_key_may_be_any_shop(server: Loopback, clock: FakeClock) -> None:
    items = page(*FLEET[1:])["items"]
    server.on(BULK, answer({"items": [None, {}, *items], "nextUrl": None}))
    found = await observed(server, clock)
    assert slugs(found) == ["unexpected"] + [None] * 59
    assert "some items have no readable key (2)" in reported(found[FLEET[0]])


async def test_all_shops_are_listed(server: Loopback, clock: FakeClock) -> None:
    paged(server, page(*FLEET[:30]), page(*FLEET[30:]))
    async with HttpObserver(config(server.url), clock) as observer:
        assert [shop async for shop in observer.shops()] == FLEET


async def test_diagnostics_without_a_shop_are_after_the_shops(server: Loopback, clock: FakeClock) -> None:
    server.on(BULK, answer(page("Kyoto Tea", SHOP)))
    keys: list[ShopKey] = []
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unexpected, match="the list contains items that are not shops"):  # noqa: PT012
            async for key in observer.shops():
                keys.append(key)  # noqa: PERF401
    assert keys == [SHOP]
