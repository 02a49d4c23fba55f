"""One process works on an inbox, the others wait: with the store's own leases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.adapters.store.runs.process_identity import Process, this_process
from reconciler.core.values import ShopKey
from reconciler.ipn.runtime.leader_election import WORK, LeaderElection
from reconciler.ipn.runtime.supervisor import run_supervised
from reconciler.ports import RunInfo
from tests.ipn.worker_harness import Recorder, StillClock
from tests.support.sns_signer import NOW

pytestmark = pytest.mark.anyio


@pytest.fixture
def store(tmp_path: Path):
    opened = open_store(tmp_path / "inbox.db")
    yield opened
    opened.close()


@pytest.fixture
async def clock() -> StillClock:
    return StillClock()


def leases(store: Store, clock: StillClock, name: str, process: Process | None = None) -> StoreLeases:
    info = RunInfo(
        run=name,
        actor=name,
        host="here",
        pid=1,
        command="serve ipn",
        version="1",
        started=NOW,
        fingerprint="",
        commit=None,
    )
    return StoreLeases(store, info, clock, process=process or Process(place=name, pid=1, born=1))


class Work:
    """Runs until it is cancelled; records its start and end."""

    def __init__(self) -> None:
        self.started = anyio.Event()
        self.ended = anyio.Event()

    async def __call__(self) -> None:
        self.started.set()
        try:
            await anyio.sleep_forever()
        finally:
            self.ended.set()


async def test_the_second_waits_and_continues_when_the_first_ends(store: Store, clock: StillClock) -> None:
    first, second = Work(), Work()
    watches = Recorder(), Recorder()
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            scope = anyio.CancelScope()

            async def begin_first() -> None:
                with scope:
                    await LeaderElection(leases(store, clock, "one"), clock, watches[0]).run(first)

            group.start_soon(begin_first)
            await first.started.wait()
            group.start_soon(LeaderElection(leases(store, clock, "two"), clock, watches[1]).run, second)
            await anyio.wait_all_tasks_blocked()
            assert not second.started.is_set()
            scope.cancel()
            await first.ended.wait()
            await watches[0].until(watches[0].leading, 2)
            while not second.started.is_set():
                clock.advance(seconds=5)
                await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()
    assert watches[0].leading == [True, False]


async def test_a_lease_that_was_lost_ends_the_work(store: Store, clock: StillClock) -> None:
    """A process that was stopped for longer than its lease finds another at work, and works no more."""
    work = Work()
    watch = Recorder()
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(LeaderElection(leases(store, clock, "one"), clock, watch).run, work)
            await work.started.wait()
            other = leases(store, StillAhead(clock), "two")
            await other.acquire(WORK)
            clock.advance(seconds=15)
            await work.ended.wait()
            group.cancel_scope.cancel()


async def test_while_it_is_renewed_it_is_kept(store: Store, clock: StillClock) -> None:
    work = Work()
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(LeaderElection(leases(store, clock, "one"), clock, Recorder()).run, work)
            await work.started.wait()
            for _ in range(20):
                clock.advance(seconds=15)
                await anyio.wait_all_tasks_blocked()
            assert not work.ended.is_set()
            group.cancel_scope.cancel()


async def test_a_duty_is_no_shop_and_is_not_listed_among_them(store: Store, clock: StillClock) -> None:
    of_this = leases(store, clock, "one", this_process())
    await of_this.acquire(WORK)
    await of_this.acquire(ShopKey("kyoto-tea"))
    assert [held.shop for held in of_this.all()] == ["kyoto-tea"]
    with pytest.raises(ValueError, match="not a shop key"):
        ShopKey(str(WORK))


async def test_a_failed_loop_is_restarted_and_the_others_continue(store: Store, clock: StillClock) -> None:
    steady = Work()
    tries: list[None] = []
    again = anyio.Event()
    watch = Recorder()

    async def failing() -> None:
        tries.append(None)
        if len(tries) == 2:
            again.set()
        raise ZeroDivisionError

    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            lead = LeaderElection(leases(store, clock, "one"), clock, watch)
            group.start_soon(run_supervised, lead, {"steady": steady, "failing": failing}, clock, watch)
            await steady.started.wait()
            while not again.is_set():
                clock.advance(seconds=5)
                await anyio.wait_all_tasks_blocked()
            assert not steady.ended.is_set()
            assert set(watch.restarts) == {"failing"}
            group.cancel_scope.cancel()


class StillAhead:
    """Another machine's clock, far enough ahead that the lease looks over."""

    def __init__(self, clock: StillClock) -> None:
        self._clock = clock

    def now(self):
        return self._clock.now() + timedelta(minutes=10)

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
