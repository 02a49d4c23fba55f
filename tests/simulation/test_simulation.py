"""Random fleets, faults, merchants, two applies at once, clocks that jump, and killed runs, in any order: no shop that was open
is left closed, the backend finally matches Git, and nothing else is touched.

An applier is killed by a backend, a journal and leases that answer it nothing more: not even its `finally` has any effect. A
failure prints the steps, shrunk, and the command that repeats it: the seed decides all, also how two appliers take turns.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import event, update

from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.db.run_tables import leases
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings, IpnEndpoint, SystemParts
from reconciler.core.model.state import Desired, MaintenancePolicy
from reconciler.core.planning.plan import Plan, RequestPace
from reconciler.core.runs.recovery import RecoveredShop
from reconciler.core.values import Registration, ShopKey
from reconciler.ports import Conflict, Locked, RunInfo, UnfinishedShop
from reconciler.workflows.execution.prepare import prepare
from reconciler.workflows.execution.recovery import RecoveryContext, resume
from reconciler.workflows.execution.run import ApplyContext, apply
from reconciler.workflows.recover import block_recovering_shops
from tests.adapters.store.fakes import KEY, START, info
from tests.support.auto_clock import elapsed
from tests.support.example_worlds import live, site_url
from tests.support.fake_backend import Fault, ModelBackend, Shop, unreachable
from tests.support.strategies import CLIENTS, MAILS, SELLERS, TOKENS, World, origin_at, secret

KEYS = tuple(ShopKey(key) for key in ("a", "b", "c"))
keys = st.sampled_from(KEYS)
OURS, THEIRS = "order_area.label", "login_link_area.message"
LONGER_THAN_A_LEASE = 120


class Killed(BaseException):
    """No `except` of the tool catches it."""


class Clock:
    """Set by the test; short sleeps wake, longer waits do not."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return elapsed(self.time)

    async def sleep(self, seconds: float) -> None:
        if seconds > 1:
            await anyio.sleep_forever()
        await anyio.lowlevel.checkpoint()


class Life:
    """Ends at the `limit`-th sign of life, before or after what was asked for happened."""

    def __init__(
        self,
        limit: int | None,
        turns: random.Random,
        noticed: Callable[[], None] = lambda: None,
        passing: Callable[[], None] = lambda: None,
    ) -> None:
        self.left = limit
        self.turns = turns
        self.passing = passing
        self.noticed = noticed
        self.signs = 0
        self.heralds: dict[int, anyio.Event] = {}

    async def shown(self, signs: int) -> None:
        """Waits for that many, or its end."""
        if self.signs < signs:
            await self.heralds.setdefault(signs, anyio.Event()).wait()

    @property
    def over(self) -> bool:
        return self.left is not None and self.left < 0

    def end(self) -> None:
        self.signs = sys.maxsize
        for herald in self.heralds.values():
            herald.set()

    async def sign(self) -> None:
        """And lets others go first, now and then."""
        self.signs += 1
        if self.signs in self.heralds:
            self.heralds[self.signs].set()
        for _ in range(self.turns.randrange(3)):
            await anyio.lowlevel.checkpoint()
        self.passing()
        if self.left is None:
            return
        self.left -= 1
        if self.left == -1:
            self.noticed()
        if self.over:
            raise Killed


class AtOnce:
    """Commits in this thread, one at a time: threads would not take turns alike when a failure is repeated."""

    def __init__(self, commit) -> None:
        self.commit = commit

    async def submit(self, item):
        await anyio.lowlevel.checkpoint()
        return self.commit([item])[0]


def at_once(port):
    port._commits = AtOnce(port._commit)
    return port


class MortalBackend:
    def __init__(self, inner: ModelBackend, life: Life) -> None:
        self.inner = inner
        self.life = life

    async def observe(self, shops):
        await self.life.sign()
        async for one in self.inner.observe(shops):
            yield one

    async def execute(self, write):
        await self.life.sign()
        receipt = await self.inner.execute(write)
        await self.life.sign()
        return receipt


class MortalJournal:
    def __init__(self, inner: StoreJournal, life: Life) -> None:
        self.inner = inner
        self.life = life

    async def record(self, printed) -> None:
        await self.life.sign()
        await self.inner.record(printed)
        await self.life.sign()

    async def record_intent(self, printed, lease) -> None:
        await self.life.sign()
        await self.inner.record_intent(printed, lease)
        await self.life.sign()

    async def record_lazily(self, printed) -> None:
        await self.inner.record_lazily(printed)
        await self.life.sign()


