"""Work that ends is started again, later after each failure, and given up after many in a row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
import pytest

from reconciler.scale.supervision import Restarts, Supervision, WorkerGaveUp
from tests.support.auto_clock import PassingClock

pytestmark = pytest.mark.anyio


class Away(Exception):
    """What the work may fail of."""


class Supervised:
    def __init__(self, **restarts: float) -> None:
        self.clock = PassingClock()
        self.stopping = anyio.Event()
        self.waits: list[float] = []
        self.restarts = Restarts(**restarts)

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        await Supervision(
            clock=self.clock,
            stopping=self.stopping,
            expected=(Away,),
            on_failure=lambda _error, wait: self.waits.append(wait),
            restarts=self.restarts,
        ).run(work)


async def test_each_failure_is_followed_by_a_longer_wait_and_the_last_by_none() -> None:
    supervised = Supervised(first=1, longest=4, most=5)

    async def fail() -> None:
        raise Away

    with pytest.raises(WorkerGaveUp) as gave_up:
        await supervised.run(fail)

    assert supervised.waits == [1, 2, 4, 4]
    assert isinstance(gave_up.value.cause, Away)
    assert supervised.clock.monotonic() == sum(supervised.waits)


async def test_work_that_lasted_failed_for_the_first_time() -> None:
    supervised = Supervised(first=1, longest=30, healthy=60, most=3)
    lasts = iter([0, 60, 0])

    async def work() -> None:
        seconds = next(lasts, None)
        if seconds is None:
            supervised.stopping.set()
            return
        await supervised.clock.sleep(seconds)
        raise Away

    await supervised.run(work)

    assert supervised.waits == [1, 1, 2]


async def test_work_that_ends_without_an_error_is_started_again() -> None:
    """The library's worker does where one of its side tasks failed."""
    supervised = Supervised(most=2)

    async def end() -> None:
        return

    with pytest.raises(WorkerGaveUp) as gave_up:
        await supervised.run(end)

    assert gave_up.value.cause is None


async def test_a_stop_during_a_wait_ends_it() -> None:
    supervised = Supervised(first=3600, longest=3600)

    async def fail() -> None:
        supervised.clock.sleep = forever  # type: ignore[assignment]
        raise Away

    async def forever(_seconds: float) -> None:
        supervised.stopping.set()
        await anyio.sleep_forever()

    await supervised.run(fail)

    assert supervised.waits == [3600]


async def test_a_fault_is_raised_as_it_is() -> None:
    async def fault() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await Supervised().run(fault)
