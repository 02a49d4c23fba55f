"""What the journal remembers: runs, and above all what a run left open."""

import json
import tracemalloc
from dataclasses import replace

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.run_tables import events as events_table
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.event_codec import VERSION, encode_event
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import ShopPlan, StepKind
from reconciler.core.runs.events import (
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
from reconciler.core.runs.report import fold
from reconciler.core.runs.run_summary import RunCounts
from reconciler.core.values import Origin, ShopKey
from tests.adapters.store.fakes import (
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
from tests.support.strategies import runs

MAIL = FieldRef("amazon_settings", "notification_email")
WHY = diagnostic(codes.LEFT_CLOSED, msg("it did not answer"))


def step_started(step: int) -> StepStarted:
    return StepStarted(shop=SHOP, step=step, key=f"key-{step}")


def done(step: int) -> StepDone:
    return StepDone(shop=SHOP, step=step)


def failed(step: int, *, happened: bool | None) -> StepFailed:
    return StepFailed(shop=SHOP, step=step, why=WHY, happened=happened)


STARTED, FINISHED, REOPENED = ShopStarted(shop=SHOP), ShopFinished(shop=SHOP), ShopReopened(shop=SHOP)
NOT_REOPENED = ReopenFailed(shop=SHOP, why=WHY)
CLOSED = [STARTED, step_started(CLOSE), done(CLOSE)]


def left(store, clock=None) -> list:
    unfinished = StoreHistory(store, clock or ManualClock()).unfinished()
    return [(one.shop, one.run.run, one.closed, one.pending_writes) for one in unfinished]


# What one run leaves.


@pytest.mark.parametrize(
    ("reported", "closed", "intents"),
    [
        ([STARTED], False, ()),
        ([STARTED, step_started(0)], False, ((0, "key-0"),)),
        ([STARTED, step_started(0), done(0)], False, ()),
        ([STARTED, step_started(CLOSE)], True, ((CLOSE, "key-1"),)),
        (CLOSED, True, ()),
        ([*CLOSED, step_started(SWITCH)], True, ((SWITCH, "key-2"),)),
        ([*CLOSED, step_started(SWITCH), failed(SWITCH, happened=None)], True, ()),
        ([*CLOSED, step_started(SWITCH), failed(SWITCH, happened=False)], True, ()),
        ([*CLOSED, step_started(REOPEN)], True, ((REOPEN, "key-4"),)),
        ([*CLOSED, step_started(REOPEN), failed(REOPEN, happened=False)], True, ()),
        ([*CLOSED, step_started(REOPEN), done(REOPEN)], False, ()),
        ([*CLOSED, step_started(SWITCH), failed(SWITCH, happened=None), REOPENED], False, ()),
        ([*CLOSED, NOT_REOPENED], True, ()),
        ([*CLOSED, NOT_REOPENED, FINISHED], True, ()),
        ([STARTED, NOT_REOPENED, FINISHED], True, ()),
        ([STARTED, step_started(CLOSE), failed(CLOSE, happened=None)], True, ()),
        ([STARTED, step_started(CLOSE), failed(CLOSE, happened=False)], False, ()),
    ],
)
def test_what_a_run_left_open_is_reported(file_store, reported, closed, intents):
    tell(journal(file_store), reported)
    assert left(file_store) == [(SHOP, "run-1", closed, intents)]


@pytest.mark.parametrize(
    "reported",
    [
        [STARTED, FINISHED],
        [*CLOSED, step_started(REOPEN), done(REOPEN), FINISHED],
        [*CLOSED, NOT_REOPENED, REOPENED, FINISHED],
        [
            STARTED,
            step_started(CLOSE),
            failed(CLOSE, happened=False),
            FINISHED,
        ],  # it was already closed by another actor
        [STARTED, step_started(SWITCH), failed(SWITCH, happened=None), FINISHED],
        [ShopSkipped(shop=SHOP, why=(WHY,))],
        [RunStarted(fingerprint="sha256:00", shops=0), RunFinished()],
    ],
)
def test_what_is_finished_is_not_listed(file_store, reported):
    tell(journal(file_store), reported)
    assert left(file_store) == []


# Several runs.


def test_the_oldest_comes_first_and_says_whose_it_is(store):
    tell(journal(store), [step_started(CLOSE)])
    tell(journal(store, "run-2"), [ShopStarted(shop=OTHER), STARTED])
    assert left(store) == [
        (SHOP, "run-1", True, ((CLOSE, "key-1"),)),
        (SHOP, "run-2", False, ()),
        (OTHER, "run-2", False, ()),
    ]
    assert StoreHistory(store, ManualClock()).unfinished()[0].run == info()


def test_a_later_run_that_finished_the_shop_settles_the_earlier_ones(store):
    tell(journal(store), CLOSED)
    tell(journal(store, "run-2"), [*CLOSED, step_started(SWITCH)])
    tell(journal(store, "run-3"), [STARTED, REOPENED, FINISHED])
    assert left(store) == []


def test_a_later_run_that_could_not_reopen_it_settles_nothing(store):
    tell(journal(store), CLOSED)
    tell(journal(store, "run-2"), [STARTED, NOT_REOPENED, FINISHED])
    assert [(run, closed) for _, run, closed, _ in left(store)] == [("run-1", True), ("run-2", True)]


def test_a_later_run_that_only_skipped_it_settles_nothing(store):
    tell(journal(store), CLOSED)
    tell(journal(store, "run-2"), [ShopSkipped(shop=SHOP, why=(WHY,))])
    assert len(left(store)) == 1


def test_one_run_may_return_to_a_shop(store):
    """As one that resumes first, and applies then."""
    to = journal(store)
    tell(to, [STARTED, REOPENED, FINISHED, STARTED, step_started(0)])
    assert left(store) == [(SHOP, "run-1", False, ((0, "key-0"),))]
    tell(to, [done(0), FINISHED])
    assert left(store) == []


def test_a_run_that_continues_after_it_was_settled_is_unfinished_again(store):
    """It lost its lease and did not notice. What it did before the other one finished is settled; what it does now is not."""
    to = journal(store)
    tell(to, CLOSED)
    tell(journal(store, "run-2"), [STARTED, REOPENED, FINISHED])
    tell(to, [step_started(SWITCH)])
    assert left(store) == [(SHOP, "run-1", False, ((SWITCH, "key-2"),))]


def test_what_a_run_does_that_took_the_shop_over_is_not_settled_by_who_lost_it(store):
    """A resume takes longer than its lease lives; the next run closes the shop, and is killed once the resume has ended."""
    tell(journal(store), CLOSED)
    slow = journal(store, "run-2")
    tell(slow, [STARTED, REOPENED])
    tell(journal(store, "run-3"), CLOSED)
    tell(slow, [FINISHED])
    assert left(store) == [(SHOP, "run-3", True, ())]


def test_a_closing_unknown_to_a_resume_is_not_settled_by_its_read(store):
    """It came once the resume had heard what was unfinished, from a run whose lease had lapsed and which then was killed."""
    resuming = build_plan([ShopPlan(shop=SHOP, origin=Origin("-"))])
    late = journal(store)
    tell(late, [STARTED, step_started(0), done(0), step_started(CLOSE)])
    tell(journal(store, "run-2", of=resuming), [STARTED, FINISHED])
    assert left(store) == [(SHOP, "run-1", True, ((CLOSE, "key-1"),))]
    tell(journal(store, "run-3", of=resuming), [STARTED, REOPENED, FINISHED])
    assert left(store) == []


def test_a_run_at_work_is_not_unfinished_until_its_lease_ends(file_store, clock):
    leases = StoreLeases(file_store, info(), clock)
    anyio.run(leases.acquire, SHOP)
    tell(journal(file_store), CLOSED)
    tell(journal(file_store, "run-2"), [STARTED])  # has no lease
    assert [run for _, run, _, _ in left(file_store, clock)] == ["run-2"]
    clock.move(60)
    assert [run for _, run, _, _ in left(file_store, clock)] == ["run-1", "run-2"]


def naive(stories) -> list:
    """The definition, word for word, over lists in memory."""
    kept = []
    for number, (made, reported) in enumerate(stories):
        for shop in made.shops:
            own = [
                one for one in reported if getattr(one, "shop", None) == shop.shop and not isinstance(one, ShopSkipped)
            ]
            later = stories[number + 1 :]
            settled = _ended(shop, own) or any(_settles(each, one) for each, one in _of(later, shop.shop))
            if own and not settled:
                outcomes = {one.step for one in own if isinstance(one, StepDone | StepFailed)}
                started = [one for one in own if isinstance(one, StepStarted)]
                intents = tuple((one.step, one.key) for one in started if one.step not in outcomes)
                kept.append((shop.shop, str(number), _left_closed(shop, own), intents))
    return kept


def _of(stories, key):
    for made, reported in stories:
        (shop,) = (shop for shop in made.shops if shop.shop == key)
        yield shop, [one for one in reported if getattr(one, "shop", None) == key]


def _ended(shop, own) -> bool:
    return any(isinstance(one, ShopFinished) for one in own) and not _left_closed(shop, own)


def _settles(shop, own) -> bool:
    """A later run settles an unfinished shop if it only recovered it, or opened it itself."""
    opened = any(
        isinstance(one, ShopReopened) or (isinstance(one, StepDone) and shop.steps[one.step].action is StepKind.REOPEN)
        for one in own
    )
    return _ended(shop, own) and (opened or not shop.steps)


def _left_closed(shop, own) -> bool:
    """From the last word on it backwards."""
    for one in reversed(own):
        does = shop.steps[one.step].action if hasattr(one, "step") else None
        if isinstance(one, ReopenFailed) or (isinstance(one, StepStarted | StepDone) and does is StepKind.CLOSE):
            return True
        if isinstance(one, ShopReopened) or (isinstance(one, StepDone) and does is StepKind.REOPEN):
            return False
        if isinstance(one, StepFailed) and does is StepKind.CLOSE and one.happened is False:
            return False
    return False


@st.composite
def cut_off(draw: st.DrawFn):
    """A run's story up to any event."""
    made, reported = draw(runs())
    return made, reported[: draw(st.integers(0, len(reported)))]


@settings(max_examples=settings.default.max_examples // 2)
@given(stories=st.lists(cut_off(), min_size=1, max_size=3))
def test_unfinished_is_what_its_definition_says(quick_store, stories):
    wipe(quick_store)
    history = StoreHistory(quick_store, ManualClock())
    for number, (made, reported) in enumerate(stories):
        tell(StoreJournal(quick_store, info(str(number)), made, ManualClock(), KEY), reported)
    assert left(quick_store) == naive(stories)
    for number, (made, reported) in enumerate(stories):
        kept = [recorded.event for recorded in history.events(str(number))]
        now, then = fold(made, kept), fold(made, reported)
        assert [(shop.outcome, shop.done) for shop in now.shops] == [(shop.outcome, shop.done) for shop in then.shops]


# Runs.


def test_runs_come_newest_first_and_no_more_than_asked_for(store, clock):
    for number in range(4):
        tell(journal(store, f"run-{number}"), [STARTED, FINISHED])
    history = StoreHistory(store, clock)
    assert [run.info.run for run in history.runs(limit=3)] == ["run-3", "run-2", "run-1"]
    assert StoreHistory(store, clock).runs(ShopKey("nobody")) == []


def test_a_run_is_listed_with_how_many_shops_it_started(store, clock):
    tell(journal(store), [ShopSkipped(shop=ShopKey("held"), why=()), STARTED, ShopStarted(shop=OTHER), FINISHED])
    tell(journal(store, "run-2"), [RunFinished()])
    assert [run.shops for run in StoreHistory(store, clock).runs()] == [0, 2]
    assert [run.shops for run in StoreHistory(store, clock).runs(OTHER)] == [2]


def test_a_run_is_listed_with_what_came_of_its_shops(store, clock):
    """Each once, with any other events; the content of texts does not matter."""
    misleading = diagnostic(codes.LEFT_CLOSED, msg("{text}", text='"event":"step-failed" "interrupted":true'))
    tell(
        journal(store),
        [
            *(STARTED, *(done(step) for step in range(LAST + 1)), FINISHED),
            ShopStarted(shop=OTHER),
            StepFailed(shop=OTHER, step=0, why=misleading, happened=False),
            StepFailed(shop=OTHER, step=1, why=misleading, happened=False),
            ShopFinished(shop=OTHER),
            ShopSkipped(shop=ShopKey("held"), why=(misleading,)),
            ShopSkipped(shop=ShopKey("held-too"), why=()),
            ShopInSync(shop=ShopKey("as-it-is"), values=()),
            RunFinished(),
        ],
    )
    tell(journal(store, "run-2"), [STARTED, step_started(0), done(0), FINISHED, RunFinished(interrupted=True)])
    tell(journal(store, "run-3"), [ShopInSync(shop=SHOP, values=()), RunFinished()])
    none, cut, one = StoreHistory(store, clock).runs()
    assert (one.counts, one.unfinished_shops, one.interrupted) == (RunCounts(applied=1, failed=1, refused=2), 0, False)
    assert (cut.counts, cut.interrupted) == (RunCounts(failed=1), True), "it broke off in the shop"
    assert none.counts == RunCounts()


def test_a_shop_in_which_the_outcome_of_a_write_is_unknown_is_counted_as_that(store, clock):
    misleading = diagnostic(codes.LEFT_CLOSED, msg("{text}", text='"happened":null'))
    tell(
        journal(store, of=plan(SHOP, OTHER)),
        [
            *(STARTED, step_started(0), failed(0, happened=None), FINISHED),
            *(ShopStarted(shop=OTHER), StepFailed(shop=OTHER, step=0, why=misleading, happened=False)),
            *(ShopFinished(shop=OTHER), RunFinished()),
        ],
    )
    (run,) = StoreHistory(store, clock).runs()
    assert run.counts == RunCounts(failed=2, unknown=1)


def test_a_killed_run_is_listed_with_the_run_that_recovered_it(store, clock):
    tell(journal(store), CLOSED)
    history = StoreHistory(store, clock)
    assert [(run.unfinished_shops, run.resumed_by, run.running) for run in history.runs()] == [(1, None, False)]
    tell(journal(store, "run-2"), [STARTED, REOPENED, FINISHED, RunFinished()])
    assert [(run.unfinished_shops, run.resumed_by) for run in history.runs()] == [(0, None), (0, "run-2")]
    tell(journal(store, "run-3"), [STARTED, FINISHED])
    assert history.runs()[0].resumed_by is None, "it finished its shop itself"


def test_a_run_that_holds_a_shop_is_listed_as_at_work(store, clock):
    tell(journal(store), CLOSED)
    anyio.run(StoreLeases(store, info(), clock).acquire, SHOP)
    tell(journal(store, "run-2"), CLOSED)
    assert [run.running for run in StoreHistory(store, clock).runs()] == [False, True]


def test_a_long_journal_is_listed_and_read_without_being_held_in_memory(file_store, clock):
    """Twenty thousand events take more than twenty megabytes when they are all there at once."""
    tell(journal(file_store), [STARTED])
    many = 20_000
    document = encode_event(ShopVerified(shop=SHOP), None)
    rows = [{"run": "run-1", "shop": SHOP, "at": START, "document": document} for _ in range(many)]
    with file_store.writing() as connection:
        connection.execute(events_table.insert(), rows)
    del rows
    history = StoreHistory(file_store, clock)
    tracemalloc.start()
    try:
        assert len(history.runs()) == 1
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
        assert sum(1 for _ in history.events("run-1")) == many + 1
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_outcomes_are_kept_of_runs_that_have_ended(store, clock):
    """What is kept is that of the journal; a run that goes on is counted again."""
    over, open_ = journal(store, "over"), journal(store, "open")
    tell(over, [ShopStarted(shop=SHOP), ShopFinished(shop=SHOP), RunFinished()])
    tell(open_, [ShopSkipped(shop=SHOP, why=())])
    kept: dict[str, RunCounts] = {}
    fresh = {row.info.run: row.counts for row in StoreHistory(store, clock).runs()}
    assert {row.info.run: row.counts for row in StoreHistory(store, clock, kept).runs()} == fresh
    assert kept == {"over": fresh["over"]}
    tell(open_, [ShopSkipped(shop=OTHER, why=())])
    kept["over"] = RunCounts(applied=7)
    again = {row.info.run: row.counts for row in StoreHistory(store, clock, kept).runs()}
    assert again == {"over": RunCounts(applied=7), "open": RunCounts(refused=2)}


def test_the_runs_of_a_shop_show_that_shop_and_the_run(store, clock):
    start = RunStarted(fingerprint="sha256:00", shops=2)
    other = ShopStarted(shop=OTHER)
    tell(journal(store), [start, STARTED, other, RunFinished()])
    tell(journal(store, "run-2"), [start, other])
    history = StoreHistory(store, clock)
    assert [run.info.run for run in history.runs(SHOP)] == ["run-1"]
    assert [recorded.event for recorded in history.events("run-1", SHOP)] == [start, STARTED, RunFinished()]


def test_what_a_run_was_to_do_is_kept_with_digests(store, clock):
    tell(journal(store), [STARTED])
    history = StoreHistory(store, clock)
    planned = history.planned("run-1", SHOP)
    assert [step["does"] for step in planned["steps"]] == [step.action.value for step in plan().shops[0].steps]
    changes = {change["field"]: change for change in planned["changes"]}
    assert changes["amazon_settings.enabled"] == {
        "field": "amazon_settings.enabled",
        "before": False,
        "after": True,
        "reason": "declared",
    }
    assert changes["amazon_settings.mws_auth_token"]["after"]["digest"] == KEY.digest(TOKEN)
    assert history.planned("run-1", OTHER) is None


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"v": 9, "event": "shop-started"}, f"version 9 is not supported; .* up to {VERSION}"),
        ({"v": 1, "event": "shop-sold"}, "unknown event shop-sold"),
        ({"v": 1, "event": "shop-started"}, "is damaged"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_and_named(file_store, clock, document, why):
    tell(journal(file_store), [STARTED, step_started(0)])
    with file_store.writing() as connection:
        connection.execute(text("UPDATE events SET document = :d WHERE number = 2"), {"d": json.dumps(document)})
    history = StoreHistory(file_store, clock)
    for ask in (lambda: list(history.events("run-1")), history.unfinished):
        with pytest.raises(StoreError, match=f"event 2: .*{why}"):
            ask()
    assert len(history.runs()) == 1, "the list is there all the same"


def test_what_was_applied_in_many_shops_is_read_at_once(store, clock):
    """More than a database takes in one question, and some of them unknown."""
    shops = [ShopKey(f"shop-{number}") for number in range(1200)]
    some = shops[::400]
    tell(
        journal(store, of=plan(*some)), [ShopInSync(shop=shop, values=((MAIL, f"{shop}@x.example"),)) for shop in some]
    )
    reported = StoreHistory(store, clock).last_applied(shops)
    assert {shop: fields[str(MAIL)].value for shop, fields in reported.items()} == {
        shop: f"{shop}@x.example" for shop in some
    }
    assert StoreHistory(store, clock).last_applied([]) == {}


def test_the_values_that_runs_replaced_are_listed_by_shop(store, clock):
    """Not those of a field that was only set, and not those of other fields."""
    seller = FieldRef("amazon_settings", "seller_id")
    for run, before in (("run-1", None), ("run-2", "A1FORMER000001"), ("run-3", "A1FORMER000002")):
        tell(journal(store, run, of=_changing_seller(before)), [ShopStarted(shop=SHOP)])
    tell(journal(store, "run-4", of=plan(OTHER)), [ShopStarted(shop=OTHER)])
    history = StoreHistory(store, clock)
    assert history.replaced_values(seller) == {SHOP: ("A1FORMER000001", "A1FORMER000002")}
    assert history.replaced_values(FieldRef("amazon_settings", "client_id")) == {}


def _changing_seller(before):
    made = plan(SHOP)
    changes = tuple(
        replace(change, before=before) if before and change.ref.field == "seller_id" else change
        for change in made.shops[0].changes
    )
    return replace(made, shops=(replace(made.shops[0], changes=changes),))


def test_a_run_is_shown_with_everything_known_about_it(store, clock):
    known = replace(info(), commit=None, actor="運用担当")
    tell(StoreJournal(store, known, plan(), clock, KEY), [STARTED])
    assert StoreHistory(store, clock).runs()[0].info == known


def test_the_shops_that_runs_failed_in_are_named_since_an_event(store, clock):
    history = StoreHistory(store, clock)
    assert (history.failed_shops(None).last, history.failed_shops(0).shops) == (0, frozenset())
    why = diagnostic(codes.UNREACHABLE, msg("no answer"))
    written = journal(store, of=plan(SHOP, OTHER))
    tell(written, [RunStarted(fingerprint="sha256:0", shops=2), ShopStarted(shop=OTHER), ShopVerified(shop=OTHER)])
    before = history.failed_shops(None).last
    tell(written, [ShopStarted(shop=SHOP), StepFailed(shop=SHOP, step=1, why=why, happened=None)])
    found = history.failed_shops(before)
    assert found.shops == {SHOP}
    tell(written, [ShopSkipped(shop=OTHER, why=(why,)), RunFinished()])
    assert history.failed_shops(found.last).shops == {OTHER}
    assert history.failed_shops(history.failed_shops(None).last).shops == frozenset()
