"""Only one writer per shop, for any clock, order and number of processes."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.adapters.store.runs.process_identity import this_process
from reconciler.core.values import ShopKey
from reconciler.ports import LeaseHeld, LeaseInfo
from tests.adapters.store.fakes import OTHER, SHOP, START, ManualClock, info, wipe

pytestmark = pytest.mark.anyio
TTL = timedelta(seconds=60)


def of(store, run: str = "run-1", clock=None, **options) -> StoreLeases:
    return StoreLeases(store, info(run), clock or ManualClock(), **options)


async def test_a_lease_says_whose_it_is_and_until_when(file_store, clock):
    lease = await of(file_store, clock=clock).acquire(SHOP)
    assert lease.held == LeaseInfo(
        shop=SHOP, owner="operator@build-7 (pid 4711)", run="run-1", fence=1, taken=START, expires=START + TTL
    )
    assert of(file_store, clock=clock).all() == (lease.held,)


async def test_another_run_is_refused_with_who_has_it(store):
    lease = await of(store).acquire(SHOP)
    with pytest.raises(LeaseHeld) as refused:
        await of(store, "run-2").acquire(SHOP)
    assert refused.value.by == lease.held
    assert "operator@build-7 (pid 4711) (run-1)" in str(refused.value)


async def test_the_same_run_is_refused_as_well(store):
    leases = of(store)
    await leases.acquire(SHOP)
    with pytest.raises(LeaseHeld):
        await leases.acquire(SHOP)


async def test_shops_do_not_block_each_other(store):
    await of(store).acquire(SHOP)
    await of(store, "run-2").acquire(OTHER)
    assert [(held.shop, held.run) for held in of(store).all()] == [(SHOP, "run-1"), (OTHER, "run-2")]


async def test_what_was_given_back_can_be_taken_and_the_fence_has_grown(store):
    lease = await of(store).acquire(SHOP)
    await lease.release()
    await lease.release()
    assert of(store).all() == ()
    assert (await of(store, "run-2").acquire(SHOP)).held.fence == 2


async def test_a_lease_that_was_given_back_is_not_put_off(store):
    lease = await of(store).acquire(SHOP)
    await lease.release()
    with pytest.raises(LeaseHeld):
        await lease.renew()


async def test_renewing_puts_the_end_off(file_store, clock):
    lease = await of(file_store, clock=clock).acquire(SHOP)
    clock.move(59)
    await lease.renew()
    assert (lease.held.taken, lease.held.expires) == (START, START + timedelta(seconds=119))
    clock.move(59)
    with pytest.raises(LeaseHeld):
        await of(file_store, "run-2", clock).acquire(SHOP)
    clock.move(1)
    assert (await of(file_store, "run-2", clock).acquire(SHOP)).held.fence == 2


async def test_a_lease_that_was_lost_is_neither_put_off_nor_given_back(store):
    lost = await of(store, ttl=timedelta(0)).acquire(SHOP)
    now = await of(store, "run-2").acquire(SHOP)
    with pytest.raises(LeaseHeld) as refused:
        await lost.renew()
    assert refused.value.by == now.held
    await lost.release()
    assert of(store).all() == (now.held,)


async def test_an_expired_lease_that_no_one_took_can_be_renewed(file_store, clock):
    lease = await of(file_store, clock=clock).acquire(SHOP)
    clock.move(3600)
    await lease.renew()
    with pytest.raises(LeaseHeld):
        await of(file_store, "run-2", clock).acquire(SHOP)


async def test_on_a_server_the_servers_clock_counts(cluster, clock):
    store = open_store(cluster.fresh())
    held = (await of(store, clock=clock).acquire(SHOP)).held
    assert held.taken > START
    clock.move(1e6)
    with pytest.raises(LeaseHeld):
        await of(store, "run-2", clock).acquire(SHOP)
    store.close()


# Owners that are gone.


async def test_a_dead_owners_lease_is_over_at_once(store):
    here = this_process()
    if here.place is None:
        pytest.skip("no /proc here")
    gone = replace(here, born=here.born - 1)  # had our PID before us
    await of(store, process=gone).acquire(SHOP)
    assert of(store).all() == ()
    assert (await of(store, "run-2").acquire(SHOP)).held.fence == 2


async def test_an_owner_on_another_machine_is_waited_for(store):
    elsewhere = replace(this_process(), place="another boot pid:[1]", born=1)
    await of(store, process=elsewhere).acquire(SHOP)
    with pytest.raises(LeaseHeld):
        await of(store, "run-2").acquire(SHOP)


# Many at once.


async def test_of_many_that_want_one_shop_one_gets_it(store):
    outcomes = []

    async def one(number: int) -> None:
        try:
            outcomes.append((await of(store, f"run-{number}").acquire(SHOP)).held.run)
        except LeaseHeld:
            outcomes.append(None)

    async with anyio.create_task_group() as group:
        for number in range(12):
            group.start_soon(one, number)
    assert len(outcomes) == 12
    assert [of(store).all()[0].run] == [run for run in outcomes if run]


async def test_runs_that_want_the_same_shops_in_any_order_do_not_wait_for_each_other(store):
    """On a server two transactions that lock rows in different orders would."""
    shops = [ShopKey(f"shop-{number}") for number in range(24)]
    won = {"run-1": 0, "run-2": 0}

    async def one(leases: StoreLeases, run: str, shop: ShopKey) -> None:
        try:
            await leases.acquire(shop)
            won[run] += 1
        except LeaseHeld:
            pass

    async with anyio.create_task_group() as group:
        for run, order in (("run-1", shops), ("run-2", shops[::-1])):
            leases = of(store, run)
            for shop in order:
                group.start_soon(one, leases, run, shop)
    assert sum(won.values()) == 24


CHILD = """
import sys, anyio
from tests.adapters.store.fakes import ManualClock, info
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.core.values import ShopKey
from reconciler.ports import LeaseHeld

