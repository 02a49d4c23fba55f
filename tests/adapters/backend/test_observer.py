"""Reading a few shops one by one, and what a bad backend does to each of them."""

import gzip
import json
import tracemalloc

import anyio
import pytest

from reconciler.adapters.backend import HttpObserver, WireEnvironment
from reconciler.core.diagnostics import codes
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import Observed, Unknown
from reconciler.core.values import ShopKey
from reconciler.ports import RequestLogEntry, Unauthorised, Unexpected, Unreachable
from tests.adapters.backend.fakes import SHOP, FakeClock, collected, config, fleet, integration, page
from tests.support.stub_http_server import Loopback, Saying, answer, problem, raw, silence

pytestmark = pytest.mark.anyio

OTHER = ShopKey("osaka-tea")


def route(shop: str) -> str:
    return f"GET /admin-api/v1/shops/{shop}/integration"


def code_of(shop: Observed) -> str | None:
    why = {read.reason.code.slug for read in shop.reads.values() if isinstance(read, Unknown)}
    assert len(why) < 2
    return why.pop() if why else None


def reported(shop: Observed) -> str:
    read = next(read for read in shop.reads.values() if isinstance(read, Unknown))
    return str(read.reason.summary)


async def test_a_few_shops_are_read_one_by_one(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), answer(integration()))
    server.on(route(OTHER), answer(integration(OTHER)))
    async with HttpObserver(config(server.url), clock) as observer:
        shops = await collected(observer.observe([SHOP, OTHER, SHOP]))
        assert set(shops) == {SHOP, OTHER}
        assert shops[SHOP].kind(AmazonSettings).enabled is True
        assert observer.requests[0] == RequestLogEntry(method="POST", path="/oauth/token", status=200)
        assert sorted(line.path for line in observer.requests[1:]) == [
            f"/admin-api/v1/shops/{SHOP}/integration",
            f"/admin-api/v1/shops/{OTHER}/integration",
        ]
    assert {seen.headers.get("x-shop-key") for seen in server.seen} == {None, SHOP, OTHER}


async def test_no_shops_no_requests(server: Loopback, clock: FakeClock) -> None:
    async with HttpObserver(config(server.url), clock) as observer:
        assert await collected(observer.observe([])) == {}
        assert observer.requests == ()


async def test_a_reader_has_no_way_to_write(server: Loopback, clock: FakeClock) -> None:
    observer = HttpObserver(config(server.url), clock)
    assert not hasattr(observer, "execute")
    assert not hasattr(observer._reading, "execute")


async def test_the_sandbox_is_requested(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url, environment=WireEnvironment.SANDBOX), clock) as observer:
        shop = (await collected(observer.observe([SHOP])))[SHOP]
    assert server.last.query == {"environment": "SANDBOX"}
    assert "environment is not the requested one" in reported(shop)


async def test_an_unknown_shop_is_its_own_affair(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        shops = await collected(observer.observe([SHOP, OTHER]))
        assert observer.requests[-1].status in {200, 404}
    assert (code_of(shops[SHOP]), code_of(shops[OTHER])) == (None, "shop-unknown")


async def test_all_shops_unknown_is_no_failure(server: Loopback, clock: FakeClock) -> None:
    async with HttpObserver(config(server.url), clock) as observer:
        shops = await collected(observer.observe([SHOP, OTHER]))
    assert {code_of(shop) for shop in shops.values()} == {"shop-unknown"}


DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
WHOLE = json.dumps(integration()).encode()


@pytest.mark.parametrize(
    ("saying", "slug", "words"),
    [
        (answer(b"<html><body>Login</body></html>"), "unexpected", "a web page, not JSON"),
        (answer(WHOLE[:-20]), "unexpected", "the answer is not JSON"),
        (answer(b""), "unexpected", "the answer is empty"),
        (answer(b"[]"), "unexpected", "not a JSON object"),
        (answer(b'{"a": NaN}'), "unexpected", "not JSON"),
        (answer(b'{"a": ' + b"9" * 5000 + b"}"), "unexpected", "not JSON"),
        (answer(DEEP), "unexpected", "nested too deep"),
        (answer(b'{"a": "\xff"}'), "unexpected", "not UTF-8"),
        (answer(WHOLE, 202), "unexpected", "status 202 is not part of the API"),
        (
            answer(WHOLE, 302, Location="https://elsewhere.example/"),
            "unexpected",
            "redirect (302); redirects are not followed",
        ),
        (
            answer({"status": "failed", "errors": [{"code": "NOT_YET", "message": "later"}]}),
            "rejected",
            "NOT_YET: “later”",
        ),
        (answer({"status": "failed"}), "rejected", "HTTP_200: no reason was given"),
        (problem(403, "SHOP_KEY_MISMATCH"), "rejected", "SHOP_KEY_MISMATCH"),
        (problem(418, "not a code"), "rejected", "HTTP_418: “so it is”"),
        (answer(b"<html>", 404), "unexpected", "HTTP_404: the answer is a web page"),
        (answer({"shopKey": 1}), "unexpected", "shopKey: expected a string, found a number"),
        (answer(WHOLE, Content_Encoding="gzip"), "unexpected", "the answer's compression is invalid"),
        (
            answer(gzip.compress(WHOLE)[:-30], Content_Encoding="gzip"),
            "unexpected",
            "the answer's compression is invalid",
        ),
        (answer(WHOLE, Content_Encoding="br"), "unexpected", "the answer's compression is invalid"),
        (answer(integration(OTHER)), "unexpected", "the answer is for another shop than"),
    ],
)
async def test_a_bad_answer_poisons_its_shop_alone(
    server: Loopback, clock: FakeClock, saying: Saying, slug: str, words: str
) -> None:
    server.on(route(OTHER), answer(integration(OTHER)))
    server.on(route(SHOP), saying)
    async with HttpObserver(config(server.url), clock) as observer:
        shops = await collected(observer.observe([SHOP, OTHER]))
    assert code_of(shops[OTHER]) is None
    assert code_of(shops[SHOP]) == slug
    assert words in reported(shops[SHOP])
    assert clock.slept == []
    assert server.asked(route(SHOP)) == 1


async def test_a_compressed_answer_is_read(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), answer(gzip.compress(WHOLE), Content_Encoding="gzip"))
    async with HttpObserver(config(server.url), clock) as observer:
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None
    assert server.last.headers["accept-encoding"] == "gzip"


