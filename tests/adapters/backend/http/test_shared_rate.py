"""One rate for the requests of several clients: spaced over all shops, halved by a 429, raised again."""

from datetime import timedelta

import pytest

from reconciler.adapters.backend import HttpObserver
from reconciler.adapters.backend.http.shared_rate import SharedRate
from tests.adapters.backend.fakes import FakeClock, collected, config, fleet, integration
from tests.adapters.backend.test_observer import route
from tests.support.stub_http_server import Loopback, answer, problem

pytestmark = pytest.mark.anyio


async def test_requests_of_all_shops_share_one_rate(clock: FakeClock) -> None:
    rate = SharedRate(clock, 2)
    for _ in range(7):
        await rate.wait()
    assert sum(clock.slept) == pytest.approx(2.0)


async def test_a_refusal_halves_the_rate_and_time_raises_it(clock: FakeClock) -> None:
    rate = SharedRate(clock, 20)
    rate.answered(429)
    assert (rate.rate, rate.throttled) == (10, 1)
    clock.time += timedelta(seconds=5)
    rate.answered(200)
    assert rate.rate == 15


async def test_a_request_without_an_answer_is_no_refusal(clock: FakeClock) -> None:
    rate = SharedRate(clock, 20)
    rate.answered(None)
    assert (rate.rate, rate.throttled) == (20, 0)


async def test_clients_that_share_a_rate_slow_down_together(server: Loopback, clock: FakeClock) -> None:
    rate = SharedRate(clock, 100)
    shops = fleet(2)
    server.on(route(shops[0]), problem(429, "THROTTLED", Retry_After="1"), answer(integration(shops[0])))
    server.on(route(shops[1]), answer(integration(shops[1])))
    async with HttpObserver(config(server.url), clock, rate=rate) as observer:
        await collected(observer.observe(shops[:1]))
    slowed = rate.rate
    async with HttpObserver(config(server.url), clock, rate=rate) as observer:
        await collected(observer.observe(shops[1:]))
    assert (rate.throttled, slowed < 100, slowed <= rate.rate) == (1, True, True)