class MortalLease:
    def __init__(self, inner, life: Life) -> None:
        self.inner = inner
        self.life = life

    @property
    def held(self):
        return self.inner.held

    @property
    def valid_until(self) -> float:
        return self.inner.valid_until

    async def renew(self) -> None:
        await self.inner.renew()

    async def release(self) -> None:
        await self.life.sign()
        await self.inner.release()


class MortalLeases:
    def __init__(self, inner: StoreLeases, life: Life) -> None:
        self.inner = inner
        self.life = life

    async def acquire(self, shop):
        await self.life.sign()
        lease = MortalLease(await self.inner.acquire(shop), self.life)
        await self.life.sign()
        return lease

    def all(self):
        return self.inner.all()


declarations = st.fixed_dictionaries(
    {
        "enabled": st.booleans(),
        "mail": st.sampled_from(MAILS),
        "seller": st.sampled_from(SELLERS),
        "token": st.sampled_from(TOKENS),
        "pre_order": st.booleans(),
        "label": st.sampled_from(("one", "two", "three")),
        "registration": st.sampled_from(Registration),
    }
)


def desired_with(key: ShopKey, said: dict) -> Desired:
    return Desired(
        shop=key,
        values={
            "amazon_settings": AmazonSettings(
                enabled=said["enabled"],
                seller_id=said["seller"],
                client_id=CLIENTS[0],
                mws_auth_token=secret(said["token"]),
                notification_email=said["mail"],
            ),
            "amazon_pay_payment": AmazonPayPayment(pre_order=said["pre_order"]),
            "system_parts": SystemParts(messages={OURS: said["label"]}),
            "ipn_endpoint": IpnEndpoint(registration=said["registration"]),
        },
        origin=origin_at(1, f"shops/{key}.yaml"),
        maintenance=MaintenancePolicy(close_shop=True),
    )


refusals = st.sampled_from([unreachable(), unreachable(happened=None), Locked(msg("open")), Conflict(msg("other"))])


def template() -> Path:
    """A store that is migrated once and copied."""
    path = Path(tempfile.mkdtemp(prefix="simulation-")) / "journal.db"
    open_store(path).close()
    return path


@pytest.fixture(scope="module", autouse=True)
def _template():
    Fleet.template = template()
    yield
    shutil.rmtree(Fleet.template.parent)