BOMB = gzip.compress(b" " * 50_000_000)


@pytest.mark.parametrize("saying", [answer(b" " * 100_001), answer(BOMB, Content_Encoding="gzip")])
async def test_a_giant_answer_is_not_taken(server: Loopback, clock: FakeClock, saying: Saying) -> None:
    server.on(route(SHOP), saying)
    async with HttpObserver(config(server.url, max_body=100_000), clock) as observer:
        await observer._client._tokens.current()
        tracemalloc.start()
        shops = await collected(observer.observe([SHOP]))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert "larger than 100000 bytes" in reported(shops[SHOP])
    assert peak < 3_000_000, "it is not even inflated"


async def test_a_connection_that_is_refused(server: Loopback, clock: FakeClock) -> None:
    async with Loopback() as gone:
        url = gone.url
    async with HttpObserver(config(url), clock) as observer:
        with pytest.raises(
            Unreachable, match=r"POST /oauth/token to http://127\.0\.0\.1:\d+: no connection could be made"
        ):
            await collected(observer.observe([SHOP]))
        assert [line.status for line in observer.requests] == [None, None, None]
    assert len(clock.slept) == 2


async def test_silence_ends_in_time(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), silence)
    server.on(route(OTHER), answer(integration(OTHER)))
    async with HttpObserver(config(server.url, read_timeout=0.2), clock) as observer:
        shops = await collected(observer.observe([SHOP, OTHER]))
        assert [line.status for line in observer.requests].count(None) == 3
    assert (code_of(shops[SHOP]), code_of(shops[OTHER])) == ("unreachable", None)
    assert "no answer in time" in reported(shops[SHOP])


