"""The journal: every event is a row at once, with its projections in the same transaction."""

import sqlite3
from datetime import timedelta
from functools import partial

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event as hook

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import Plan, StepKind
from reconciler.core.runs.events import (
    PredictionMissed,
    ReopenFailed,
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopInSync,
    ShopReopened,
    ShopSkipped,
    ShopStarted,
    ShopVerified,
    StepDone,
    StepFailed,
    StepStarted,
)
from reconciler.core.values import UNSET, Secret, SecretDigest, SecretRef, ShopKey, seal_secret
from reconciler.ports import LeaseHeld, RunRow
from tests.adapters.store.fakes import (
    AFTER,
    CHECK,
    CLOSE,
    KEY,
    LAST,
    OTHER,
    REOPEN,
    SHOP,
    START,
    SWITCH,
    TOKEN,
    ManualClock,
    info,
    journal,
    plan,
    tell,
    wipe,
)

MAIL = FieldRef("amazon_settings", "notification_email")
WHY = diagnostic(codes.PREDICTION_MISS, msg("read back otherwise"))


def whole(of: Plan, shop: ShopKey = SHOP) -> list:
    """An apply in which all goes well."""
    (steps,) = (each.steps for each in of.shops if each.shop == shop)
    recorded = [RunStarted(fingerprint=of.fingerprint, shops=1), ShopStarted(shop=shop)]
    for number, step in enumerate(steps):
        if step.action is not StepKind.VERIFY:
            recorded.append(StepStarted(shop=shop, step=number, key=f"key-{number}"))
        if number == LAST:
            recorded.append(ShopVerified(shop=shop))
        recorded.append(StepDone(shop=shop, step=number, version=f'"{number}"', request_id=f"r-{number}"))
    return [*recorded, ShopFinished(shop=shop), RunFinished()]


def test_a_run_is_stored_as_it_was_recorded(store, clock):
    recorded = whole(plan())
    tell(journal(store, clock=clock), recorded)
    (run,) = StoreHistory(store, clock).runs()
    assert isinstance(run, RunRow)
    assert run.info == info()
    kept = list(StoreHistory(store, clock).events("run-1"))
    assert [recorded.event for recorded in kept] == recorded
    assert run.ended == START
    numbers = [recorded.number for recorded in kept]
    assert numbers == sorted(set(numbers))


def test_a_killed_run_has_no_end(store, clock):
    tell(journal(store), whole(plan())[:5])
    assert StoreHistory(store, clock).runs()[0].ended is None


def test_a_run_without_a_commit_and_with_a_code_page_of_its_own(store, clock):
    """A file name that is no UTF-8 comes to Python with lone surrogates in it."""
    why = diagnostic(codes.UNREADABLE, msg("{file} \x00 お茶", file=b"caf\xe9.yaml".decode("utf-8", "surrogateescape")))
    event = ReopenFailed(shop=SHOP, why=why)
    tell(journal(store), [event])
    assert next(StoreHistory(store, clock).events("run-1")).event == event


def test_many_that_wait_share_a_transaction(store, clock):
    commits: list[object] = []
    hook.listen(store._engine, "commit", commits.append)
    shops = [ShopKey(f"shop-{number}") for number in range(64)]
    to = journal(store, of=plan(*shops))

    async def one(shop: ShopKey) -> None:
        for event in (ShopStarted(shop=shop), StepStarted(shop=shop, step=0, key="k"), ShopFinished(shop=shop)):
            await to.record(event)

    async def run() -> None:
        async with anyio.create_task_group() as group:
            for shop in shops:
                group.start_soon(one, shop)

    anyio.run(run)
    kept = list(StoreHistory(store, clock).events("run-1"))
    for shop in shops:
        own = [type(recorded.event) for recorded in kept if recorded.event.shop == shop]
        assert own == [ShopStarted, StepStarted, ShopFinished]
    assert len(kept) == 192
    assert len(commits) < 20
    assert StoreHistory(store, clock).unfinished() == []


def test_after_a_failed_commit_the_next_event_is_kept_with_all_that_belongs_to_it(tmp_path, clock):
    """What was rolled back must not be taken for written."""
    path = tmp_path / "journal.db"
    store = open_store(path, busy_timeout=0.01)
    to = journal(store)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError):
        tell(to, [ShopStarted(shop=SHOP)])
    other.execute("ROLLBACK")
    other.close()
    tell(to, [StepStarted(shop=SHOP, step=CLOSE, key="k")])
    (left,) = StoreHistory(store, clock).unfinished()
    assert (left.closed, left.pending_writes) == (True, ((CLOSE, "k"),))
    store.close()


