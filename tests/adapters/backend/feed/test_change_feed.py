"""The feed of changes: nothing is missed, whatever clocks, pages, failures and restarts do; at rest it costs almost nothing."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.backend.change_feed import OVERLAP, HttpChangeFeed
from reconciler.core.values import ShopKey
from reconciler.ports import BackendError
from reconciler.ports.watch.change_feed import FeedMissing
from tests.adapters.backend.fakes import config
from tests.adapters.backend.feed.feed_world import FeedWorld, WorldClock

SHOPS = ("a-tea", "b-cups", "c-toys", "d-knives", "e-silk")
YEARS = 4 * 365 * 86400.0


def world(**settings: float) -> FeedWorld:
    made = FeedWorld(clock=WorldClock(), **settings)
    for shop in SHOPS:
        made.change(shop)
    made.clock.seconds += 10_000
    return made


def shops_of(*keys: str) -> frozenset[ShopKey]:
    return frozenset(map(ShopKey, keys))


@pytest.mark.anyio
async def test_without_a_cursor_all_shops_are_named_and_then_only_what_changed() -> None:
    backend = world()
    async with backend.feed() as feed:
        first = await feed.changed_since(None)
        assert first.shops == shops_of(*SHOPS)
        nothing = await feed.changed_since(first.cursor)
        assert nothing.shops == frozenset()
        backend.change("c-toys")
        second = await feed.changed_since(nothing.cursor)
        assert second.shops == shops_of("c-toys")
        assert (await feed.changed_since(second.cursor)).shops == frozenset()


@pytest.mark.anyio
async def test_two_changes_within_one_second_are_two() -> None:
    backend = world()
    async with backend.feed() as feed:
        cursor = (await feed.changed_since(None)).cursor
        for _ in range(2):
            backend.change("a-tea")
            page = await feed.changed_since(cursor)
            assert page.shops == shops_of("a-tea")
            cursor = page.cursor


@pytest.mark.anyio
async def test_at_rest_the_answer_is_first_not_modified_and_then_empty() -> None:
    backend = world()
    async with backend.feed(page_size=500) as feed:
        cursor = (await feed.changed_since(None)).cursor
        backend.change("a-tea")
        for _ in range(40):
            backend.clock.seconds += 10
            cursor = (await feed.changed_since(cursor)).cursor
        backend.answered.clear()
        backend.served.clear()
        assert (await feed.changed_since(cursor)).shops == frozenset()
    assert (backend.answered, backend.served) == ([304], {})


@pytest.mark.anyio
async def test_an_older_cursor_gets_what_it_has_not_seen_also_from_a_page_that_did_not_change() -> None:
    """Where the cursor could not be saved."""
    backend = world()
    async with backend.feed(page_size=500) as feed:
        old = (await feed.changed_since(None)).cursor
        for _ in range(3):
            old = (await feed.changed_since(old)).cursor
        backend.change("a-tea")
        assert (await feed.changed_since(old)).shops == shops_of("a-tea")
        assert (await feed.changed_since(old)).shops == shops_of("a-tea")
    assert 304 in backend.answered


@pytest.mark.anyio
@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"backend": 1, "since": 2, "seen": 3}', "null", "7"])
async def test_what_is_no_cursor_starts_again(text: str) -> None:
    async with world().feed() as feed:
        assert (await feed.changed_since(text)).shops == shops_of(*SHOPS)


@pytest.mark.anyio
async def test_a_cursor_of_another_backend_starts_again() -> None:
    backend = world()
    async with backend.feed() as feed:
        cursor = (await feed.changed_since(None)).cursor
    other = HttpChangeFeed(config("http://other.invalid"), backend.clock, backend.feed()._client._wire.transport)
    async with other as feed:
        assert (await feed.changed_since(cursor)).shops == shops_of(*SHOPS)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [403, 404])
async def test_a_client_that_may_not_ask_has_no_feed(status: int) -> None:
    backend = world()
    backend.status = status
    async with backend.feed() as feed:
        with pytest.raises(FeedMissing, match="SHOP_KEY_MISMATCH"):
            await feed.changed_since(None)


@pytest.mark.anyio
async def test_a_client_of_one_shop_has_no_feed() -> None:
    settings = config("http://127.0.0.1:1", shop_scope=ShopKey("a-tea"))
    async with HttpChangeFeed(settings, WorldClock()) as feed:
        with pytest.raises(FeedMissing, match="single shop"):
            await feed.changed_since(None)


@pytest.mark.anyio
async def test_a_backend_that_fails_is_asked_again_with_the_same_cursor() -> None:
    backend = world()
    async with backend.feed() as feed:
        cursor = (await feed.changed_since(None)).cursor
        backend.change("e-silk")
        backend.status = 500
        with pytest.raises(BackendError):
            await feed.changed_since(cursor)
        backend.status = 200
        assert (await feed.changed_since(cursor)).shops == shops_of("e-silk")


@pytest.mark.anyio
async def test_items_that_are_no_shops_are_skipped_and_times_that_are_none_are_reported_once() -> None:
    backend = world()
    backend.change("not a shop key!")
    backend.shops["b-cups"].updated = "9999-99-99T00:00:00"
    async with backend.feed(page_size=500) as feed:
        first = await feed.changed_since(None)
        assert first.shops == shops_of(*SHOPS)
        assert (await feed.changed_since(first.cursor)).shops == frozenset()


class Watching:
    """Polls a world as a watcher does, and knows which changes it must have received."""

    def __init__(self, backend: FeedWorld) -> None:
        self.backend = backend
        self.feed = backend.feed()
        self.cursor: str | None = None
        self.known: dict[str, int] = {}

    async def poll(self, during: Callable[[], None], *, fail_at: int | None = None) -> None:
        """`during` is called before each page. `fail_at`: that page is not answered."""
        backend, pages = self.backend, 0
        before = {key: shop.version for key, shop in backend.shops.items()}

        def next_page() -> None:
            nonlocal pages
            pages += 1
            during()
            backend.status = 500 if pages == fail_at else 200

        backend.before_page, backend.served = next_page, {}
        try:
            page = await self.feed.changed_since(self.cursor)
        except BackendError:
            return
        finally:
            backend.before_page, backend.status = lambda: None, 200
        self.cursor = page.cursor
        for shop in page.shops:
            self.known[shop] = max(self.known.get(shop, 0), backend.served.get(shop, before.get(shop, 0)))
        missed = {
            key: (version, self.known.get(key)) for key, version in before.items() if self.known.get(key, 0) < version
        }
        assert missed == {}

    async def restart(self) -> None:
        await self.feed.__aexit__(None, None, None)
        self.feed = self.backend.feed()


OFF = st.floats(-(OVERLAP - 1) / 2, (OVERLAP - 1) / 2)
"""Late commits, and machines whose clocks differ."""
CHANGE = st.tuples(st.just("change"), st.sampled_from(SHOPS), OFF)
STEPS = st.one_of(
    CHANGE,
    st.tuples(st.just("wait"), st.floats(0, 3 * OVERLAP)),
    st.tuples(st.just("poll"), st.lists(st.tuples(st.floats(0, 200), st.lists(CHANGE, max_size=3)), max_size=4)),
    st.tuples(st.just("fail"), st.integers(1, 3)),
    st.tuples(st.just("restart")),
    st.tuples(st.just("wrong time"), st.sampled_from(SHOPS), st.sampled_from([YEARS, 5 * 3600.0])),
)
AHEAD = st.sampled_from([0.0, 0.0, 7.0, -7.0, 3 * 3600.0, -3 * 3600.0])


@given(st.lists(STEPS, min_size=5, max_size=60), AHEAD, AHEAD)
def test_no_change_is_missed(steps: list[tuple], own: float, theirs: float) -> None:
    """`own` is how far our clock is wrong, `theirs` the backend's."""

    async def story() -> None:
        backend = world(ahead=theirs)
        backend.clock.ahead = own
        watching = Watching(backend)
        for step in [*steps, ("poll", [])]:
            match step:
                case ("change", shop, off):
                    backend.change(shop, off)
                case ("wrong time", shop, off):
                    backend.change(shop, off if own == theirs else YEARS)
                case ("wait", seconds):
                    backend.clock.seconds += seconds
                case ("restart",):
                    await watching.restart()
                case ("fail", page):
                    await watching.poll(lambda: None, fail_at=page)
                case ("poll", pages):
                    await watching.poll(_in_turn(backend, pages))
        await watching.restart()

    asyncio.run(story())


def _in_turn(backend: FeedWorld, pages: list[tuple[float, list[tuple[str, str, float]]]]) -> Callable[[], None]:
    left = list(pages)

    def during() -> None:
        if left:
            seconds, changes = left.pop(0)
            backend.clock.seconds += seconds
            for _, shop, off in changes:
                backend.change(shop, off)

    return during
