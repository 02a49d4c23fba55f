"""The number of requests per second and shop, by the injected clock."""

from datetime import timedelta

import anyio
import pytest

from reconciler.adapters.backend import HttpObserver
from reconciler.adapters.backend.http import rate_limit as module
from reconciler.adapters.backend.http.rate_limit import RateLimiter
from tests.adapters.backend.fakes import SHOP, FakeClock, collected, config, fleet, integration
from tests.adapters.backend.test_observer import route
from tests.support.stub_http_server import Loopback, answer

pytestmark = pytest.mark.anyio


async def test_requests_of_one_shop_are_spaced(clock: FakeClock) -> None:
    pacing = RateLimiter(clock, 2)
    for _ in range(4):
        await pacing.wait(SHOP)
    assert clock.slept == [0.5, 0.5, 0.5]


async def test_requests_of_one_shop_at_once_are_spaced(clock: FakeClock) -> None:
    pacing = RateLimiter(clock, 1)
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(pacing.wait, SHOP)
    assert clock.slept == [1.0] * 4


async def test_shops_do_not_wait_for_each_other(clock: FakeClock) -> None:
    pacing = RateLimiter(clock, 1)
    for shop in fleet(50):
        await pacing.wait(shop)
    assert clock.slept == []


async def test_who_comes_later_need_not_wait(clock: FakeClock) -> None:
    pacing = RateLimiter(clock, 1)
    await pacing.wait(SHOP)
    clock.time += timedelta(seconds=0.75)
    await pacing.wait(SHOP)
    assert clock.slept == [0.25]


async def test_a_clock_that_is_set_back_costs_one_gap(clock: FakeClock) -> None:
    pacing = RateLimiter(clock, 1)
    await pacing.wait(SHOP)
    clock.time -= timedelta(hours=1)
    await pacing.wait(SHOP)
    assert clock.slept == [1.0]


async def test_unlimited(clock: FakeClock) -> None:
    pacing = RateLimiter(clock, None)
    for _ in range(5):
        await pacing.wait(SHOP)
    assert clock.slept == []


async def test_idle_lanes_are_forgotten(clock: FakeClock) -> None:
    pacing = RateLimiter(clock, 1)
    for number in range(module._KEPT + 100):
        await pacing.wait(f"shop-{number}")
        clock.time += timedelta(seconds=1)
    assert len(pacing._lanes) <= 100


async def test_a_slow_lane_does_not_hold_up_the_others(server: Loopback, clock: FakeClock) -> None:
    for shop in fleet(3):
        server.on(route(shop), answer(integration(shop)))
    async with HttpObserver(config(server.url, requests_per_second=1, in_flight=1), clock) as observer:
        await collected(observer.observe(fleet(3)))
        assert clock.slept == []
        await collected(observer.observe(fleet(3)))
    assert clock.slept == [1.0], "one second for all three, because each has its own"
    assert len(server.seen) == 7