def test_a_transaction_that_breaks_in_the_middle_leaves_the_journal_as_it_was(file_store, clock):
    to = journal(file_store)
    tell(to, [ShopStarted(shop=SHOP)])
    with file_store.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE UPDATE ON run_shops BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
    with pytest.raises(StoreError):
        tell(to, [ShopFinished(shop=SHOP)])
    with file_store.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER broken")
    assert len(StoreHistory(file_store, clock).unfinished()) == 1
    tell(to, [ShopFinished(shop=SHOP)])
    assert StoreHistory(file_store, clock).unfinished() == []


def test_a_run_has_one_journal(store):
    tell(journal(store), [ShopStarted(shop=SHOP)])
    with pytest.raises(StoreError):
        tell(journal(store), [ShopStarted(shop=SHOP)])


# What was last applied.


def values(store) -> dict:
    return {
        field: one.value for field, one in StoreHistory(store, ManualClock()).last_applied([SHOP]).get(SHOP, {}).items()
    }


def digest(token: str) -> dict:
    """With the id of the key that it was made under."""
    return {"sensitive": True, "source": "ref+env://TOKEN", "digest": KEY.digest(token), "key": KEY.key_id}


def test_a_whole_run_leaves_every_value_it_wrote_and_found(store):
    tell(journal(store), whole(plan()))
    assert values(store) == {
        "amazon_pay_payment.pre_order": True,
        "amazon_pay_payment.regular": True,
        "amazon_pay_payment.use": True,
        "amazon_settings.buttons_visible": True,
        "amazon_settings.client_id": "amzn1.application-oa2-client.0123456789abcdef0123456789abcdef",
        "amazon_settings.enabled": True,
        "amazon_settings.mws_auth_token": digest(TOKEN),
        "amazon_settings.notification_email": "pay@kyoto-tea.example",
        "amazon_settings.seller_id": "A1EXAMPLE234567",
        "system_parts.output": True,
    }


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        (CLOSE, set()),
        (SWITCH, {"amazon_settings.enabled"}),
        (
            CHECK,
            {
                "amazon_settings.buttons_visible",
                "amazon_pay_payment.use",
                "amazon_pay_payment.regular",
                "system_parts.output",
            },
        ),
        (REOPEN, set()),
        (AFTER, {"amazon_pay_payment.pre_order"}),
        (99, set()),
    ],
)
def test_a_step_that_was_acknowledged_leaves_what_it_wrote(file_store, step, fields):
    tell(journal(file_store), [ShopStarted(shop=SHOP), StepDone(shop=SHOP, step=step)])
    assert set(values(file_store)) == fields


def test_what_was_not_acknowledged_was_not_applied(file_store):
    recorded = [ShopStarted(shop=SHOP), StepStarted(shop=SHOP, step=SWITCH, key="k")]
    tell(journal(file_store), [*recorded, StepFailed(shop=SHOP, step=SWITCH, why=WHY, happened=None)])
    assert values(file_store) == {}


def test_what_was_read_back_otherwise_was_not_applied(file_store):
    ref = FieldRef("amazon_pay_payment", "use")
    missed = PredictionMissed(shop=SHOP, ref=ref, predicted=True, found=UNSET, why=WHY)
    tell(journal(file_store), [ShopStarted(shop=SHOP), missed, StepDone(shop=SHOP, step=LAST)])
    assert len(values(file_store)) == 9
    assert str(ref) not in values(file_store)


def test_a_shop_outside_the_plan_is_kept_and_nothing_is_made_up(file_store, clock):
    other = ShopKey("elsewhere")
    tell(journal(file_store), [ShopStarted(shop=other), StepDone(shop=other, step=0)])
    assert [left.shop for left in StoreHistory(file_store, clock).unfinished()] == [other]
    assert StoreHistory(file_store, clock).last_applied([other]) == {}


def test_a_value_that_still_matches_keeps_the_run_that_wrote_it(store, clock):
    """A later run that finds it standing says nothing new; one that writes it does."""
    tell(journal(store, clock=clock), whole(plan()))
    clock.move(60)
    again = [ShopStarted(shop=SHOP), StepDone(shop=SHOP, step=AFTER), StepDone(shop=SHOP, step=LAST)]
    tell(journal(store, "run-2", clock=clock), again)
    kept = StoreHistory(store, clock).last_applied([SHOP])[SHOP]
    assert (kept["amazon_settings.enabled"].run, kept["amazon_settings.enabled"].at) == ("run-1", START)
    later = START + timedelta(seconds=60)
    assert (kept["amazon_pay_payment.pre_order"].run, kept["amazon_pay_payment.pre_order"].at) == ("run-2", later)