async def test_an_answer_that_trickles_in_for_ever(server: Loopback, clock: FakeClock) -> None:
    async def trickle(seen, writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n ")
        await writer.drain()
        await silence(seen, writer)

    server.on(route(SHOP), trickle)
    async with HttpObserver(config(server.url, answer_timeout=0.3), clock) as observer:
        with pytest.raises(Unreachable, match="the answer took too long"):
            await collected(observer.observe([SHOP]))


async def test_a_connection_cut_in_the_answer(server: Loopback, clock: FakeClock) -> None:
    cut = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    server.on(route(SHOP), cut, answer(integration()))
    server.on(route(OTHER), cut)
    async with HttpObserver(config(server.url), clock) as observer:
        shops = await collected(observer.observe([SHOP, OTHER]))
    assert code_of(shops[SHOP]) is None, "asked again"
    assert "the connection was closed during the answer" in reported(shops[OTHER])
    assert server.asked(route(OTHER)) == 3


@pytest.mark.parametrize("content", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 2x0 OK\r\n\r\n"])
async def test_a_connection_cut_before_the_answer(server: Loopback, clock: FakeClock, content: bytes) -> None:
    server.on(route(SHOP), raw(content), raw(content), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None
    assert server.asked(route(SHOP)) == 3


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_is_retried(server: Loopback, clock: FakeClock, status: int) -> None:
    server.on(route(SHOP), problem(status, "INTERNAL_ERROR"), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None
        assert [line.status for line in observer.requests] == [200, status, 200]
    assert len(clock.slept) == 1


@pytest.mark.parametrize(
    ("saying", "kind", "words"),
    [
        (
            problem(503, "MAINTENANCE", "until 05:00"),
            codes.MAINTENANCE,
            "MAINTENANCE: the platform is under maintenance (“until 05:00”)",
        ),
        (answer(b"<html>Bad gateway</html>", 502), codes.UNREACHABLE, "HTTP_502: the answer is a web page"),
        (answer(b"", 504), codes.UNREACHABLE, "HTTP_504: the answer is empty"),
    ],
)
async def test_nothing_at_all_can_be_read(server, clock: FakeClock, saying, kind, words) -> None:
    server.on(route(SHOP), saying)
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unreachable) as caught:
            await collected(observer.observe([SHOP]))
    assert caught.value.code == kind
    assert words in str(caught.value)
    assert caught.value.request == route(SHOP)


async def test_when_something_could_be_read_nothing_is_raised(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), problem(503, "MAINTENANCE"))
    async with HttpObserver(config(server.url), clock) as observer:
        shops = await collected(observer.observe([SHOP, OTHER]))
    assert (code_of(shops[SHOP]), code_of(shops[OTHER])) == ("maintenance", "shop-unknown")


async def test_what_failed_before_the_first_response_is_shown_after_it(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), problem(503, "MAINTENANCE"))
    server.on(route(OTHER), slowly(answer(integration(OTHER)), 0.1))
    async with HttpObserver(config(server.url), clock) as observer:
        found = [shop.shop async for shop in observer.observe([SHOP, OTHER])]
    assert found == [SHOP, OTHER]


async def test_a_backend_that_is_gone_is_not_asked_for_each_shop(server: Loopback, clock: FakeClock) -> None:
    shops = fleet(20)
    for shop in shops:
        server.on(route(shop), problem(503, "MAINTENANCE"))
    for shop in shops[:8]:
        server.on(route(shop), answer(integration(shop)))
    async with HttpObserver(config(server.url, in_flight=1), clock) as observer:
        found = await collected(observer.observe(shops))
    assert [code_of(found[shop]) for shop in shops] == [None] * 8 + ["maintenance"] * 12
    assert server.asked(route(shops[11])) == 3
    assert server.asked(route(shops[12])) == 0


async def test_no_more_requests_at_a_time_than_allowed(server: Loopback, clock: FakeClock) -> None:
    shops = fleet(20)
    for shop in shops:
        server.on(route(shop), slowly(answer(integration(shop))))
    async with HttpObserver(config(server.url, in_flight=3), clock) as observer:
        found = await collected(observer.observe(shops))
    assert all(code_of(shop) is None for shop in found.values())
    assert server.most == 3


async def test_a_client_of_one_shop_never_asks_in_bulk(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url, shop_scope=SHOP), clock) as observer:
        found = await collected(observer.observe([SHOP, *fleet(30)]))
        assert [shop async for shop in observer.shops()] == [SHOP]
    assert code_of(found[SHOP]) is None
    assert server.seen[0].headers["x-shop-key"] == SHOP
    assert server.asked("GET /admin-api/v1/integrations") == 0


async def test_a_reader_that_stops_early_leaves_nothing_behind(server: Loopback, clock: FakeClock) -> None:
    server.on("GET /admin-api/v1/integrations", answer(page(*fleet(30))))
    async with HttpObserver(config(server.url), clock) as observer:
        async for _shop in observer.observe(fleet(30)):
            break
        async for _key in observer.shops():
            break


async def test_wrong_credentials(server: Loopback, clock: FakeClock) -> None:
    server.on("POST /oauth/token", problem(401, "INVALID_CLIENT"))
    async with HttpObserver(config(server.url), clock) as observer:
        for _ in range(2):
            with pytest.raises(Unauthorised, match="POST /oauth/token: INVALID_CLIENT"):
                await collected(observer.observe(fleet(20)))
    assert len(server.seen) == 1, "wrong credentials stay wrong"


async def test_a_listing_without_a_page(server: Loopback, clock: FakeClock) -> None:
    server.on("GET /admin-api/v1/integrations", answer({"items": None, "nextUrl": None}))
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unexpected, match="no list of items"):
            [shop async for shop in observer.shops()]


def slowly(saying: Saying, seconds: float = 0.005) -> Saying:
    async def say(seen, writer) -> None:
        await anyio.sleep(seconds)
        await saying(seen, writer)

    return say