class Fleet(RuleBasedStateMachine):
    template: Path
    steps_recorded = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="simulation-"))
        shutil.copy(self.template, self.folder / "journal.db")
        self.store = self._open()
        self.clock = Clock()
        self.history = StoreHistory(self.store, self.clock)
        self.numbers = itertools.count(1)
        self.passing: tuple[int, int] | None = None

    def _open(self) -> Store:
        store = open_store(self.folder / "journal.db")
        store.close()  # the next connection syncs nothing: the test checks what is written, not when
        event.listen(store._engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
        return store

    @initialize(
        opened=st.lists(st.booleans(), min_size=3, max_size=3), said=st.lists(declarations, min_size=3, max_size=3)
    )
    def a_fleet(self, opened: list[bool], said: list[dict]) -> None:
        shops = [live(key, is_open=is_open) for key, is_open in zip(KEYS, opened, strict=True)]
        self.backend = ModelBackend(shops, [(SELLERS[0], site_url("a"))])
        self.said = dict(zip(KEYS, said, strict=True))
        self.open = dict(zip(KEYS, opened, strict=True))
        self.theirs: dict[ShopKey, tuple[bool, str | None]] = dict.fromkeys(KEYS, (True, None))

    # Others

    @rule(key=keys, said=declarations)
    def git_says(self, key: ShopKey, said: dict) -> None:
        self.said[key] = said

    @rule(key=keys, text=st.sampled_from(("spring", "summer")), subscription=st.booleans())
    def a_merchant_edits_what_is_not_ours(self, key: ShopKey, text: str, subscription: bool) -> None:
        self.backend.state[key].texts[THEIRS] = text
        self.backend.state[key].subscription = subscription
        self.theirs[key] = (subscription, text)

    @rule(key=keys, mail=st.sampled_from(MAILS), label=st.sampled_from(("theirs", "two")))
    def a_merchant_edits_what_is_ours(self, key: ShopKey, mail: str, label: str) -> None:
        self.backend.state[key].mail = mail
        self.backend.state[key].texts[OURS] = label

    @rule(key=keys)
    def a_merchant_opens_or_closes(self, key: ShopKey) -> None:
        """Only while no reopening of the shop is pending: otherwise the expected state is ambiguous."""
        if key not in {left.shop for left in self._left(after=LONGER_THAN_A_LEASE)}:
            shop = self.backend.state[key]
            shop.is_open = self.open[key] = not shop.is_open

    @rule(key=keys, after=st.integers(0, 6), times=st.integers(1, 4), refused=refusals)
    def requests_will_be_refused(self, key: ShopKey, after: int, times: int, refused) -> None:
        self._arm(key, after, times=times, refused=refused)

    @rule(key=keys, after=st.integers(0, 6), times=st.integers(1, 4))
    def answers_will_be_lost(self, key: ShopKey, after: int, times: int) -> None:
        self._arm(key, after, times=times, lost=True)

    @rule(key=keys, after=st.integers(0, 6), mail=st.sampled_from(MAILS))
    def a_merchant_will_be_quicker(self, key: ShopKey, after: int, mail: str) -> None:
        def edit(shop: Shop) -> None:
            shop.mail = mail

        self._arm(key, after, edit=edit)

    @rule(unreadable=st.sets(keys), kind=st.sampled_from(["everything", "entitlements", "storefront_status"]))
    def reads_fail(self, unreadable: set[ShopKey], kind: str) -> None:
        self.backend.unreadable = lambda shop, _: {kind} if shop in unreadable else ()

    @rule()
    def reads_go_well(self) -> None:
        self.backend.unreadable = lambda *_: ()

    @rule(seconds=st.integers(-300, 600))
    def the_clock_jumps(self, seconds: int) -> None:
        self.clock.time += timedelta(seconds=seconds)

    @rule(rarely=st.integers(2, 20), seconds=st.sampled_from((90, 400)))
    def time_will_pass_within_runs(self, rarely: int, seconds: int) -> None:
        """Leases expire without a renewal, and shops are closed for longer than allowed."""
        self.passing = (rarely, seconds)

    @rule()
    def time_will_stand_still_within_runs(self) -> None:
        self.passing = None

    # Us

    @rule(seed=st.integers(0, 2**16))
    def an_apply(self, seed: int) -> None:
        self._run([None], seed)

    @rule(limit=st.integers(0, 60), seed=st.integers(0, 2**16))
    def an_apply_that_is_killed(self, limit: int, seed: int) -> None:
        self._run([limit], seed)

    @rule(seed=st.integers(0, 2**16))
    def two_at_once(self, seed: int) -> None:
        self._run([None, None], seed)

    @rule(limit=st.integers(0, 60), earlier=st.integers(0, 6), seed=st.integers(0, 2**16))
    def two_at_once_of_which_one_is_killed(self, limit: int, earlier: int, seed: int) -> None:
        """The other one starts a little earlier."""
        self._run([limit, None], seed, after=max(0, limit - earlier))

    @rule(seed=st.integers(0, 2**16))
    def all_is_well_again_and_everything_comes_to_stand(self, seed: int) -> None:
        self._settle(seed)

    # What holds

    @invariant()
    def what_is_not_ours_is_untouched(self) -> None:
        Fleet.steps_recorded += 1
        for key, shop in getattr(self, "backend", ModelBackend([])).state.items():
            assert (shop.subscription, shop.texts[THEIRS]) == self.theirs[key]

    @invariant()
    def a_shop_that_is_closed_and_should_not_be_is_known_to_the_journal(self) -> None:
        if hasattr(self, "backend"):
            owed = {left.shop for left in self._left(after=LONGER_THAN_A_LEASE) if left.closed}
            closed = {key for key, shop in self.backend.state.items() if self.open[key] and not shop.is_open}
            assert closed <= owed, f"{sorted(closed - owed)}: closed, and nobody will reopen it"
            assert not [key for key, shop in self.backend.state.items() if shop.is_open and not self.open[key]]

    def teardown(self) -> None:
        try:
            if hasattr(self, "backend"):
                self._settle(0)
        finally:
            self.store.close()
            shutil.rmtree(self.folder)

    def _settle(self, seed: int) -> None:
        self.backend.faults.clear()
        self.backend.unreadable = lambda *_: ()
        self.passing = None
        self.clock.time += timedelta(seconds=LONGER_THAN_A_LEASE)
        for _ in range(2):  # an endpoint that the new seller already had is fixed by the second
            self._run([None], seed)
        plan = self._world().plan()
        assert plan.empty or any(shop.blocked for shop in plan.shops), plan
        for key, shop in self.backend.state.items():
            assert shop.is_open is self.open[key]
        assert list(self._leases("nobody").all()) == []
        assert list(self.history.unfinished()) == []

    def _left(self, after: int) -> list[UnfinishedShop]:
        """As it will be known once the leases of dead runs are over."""
        now = self.clock.time
        self.clock.time = now + timedelta(seconds=after)
        try:
            return list(self.history.unfinished())
        finally:
            self.clock.time = now

    def _arm(self, key: ShopKey, after: int, **what) -> None:
        sent = sum(1 for write in self.backend.asked if write.shop == key)
        self.backend.faults.append(Fault(shop=key, at=sent + after, **what))

    def _world(self) -> World:
        return World(self.backend, tuple(desired_with(key, said) for key, said in self.said.items()))

    def _leases(self, run: str) -> StoreLeases:
        return at_once(StoreLeases(self.store, info(run), self.clock))

    def _journal(self, run: RunInfo, plan: Plan) -> StoreJournal:
        return at_once(StoreJournal(self.store, run, plan, self.clock, KEY))

    def _run(self, limits: list[int | None], seed: int, after: int = 0) -> None:
        """Each one starts after the one before it reported `after` events."""
        turns = random.Random(seed)

        def passes() -> None:
            if self.passing is not None and turns.randrange(self.passing[0]) == 0:
                self.clock.time += timedelta(seconds=self.passing[1])

        async def one(life: Life, number: int) -> None:
            await self._apply(life, number)
            life.end()
            if life.over:
                life.noticed()  # also of what was under way at its last sign

        async def together() -> None:
            async with anyio.create_task_group() as group:
                before: Life | None = None
                for limit in limits:
                    if before is not None:
                        await before.shown(after)
                    number = next(self.numbers)
                    dead = partial(self._dead, f"rescue-{number}", f"run-{number}")
                    before = Life(limit, turns, dead, passes)
                    group.start_soon(one, before, number)

        anyio.run(together)

    def _dead(self, *dead: str) -> None:
        """On one machine the others notice at once that a process is gone, and take its leases before their time."""
        with self.store.writing() as connection:
            connection.execute(update(leases).where(leases.c.run.in_(dead)).values(released=True))

    async def _apply(self, life: Life, number: int) -> None:
        """As the command does it."""
        backend = MortalBackend(self.backend, life)
        rescuing, applying = info(f"rescue-{number}"), info(f"run-{number}")
        world = self._world()
        try:
            left = self.history.unfinished()
            printed: tuple[RecoveredShop, ...] = ()
            if left:
                journal = self._journal(rescuing, World(self.backend, ()).plan())
                context = RecoveryContext(
                    backend=backend,
                    journal=MortalJournal(journal, life),
                    leases=MortalLeases(self._leases(rescuing.run), life),
                    clock=self.clock,
                    left=self.history.unfinished,
                    key="r",
                )
                printed = await resume(left, context)
            plan = block_recovering_shops(world.plan(), printed)
            await life.sign()
            ready = await prepare(plan, backend, RequestPace())
            keys = (f"key-{number}-{n}" for n in itertools.count())
            await apply(
                ready.plan,
                ApplyContext(
                    backend=backend,
                    journal=MortalJournal(self._journal(applying, ready.plan), life),
                    leases=MortalLeases(self._leases(applying.run), life),
                    clock=self.clock,
                    new_key=lambda: next(keys),
                ),
            )
        except BaseException as ended:  # sorted out below
            if _only(ended, (Killed, type(unreachable()))):
                return
            raise


def _only(error: BaseException, kinds: tuple[type[BaseException], ...]) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_only(one, kinds) for one in error.exceptions)
    return isinstance(error, (*kinds, anyio.get_cancelled_exc_class()))


def simulate(name: str, *, examples: int, steps: int) -> None:
    number = int(os.environ.get("SIMULATION_SEED") or random.SystemRandom().randrange(2**32))
    wanted = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(number)(type("Seeded", (Fleet,), {})), settings=wanted)
    except BaseException:
        print(f"\nTo repeat it: SIMULATION_SEED={number} .venv/bin/python -m pytest -m '' {__file__}::{name}")
        raise


def test_a_short_run() -> None:
    simulate("test_a_short_run", examples=20, steps=20)


@pytest.mark.soak
def test_a_long_run(capsys: pytest.CaptureFixture[str]) -> None:
    Fleet.steps_recorded = 0
    simulate("test_a_long_run", examples=400, steps=50)
    with capsys.disabled():
        print(f"\nsteps simulated: {Fleet.steps_recorded}")
    assert Fleet.steps_recorded >= 10_000