SEAL = seal_secret(Secret(TOKEN, SecretRef("ref+env://TOKEN")), "5a17")
REF = FieldRef("amazon_settings", "mws_auth_token")
AGREED = ShopInSync(
    shop=SHOP,
    values=((FieldRef("amazon_settings", "enabled"), True), (REF, Secret(TOKEN, SecretRef("ref+env://TOKEN")))),
    seals=((REF, SEAL),),
)


@pytest.mark.parametrize("step", [0, LAST], ids=["written", "read back"])
def test_with_a_secret_goes_the_seal_that_the_backend_shows_of_it(file_store, step):
    tell(journal(file_store), [ShopStarted(shop=SHOP), StepDone(shop=SHOP, step=step, seals=((REF, SEAL),))])
    assert values(file_store)[str(REF)] == {**digest(TOKEN), "seal": KEY.digest(f"5a17:{SEAL.digest}")}


def test_what_agrees_without_a_write_is_recorded_and_leaves_nothing_unfinished(store, clock):
    tell(journal(store, clock=clock), [AGREED, RunFinished()])
    kept = StoreHistory(store, clock).last_applied([SHOP])[SHOP]
    assert kept["amazon_settings.enabled"].value is True
    assert kept[str(REF)].value == {**digest(TOKEN), "seal": KEY.digest(f"5a17:{SEAL.digest}")}
    history = StoreHistory(store, clock)
    assert (history.unfinished(), history.runs()[0].shops) == ([], 0)
    read = next(history.events("run-1")).event
    assert read.seals == ((REF, SecretDigest(None, KEY.digest(f"5a17:{SEAL.digest}"))),)


def test_another_secret_is_another_value(store):
    other = TOKEN.replace("4ea", "5fb")
    tell(journal(store), whole(plan()))
    tell(journal(store, "run-2", of=plan(token=other)), whole(plan(token=other)))
    assert values(store)["amazon_settings.mws_auth_token"] == digest(other)


# What is noted, and what goes together.


def note_and_record(to, noted, recorded) -> None:
    async def main() -> None:
        for event in noted:
            await to.record_lazily(event)
        for event in recorded:
            await to.record(event)

    anyio.run(main)


def kept(store, clock) -> list:
    return [recorded.event for recorded in StoreHistory(store, clock).events("run-1")]


def test_what_is_noted_waits_for_what_is_recorded_next_of_its_shop(store, clock):
    to = journal(store, of=plan(SHOP, OTHER))
    noted = [ShopStarted(shop=SHOP), ShopStarted(shop=OTHER)]
    note_and_record(to, noted, [StepStarted(shop=SHOP, step=0, key="k")])
    assert kept(store, clock) == [ShopStarted(shop=SHOP), StepStarted(shop=SHOP, step=0, key="k")]
    assert [left.shop for left in StoreHistory(store, clock).unfinished()] == [SHOP]


def test_what_concerns_the_run_takes_along_what_was_noted_of_every_shop(store, clock):
    to = journal(store, of=plan(SHOP, OTHER))
    note_and_record(to, [ShopStarted(shop=SHOP), ShopStarted(shop=OTHER)], [RunFinished(interrupted=True)])
    assert kept(store, clock) == [ShopStarted(shop=SHOP), ShopStarted(shop=OTHER), RunFinished(interrupted=True)]


def test_what_was_noted_has_the_time_at_which_it_happened(store):
    clock = ManualClock()
    to = journal(store, clock=clock)

    async def main() -> None:
        await to.record_lazily(ShopStarted(shop=SHOP))
        clock.move(5)
        await to.record(StepStarted(shop=SHOP, step=0, key="k"))

    anyio.run(main)
    started, step = StoreHistory(store, clock).events("run-1")
    assert step.at - started.at == timedelta(seconds=5)


def intend(to: StoreJournal, lease, *, times: int = 1) -> None:
    async def main() -> None:
        for _ in range(times):
            await to.record_intent(StepStarted(shop=SHOP, step=CLOSE, key="k"), lease.held)

    anyio.run(main)


def leases_of(store, run: str, clock) -> StoreLeases:
    return StoreLeases(store, info(run), clock)


