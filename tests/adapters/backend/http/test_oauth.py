"""The access token: fetched once, renewed in time, renewed when it is refused, and not more often."""

from base64 import b64encode

import anyio
import pytest

from reconciler.adapters.backend import HttpObserver
from reconciler.ports import Unauthorised, Unexpected, Unreachable
from tests.adapters.backend.fakes import CLIENT_SECRET, SHOP, FakeClock, collected, config, fleet, integration
from tests.adapters.backend.test_observer import code_of, route, slowly
from tests.support.stub_http_server import Loopback, Saying, answer, problem, silence, token

pytestmark = pytest.mark.anyio

TOKEN = "POST /oauth/token"


def bearers(server: Loopback) -> list[str]:
    return [seen.headers["authorization"] for seen in server.seen if seen.path != "/oauth/token"]


async def test_the_client_names_itself(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        await collected(observer.observe([SHOP]))
    first = server.seen[0]
    assert first.body == b"grant_type=client_credentials"
    assert first.headers["content-type"] == "application/x-www-form-urlencoded"
    assert first.headers["authorization"] == "Basic " + b64encode(f"operator:{CLIENT_SECRET}".encode()).decode()


async def test_one_token_for_many_at_once(server: Loopback, clock: FakeClock) -> None:
    for shop in fleet(20):
        server.on(route(shop), answer(integration(shop)))
    async with HttpObserver(config(server.url), clock) as observer:
        await collected(observer.observe(fleet(20)))
        await collected(observer.observe(fleet(20)))
    assert server.asked(TOKEN) == 1


async def test_a_token_is_renewed_before_it_ends(server: Loopback, clock: FakeClock) -> None:
    server.on(TOKEN, token("one", 3600), token("two", 3600))
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        for seconds in (0, 3539, 1):
            await clock.sleep(seconds)
            await collected(observer.observe([SHOP]))
    assert bearers(server) == ["Bearer one", "Bearer one", "Bearer two"]


async def test_a_token_that_is_refused_mid_run_is_renewed_once_for_all(server: Loopback, clock: FakeClock) -> None:
    server.on(TOKEN, token("old"), token("new"))

    def by_token(shop: str) -> Saying:
        async def say(seen, writer) -> None:
            fresh = seen.headers["authorization"] == "Bearer new"
            await (answer(integration(shop)) if fresh else problem(401, "INVALID_TOKEN"))(seen, writer)

        return say

    for number, shop in enumerate(fleet(20)):
        # Half of the refusals arrive when the new token is there already.
        server.on(route(shop), slowly(by_token(shop), 0.05) if number % 2 else by_token(shop))
    async with HttpObserver(config(server.url), clock) as observer:
        found = await collected(observer.observe(fleet(20)))
    assert {code_of(shop) for shop in found.values()} == {None}
    assert server.asked(TOKEN) == 2


async def test_a_token_that_is_never_taken(server: Loopback, clock: FakeClock) -> None:
    server.on(TOKEN, token("one"), token("two"), token("three"))
    server.on(route(SHOP), problem(401, "INVALID_TOKEN"))
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unauthorised, match="INVALID_TOKEN"):
            await collected(observer.observe([SHOP]))
    assert bearers(server) == ["Bearer one", "Bearer two"]


@pytest.mark.parametrize(
    "saying",
    [problem(400, "INVALID_CLIENT"), answer({"error": "invalid_client"}, 400), problem(403, "SHOP_KEY_MISMATCH")],
)
async def test_other_words_for_wrong_credentials(server: Loopback, clock: FakeClock, saying: Saying) -> None:
    server.on(TOKEN, saying)
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unauthorised):
            await collected(observer.observe([SHOP]))


