"""The feed of changes says of each change of a shop's settings that it happened, with any author and at any place."""

from collections.abc import AsyncIterator, Callable

import pytest

from reconciler.adapters.backend.change_feed import HttpChangeFeed
from reconciler.adapters.clock import SystemClock
from reconciler.core.values import ShopKey
from reconciler.embedded.actors.world import World
from tests.contract.conftest import Kept
from tests.contract.world import WORLD

pytestmark = pytest.mark.anyio
SELLER = "A1CONTRACT0001"
OTHER = "https://other.example/ipn"
ALL = frozenset(ShopKey(shop["shopKey"]) for shop in WORLD["shops"])

Act = Callable[[World], object]
ACTS: dict[str, tuple[Act, str]] = {
    "a merchant edits 連携情報": (
        lambda world: world.merchant_edits("live-shop", {"notificationEmail": "new@live-shop.example"}),
        "live-shop",
    ),
    "a merchant edits a text": (
        lambda world: world.merchant_edits("live-shop", {"ORDER_AREA.label": "x"}),
        "live-shop",
    ),
    "a merchant sets 自動連携": (lambda world: world.merchant_edits("new-shop", {"autoLink": False}), "new-shop"),
    "a merchant closes the shop": (
        lambda world: world.merchant_edits("live-shop", {"storefront": "CLOSED"}),
        "live-shop",
    ),
    "a merchant opens the shop": (
        lambda world: world.merchant_edits("closed-shop", {"storefront": "OPEN"}),
        "closed-shop",
    ),
    "an endpoint is registered": (lambda world: world.merchant_registers_endpoint(SELLER, OTHER), "live-shop"),
    "the platform turns 利用設定 off": (lambda world: world.platform_turns_off("live-shop"), "live-shop"),
    "a contract is made": (
        lambda world: world.platform_entitles("plain-shop", commerceCreator="RUNNING"),
        "plain-shop",
    ),
    "an application is withdrawn": (lambda world: world.platform_entitles("new-shop", payOption=False), "new-shop"),
    "Amazon revokes the access": (lambda world: world.amazon_revokes("live-shop"), "live-shop"),
}


@pytest.fixture
async def feed(kept: Kept) -> AsyncIterator[HttpChangeFeed]:
    async with HttpChangeFeed(kept.config(page_size=2), SystemClock(), kept.transport) as made:
        yield made


async def test_each_act_is_noticed_once(feed: HttpChangeFeed, world: World) -> None:
    page = await feed.changed_since(None)
    assert page.shops == ALL
    noticed = {}
    for name, (act, _) in ACTS.items():
        act(world)
        page = await feed.changed_since(page.cursor)
        noticed[name] = set(page.shops)
        page = await feed.changed_since(page.cursor)
        assert page.shops == frozenset(), name
    assert noticed == {name: {ShopKey(shop)} for name, (_, shop) in ACTS.items()}


async def test_an_endpoint_is_noticed_in_every_shop_of_its_seller(feed: HttpChangeFeed, world: World) -> None:
    world.merchant_edits("strayed-shop", {"sellerId": SELLER})
    page = await feed.changed_since(None)
    world.merchant_registers_endpoint(SELLER, OTHER)
    page = await feed.changed_since(page.cursor)
    assert page.shops == {ShopKey("live-shop"), ShopKey("strayed-shop")}
    world.merchant_removes_endpoint(SELLER, OTHER)
    assert (await feed.changed_since(page.cursor)).shops == {ShopKey("live-shop"), ShopKey("strayed-shop")}


async def test_what_is_no_setting_of_a_shop_is_not_in_the_feed(feed: HttpChangeFeed, world: World) -> None:
    """Only a look at the whole fleet sees it: the list of a seller whom no shop names."""
    page = await feed.changed_since(None)
    world.merchant_registers_endpoint("A1NOBODY00001", OTHER)
    assert (await feed.changed_since(page.cursor)).shops == frozenset()


async def test_a_new_shop_is_in_the_feed(feed: HttpChangeFeed, world: World) -> None:
    page = await feed.changed_since(None)
    world.seed({"shops": [{"shopKey": "later-shop"}]})
    assert (await feed.changed_since(page.cursor)).shops == {ShopKey("later-shop")}