def test_an_intent_is_recorded_while_the_lease_is_held(store):
    clock = ManualClock()
    lease = anyio.run(leases_of(store, "run-1", clock).acquire, SHOP)
    intend(journal(store), lease, times=2)
    assert kept(store, clock) == [StepStarted(shop=SHOP, step=CLOSE, key="k")] * 2


def test_an_intent_is_recorded_after_the_end_of_a_lease_that_no_one_took(store):
    clock = ManualClock()
    lease = anyio.run(leases_of(store, "run-1", clock).acquire, SHOP)
    clock.move(3600)
    intend(journal(store), lease)
    assert len(kept(store, clock)) == 1


@pytest.mark.parametrize("gives_back", [False, True], ids=["runs", "ended"])
def test_an_intent_of_a_run_whose_lease_was_taken_is_not_recorded(file_store, gives_back):
    clock = ManualClock()
    lease = anyio.run(leases_of(file_store, "run-1", clock).acquire, SHOP)
    clock.move(3600)
    taken = anyio.run(leases_of(file_store, "run-2", clock).acquire, SHOP)
    if gives_back:
        anyio.run(taken.release)
    with pytest.raises(LeaseHeld) as refused:
        intend(journal(file_store), lease)
    assert refused.value.by.run == "run-2"
    assert kept(file_store, clock) == []


def test_an_intent_that_is_refused_takes_no_other_event_along(file_store):
    """Both are in one transaction."""
    clock = ManualClock()
    lease = anyio.run(leases_of(file_store, "run-1", clock).acquire, SHOP)
    clock.move(3600)
    anyio.run(leases_of(file_store, "run-2", clock).acquire, SHOP)
    to, refused = journal(file_store, of=plan(SHOP, OTHER)), []

    async def intent() -> None:
        try:
            await to.record_intent(StepStarted(shop=SHOP, step=CLOSE, key="k"), lease.held)
        except LeaseHeld as held:
            refused.append(held)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(to.record, ShopStarted(shop=OTHER))
            group.start_soon(intent)
            group.start_soon(to.record, StepStarted(shop=OTHER, step=0, key="o"))

    anyio.run(main)
    assert len(refused) == 1
    assert kept(file_store, clock) == [ShopStarted(shop=OTHER), StepStarted(shop=OTHER, step=0, key="o")]


STEPS = st.integers(0, LAST)
HAPPENED = st.sampled_from((None, False))
SEEN = st.sampled_from([partial(ShopInSync, values=((MAIL, mail),)) for mail in ("a@x.example", "b@x.example")])
WHATEVER = st.one_of(
    SEEN,
    SEEN,
    st.just(ShopStarted),
    st.just(ShopVerified),
    st.just(ShopFinished),
    st.just(ShopReopened),
    st.builds(lambda step: partial(StepStarted, step=step, key="k"), STEPS),
    st.builds(lambda step: partial(StepDone, step=step), STEPS),
    st.builds(lambda step, known: partial(StepFailed, step=step, why=WHY, happened=known), STEPS, HAPPENED),
    st.just(partial(ReopenFailed, why=WHY)),
    st.just(partial(ShopSkipped, why=())),
    st.just(partial(PredictionMissed, ref=MAIL, predicted="a@x.example", found="b@x.example", why=WHY)),
)
RECORDED = st.lists(st.tuples(st.sampled_from((SHOP, OTHER)), WHATEVER), max_size=14)


class Ticking(ManualClock):
    """Returns a time one second later on each call."""

    def now(self):
        self.move(1)
        return super().now()


@given(earlier=RECORDED, recorded=RECORDED)
def test_what_follows_from_events_does_not_depend_on_how_many_share_a_transaction(quick_store, earlier, recorded):
    made = plan(SHOP, OTHER)

    def what_follows(keep):
        wipe(quick_store)
        for run, happened in (("earlier", earlier), ("later", recorded)):
            to = StoreJournal(quick_store, info(run), made, Ticking(), KEY)
            anyio.run(keep, to, [make(shop=shop) for shop, make in happened])
        history = StoreHistory(quick_store, ManualClock())
        left = [(one.shop, one.run.run, one.closed, one.pending_writes) for one in history.unfinished()]
        return left, history.last_applied([SHOP, OTHER])

    async def one_by_one(to, happened):
        for event in happened:
            await to.record(event)
        await to.record(RunFinished())

    async def together(to, happened):
        for event in happened:
            await to.record_lazily(event)
        await to.record(RunFinished())

    assert what_follows(together) == what_follows(one_by_one)
