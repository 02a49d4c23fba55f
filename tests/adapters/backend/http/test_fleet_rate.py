"""The turns of several processes in one rate, over a bucket that they share."""

from __future__ import annotations

import anyio
import pytest

from reconciler.adapters.backend.http.fleet_rate import FleetRate
from reconciler.core.diagnostics.messages import msg
from reconciler.core.fleet.request_bucket import RequestBucket
from reconciler.ports import SetupError
from reconciler.ports.fleet.shared_limits import GrantedRequests
from tests.support.auto_clock import PassingClock

pytestmark = pytest.mark.anyio


class SharedBucket:
    """Implements ports.fleet.SharedRequests in memory. `fails`: the store cannot be used."""

    def __init__(self, clock: PassingClock, most: float) -> None:
        self.clock = clock
        self.bucket = RequestBucket.empty(most, 0.0)
        self.taken = 0
        self.fails = False

    def take(self, count: int) -> GrantedRequests:
        self._check()
        self.taken += 1
        self.bucket = self.bucket.take(count, self.clock.monotonic())
        return GrantedRequests(count=count, wait=self.bucket.wait, per_second=self.bucket.per_second)

    def halve(self) -> float:
        self._check()
        self.bucket = self.bucket.halve(self.clock.monotonic())
        return self.bucket.per_second

    def _check(self) -> None:
        if self.fails:
            raise SetupError(msg("The store {place} cannot be used: {reason}", place="x", reason="y"))


async def _send(rate: FleetRate, count: int) -> None:
    for _ in range(count):
        await rate.wait()


async def test_two_processes_together_keep_the_rate() -> None:
    clock = PassingClock()
    shared = SharedBucket(clock, 20.0)
    async with anyio.create_task_group() as group:
        for _ in range(2):
            group.start_soon(_send, FleetRate(clock, shared, 20.0), 50)
    assert clock.monotonic() >= 100 / 20 - 1


async def test_requests_cost_few_statements() -> None:
    clock = PassingClock()
    shared = SharedBucket(clock, 100.0)
    await _send(FleetRate(clock, shared, 100.0), 1000)
    assert shared.taken == 40


async def test_a_refusal_at_one_process_halves_the_rate_of_both() -> None:
    clock = PassingClock()
    shared = SharedBucket(clock, 20.0)
    one, other = (FleetRate(clock, shared, 20.0) for _ in range(2))
    await _send(one, 1)
    await _send(other, 1)
    one.answered(429)
    await _send(one, 1)
    assert one.rate == pytest.approx(10.0, abs=0.6)
    await clock.sleep(0.6)  # what is left of a portion is not used for longer
    await _send(other, 1)
    assert other.rate < 13.0
    assert one.throttled == 1


async def test_other_answers_change_nothing() -> None:
    clock = PassingClock()
    rate = FleetRate(clock, SharedBucket(clock, 20.0), 20.0)
    for status in (200, 503, None):
        rate.answered(status)
    await _send(rate, 1)
    assert (rate.rate, rate.throttled) == (20.0, 0)


async def test_without_the_store_the_process_goes_on_at_the_rate_it_knew() -> None:
    clock = PassingClock()
    shared = SharedBucket(clock, 10.0)
    rate = FleetRate(clock, shared, 10.0)
    shared.fails = True
    await _send(rate, 10)
    assert clock.monotonic() == pytest.approx(1.0)
    rate.answered(429)
    await _send(rate, 10)
    assert clock.monotonic() == pytest.approx(3.0)