async def main(location, run):
    leases = StoreLeases(open_store(location), info(run), ManualClock())
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(8):
        try:
            print((await leases.acquire(ShopKey(f"shop-{number}"))).held.fence, flush=True)
        except LeaseHeld:
            print("-", flush=True)
    sys.stdin.readline()

anyio.run(main, *sys.argv[1:])
"""


def test_of_several_processes_one_gets_each_shop(location):
    open_store(location).close()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    children = [
        subprocess.Popen([sys.executable, "-c", CHILD, location, f"run-{number}"], **pipes) for number in range(3)
    ]
    assert [child.stdout.readline() for child in children] == ["ready\n"] * 3
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    reported = [[child.stdout.readline().strip() for _ in range(8)] for child in children]
    for child in children:
        child.communicate(timeout=30)
    assert [sorted(shop) for shop in zip(*reported, strict=True)] == [["-", "-", "1"]] * 8


# Any order of things.

SHOPS = (SHOP, OTHER)
ACTORS = ("run-1", "run-2", "run-3")
steps = st.one_of(
    st.tuples(st.sampled_from(("acquire", "renew", "release")), st.sampled_from(ACTORS), st.sampled_from(SHOPS)),
    st.tuples(st.just("rush"), st.just(""), st.sampled_from(SHOPS)),
    st.tuples(st.just("wait"), st.sampled_from((1, 30, 59, 60, 61)), st.just(SHOP)),
)


class Model:
    """Leases as a table in memory. `mine` is the fence each actor believes in."""

    def __init__(self) -> None:
        self.now = START
        self.rows = dict.fromkeys(SHOPS, (0, "", START, True))
        self.mine: dict[tuple[str, ShopKey], int] = {}

    def living(self) -> dict[ShopKey, str]:
        return {shop: run for shop, (_, run, end, released) in self.rows.items() if not released and end > self.now}

    def acquire(self, run: str, shop: ShopKey) -> bool:
        if shop in self.living():
            return False
        fence = self.rows[shop][0] + 1
        self.rows[shop] = (fence, run, self.now + TTL, False)
        self.mine[run, shop] = fence
        return True

    def renew(self, run: str, shop: ShopKey) -> bool:
        fence, _, _, released = self.rows[shop]
        if released or fence != self.mine[run, shop]:
            return False
        self.rows[shop] = (fence, run, self.now + TTL, False)
        return True

    def release(self, run: str, shop: ShopKey) -> bool:
        fence, holder, end, _ = self.rows[shop]
        if fence == self.mine[run, shop]:
            self.rows[shop] = (fence, holder, end, True)
        return True


class Played:
    """The same steps on the store."""

    def __init__(self, store, clock) -> None:
        self.actors = {run: of(store, run, clock) for run in ACTORS}
        self.held: dict[Any, Any] = {}
        self.fences: dict[ShopKey, int] = dict.fromkeys(SHOPS, 0)

    async def step(self, what: str, run: str, shop: ShopKey) -> bool:
        try:
            if what == "acquire":
                lease = await self.actors[run].acquire(shop)
                assert lease.held.fence > self.fences[shop], "a fence came back"
                self.fences[shop] = lease.held.fence
                self.held[run, shop] = lease
            else:
                await getattr(self.held[run, shop], what)()
        except LeaseHeld as refused:
            return refused.by.fence < 1  # the named process has a lease
        return True

    async def rush(self, shop: ShopKey) -> list[str]:
        won = []

        async def one(run: str) -> None:
            if await self.step("acquire", run, shop):
                won.append(run)

        async with anyio.create_task_group() as group:
            for run in ACTORS:
                group.start_soon(one, run)
        return won


@given(todo=st.lists(steps, max_size=25))
@settings(max_examples=settings.default.max_examples // 2)
def test_in_any_order_there_is_one_owner_and_the_fence_grows(quick_store, todo):
    wipe(quick_store)
    clock, model = ManualClock(), Model()

    async def play() -> None:
        played = Played(quick_store, clock)
        for what, who, shop in todo:
            if what == "wait":
                clock.move(who)
                model.now = clock.now()
            elif what == "rush":
                won = await played.rush(shop)
                assert len(won) == (shop not in model.living())
                assert all(model.acquire(run, shop) for run in won)
            elif what == "acquire" or (who, shop) in played.held:
                assert await played.step(what, who, shop) == getattr(model, what)(who, shop)
            assert {held.shop: held.run for held in played.actors["run-1"].all()} == model.living()

    anyio.run(play)