@pytest.mark.parametrize(
    "grant",
    [
        {},
        {"access_token": "", "expires_in": 3600},
        {"access_token": "a b", "expires_in": 3600},
        {"access_token": "a\r\nX-Evil: 1", "expires_in": 3600},
        {"access_token": "é", "expires_in": 3600},
        {"access_token": "x" * 5000, "expires_in": 3600},
        {"access_token": "t"},
        {"access_token": "t", "expires_in": True},
        {"access_token": "t", "expires_in": 0},
        {"access_token": "t", "expires_in": 10**12},
        {"access_token": "t", "expires_in": 3600, "token_type": None},
        {"access_token": "t", "expires_in": 3600, "token_type": "mac"},
        {"access_token": "t", "expires_in": 3600, "token_type": ["Bearer"]},
    ],
)
async def test_a_grant_that_cannot_be_used(server: Loopback, clock: FakeClock, grant: dict[str, object]) -> None:
    server.on(TOKEN, answer({"token_type": "Bearer", **grant}))
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unexpected, match=r"POST /oauth/token: the .*answer"):
            await observer._client.get("/x")


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER"])
async def test_a_token_is_sent_as_the_type_that_it_is(server: Loopback, clock: FakeClock, word: str) -> None:
    server.on(TOKEN, answer({"access_token": "t", "expires_in": 3600, "token_type": word}, etag=None))
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None


async def test_a_token_of_no_type_is_not_sent(server: Loopback, clock: FakeClock) -> None:
    server.on(TOKEN, answer({"access_token": "t", "expires_in": 3600}))
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unexpected, match="token_type"):
            await observer._client.get("/x")


async def test_a_failed_grant_is_retried_by_the_next_request(server: Loopback, clock: FakeClock) -> None:
    server.on(TOKEN, *[problem(500, "INTERNAL_ERROR")] * 3, token())
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unexpected):
            await observer._client.get("/x")
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None


async def test_who_waited_for_a_failure_shares_it(server: Loopback, clock: FakeClock) -> None:
    server.on(TOKEN, problem(503, "MAINTENANCE"))
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unreachable):
            await collected(observer.observe(fleet(20)))
    assert server.asked(TOKEN) == 3, "three tries of one, not of twenty"


async def test_a_wait_that_is_given_up_leaves_the_way_free(server: Loopback, clock: FakeClock) -> None:
    server.on(TOKEN, silence, token())
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        with anyio.move_on_after(0.05):
            await observer._client.get("/x")
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None


@pytest.mark.parametrize("refusal", [problem(401, "INVALID_CLIENT"), answer({"no": 1}, 403), answer({"no": 1}, 400)])
async def test_a_renewal_that_is_refused_once_is_retried(server: Loopback, clock: FakeClock, refusal: Saying) -> None:
    server.on(TOKEN, token("old"), refusal, token("new"))
    server.on(route(SHOP), answer(integration()), problem(401, "INVALID_TOKEN"), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        for _ in range(2):
            assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None
    assert bearers(server)[-1] == "Bearer new"


async def test_a_refused_first_grant_is_retried_with_growing_waits(server: Loopback, clock: FakeClock) -> None:
    server.on(TOKEN, *[problem(401, "INVALID_CLIENT")] * 3, token())
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        for wait, asked in ((0.0, 1), (0.9, 1), (0.2, 2), (1.8, 2), (0.3, 3), (3.9, 3)):
            await clock.sleep(wait)
            with pytest.raises(Unauthorised):
                await collected(observer.observe([SHOP]))
            assert server.asked(TOKEN) == asked
        await clock.sleep(0.2)
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None


async def test_credentials_that_stay_refused_are_not_asked_for_by_every_shop(
    server: Loopback, clock: FakeClock
) -> None:
    server.on(TOKEN, token("old"), problem(401, "INVALID_CLIENT"))
    server.on(route(SHOP), problem(401, "INVALID_TOKEN"))
    async with HttpObserver(config(server.url), clock) as observer:
        for _ in range(20):
            with pytest.raises(Unauthorised):
                await collected(observer.observe([SHOP]))
    assert server.asked(TOKEN) == 4, "the grant, and one renewal with its retries"
