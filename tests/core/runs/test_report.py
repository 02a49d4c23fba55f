"""The report: a fold over the events of a run."""

from dataclasses import replace

import pytest
from hypothesis import given

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import StepKind
from reconciler.core.runs.events import (
    PredictionMissed,
    ReopenFailed,
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopReopened,
    ShopSkipped,
    ShopStarted,
    ShopVerified,
    StepDone,
    StepFailed,
    StepStarted,
)
from reconciler.core.runs.report import ShopOutcome, add_left_closed, fold
from reconciler.core.values import ShopKey
from tests.support.example_worlds import desired_with, going_live, leaving, together
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import World, finding, runs

PLAN = leaving().plan()
SHOP = PLAN.shops[0].shop
ALARM = list(ShopOutcome)
WHY = finding(shop=SHOP)
STALE = diagnostic(codes.STALE, msg("moved"), shop=SHOP)
WHOLE = diagnostic(codes.FLEET_SHARE, msg("too many"))
MISS = PredictionMissed(
    shop=SHOP, ref=FieldRef("amazon_pay_payment", "use"), predicted=False, found=True, why=finding()
)


def done(*steps: int):
    return [StepDone(shop=SHOP, step=step) for step in steps]


def failed(step: int, why=WHY, *, happened=False):
    return StepFailed(shop=SHOP, step=step, why=why, happened=happened)


VERIFIED, FINISHED, REOPENED = ShopVerified(shop=SHOP), ShopFinished(shop=SHOP), ShopReopened(shop=SHOP)
LEFT = ReopenFailed(shop=SHOP, why=WHY)


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ([], ShopOutcome.SKIPPED),
        ([ShopStarted(shop=SHOP), StepStarted(shop=SHOP, step=0, key="k")], ShopOutcome.SKIPPED),
        (done(0), ShopOutcome.PARTLY),
        ([*done(*range(8)), VERIFIED, FINISHED], ShopOutcome.APPLIED),
        ([*done(*range(8)), VERIFIED], ShopOutcome.PARTLY),
        ([*done(*range(8)), FINISHED], ShopOutcome.PARTLY),
        ([*done(0, 1), MISS, *done(2, 3, 4, 5, 6, 7), FINISHED], ShopOutcome.MISSED),
        ([*done(0, 1), MISS, *done(2, 3), failed(4), FINISHED], ShopOutcome.PARTLY),
        ([failed(0), FINISHED], ShopOutcome.FAILED),
        ([failed(0, STALE), FINISHED], ShopOutcome.REFUSED),
        ([*done(0), failed(1, STALE), REOPENED, FINISHED], ShopOutcome.PARTLY),
        ([*done(0), failed(1), REOPENED, FINISHED], ShopOutcome.PARTLY),
        ([*done(0), failed(1, happened=None), REOPENED, FINISHED], ShopOutcome.UNKNOWN),
        ([*done(0), failed(1, happened=None), LEFT, FINISHED], ShopOutcome.LEFT_CLOSED),
        ([ShopSkipped(shop=SHOP, why=(WHY,))], ShopOutcome.REFUSED),
    ],
)
def test_the_outcome_of_a_shop_is_what_its_events_come_to(events, outcome):
    assert fold(PLAN, events).shops[0].outcome is outcome


def test_what_held_a_shop_in_the_plan_is_reported_once():
    plan = replace(PLAN, findings=(WHOLE,), shops=(replace(PLAN.shops[0], findings=(STALE,)),))
    report = fold(plan, [ShopSkipped(shop=SHOP, why=(STALE, WHOLE, WHY))])
    assert report.shops[0].findings == (STALE, WHY)
    assert report.findings == (WHOLE,)


def test_a_report_counts_acknowledged_writes_against_planned_ones_and_reading_back_is_none():
    printed = fold(PLAN, done(0, 1, 2)).shops[0]
    assert (printed.done, printed.writes) == (2, 6)


def test_what_a_run_says_of_a_shop_is_kept_with_what_its_plan_said():
    plan = replace(PLAN, shops=(replace(PLAN.shops[0], findings=(STALE,)),))
    printed = fold(plan, [*done(0), MISS, failed(2), REOPENED]).shops[0]
    assert printed.findings == (STALE, MISS.why, WHY)
    assert printed.missed == (MISS,)
    assert printed.reopened


def test_a_write_with_an_unknown_outcome_is_reported_with_a_hint():
    printed = fold(PLAN, [failed(0, happened=None)]).shops[0]
    assert [finding.code for finding in printed.findings] == [WHY.code, codes.OUTCOME_UNKNOWN]
    assert printed.findings[1].hint is not None


def test_a_shop_whose_closing_was_not_acknowledged_may_be_closed_and_one_whose_closing_was_is():
    close = [step.action for step in PLAN.shops[0].steps].index(StepKind.CLOSE)
    sent = fold(PLAN, [*done(*range(close)), failed(close, happened=None), LEFT, FINISHED]).shops[0]
    assert (sent.outcome, sent.closing_unknown) == (ShopOutcome.LEFT_CLOSED, True)
    assert "request to close the shop was sent" in str(sent.findings[1].summary)
    later = fold(PLAN, [*done(*range(close + 1)), failed(close + 1, happened=None), LEFT, FINISHED]).shops[0]
    assert (later.outcome, later.closing_unknown) == (ShopOutcome.LEFT_CLOSED, False)


def test_a_shop_with_nothing_to_do_is_unchanged_and_one_that_is_blocked_is_not():
    idle = World(ModelBackend([]), (desired_with("a"),)).plan()
    assert idle.shops[0].blocked
    assert fold(idle, []).shops[0].outcome is ShopOutcome.SKIPPED
    warned = replace(idle.shops[0], findings=(finding(Severity.WARNING),))
    assert fold(replace(idle, shops=(warned,)), []).shops[0].outcome is ShopOutcome.UNCHANGED


def test_a_run_records_whether_it_was_interrupted():
    started = RunStarted(fingerprint=PLAN.fingerprint, shops=1)
    assert not fold(PLAN, [started]).interrupted
    cut_off = fold(PLAN, [started, RunFinished(interrupted=True)])
    assert cut_off.interrupted
    assert [finding.code for finding in cut_off.findings] == [codes.INTERRUPTED]
    assert fold(PLAN, [started]).fingerprint == PLAN.fingerprint


def test_one_shops_events_are_that_shops_alone():
    plan = together(going_live("a"), leaving("b")).plan()
    report = fold(plan, [StepFailed(shop=plan.shops[0].shop, step=0, why=WHY, happened=False)])
    assert [shop.outcome for shop in report.shops] == [ShopOutcome.FAILED, ShopOutcome.SKIPPED]
    assert report.count(ShopOutcome.FAILED, ShopOutcome.SKIPPED) == 2
    assert report.count(ShopOutcome.APPLIED) == 0


@given(runs())
def test_any_beginning_of_a_run_can_be_folded_and_alarm_only_lessens_when_the_shop_is_finished(run):
    plan, events = run
    before = fold(plan, [])
    for index, event in enumerate(events):
        after = fold(plan, events[: index + 1])
        for was, now in zip(before.shops, after.shops, strict=True):
            if was.outcome in (ShopOutcome.SKIPPED, ShopOutcome.UNCHANGED):
                continue
            if ALARM.index(now.outcome) > ALARM.index(was.outcome):
                assert isinstance(event, ShopFinished)
                assert now.done == now.writes
                assert now.verified or now.missed
        before = after


@given(runs())
def test_a_fold_of_a_shop_does_not_depend_on_other_shops(run):
    plan, events = run
    whole = fold(plan, events)
    for shop, printed in zip(plan.shops, whole.shops, strict=True):
        own = [event for event in events if getattr(event, "shop", None) == shop.shop]
        assert fold(replace(plan, shops=(shop,)), own).shops == (printed,)


@given(runs())
def test_applied_means_written_verified_and_not_missed(run):
    for printed in fold(*run).shops:
        if printed.outcome is ShopOutcome.APPLIED:
            assert printed.verified
            assert printed.done == printed.writes
            assert not printed.missed


def closed(shop: str):
    return diagnostic(codes.LEFT_CLOSED, msg("it does not answer"), shop=ShopKey(shop))


def test_shops_that_earlier_runs_left_closed_are_in_every_report():
    why = closed("a")
    report = fold(together(going_live("a"), going_live("c")).plan(), ())
    printed = add_left_closed(report, [why, closed("b")])
    assert [(shop.shop, shop.outcome) for shop in printed.shops] == [
        ("a", ShopOutcome.LEFT_CLOSED),
        ("b", ShopOutcome.LEFT_CLOSED),
        ("c", ShopOutcome.SKIPPED),
    ]
    assert add_left_closed(printed, [why]) == printed, "it is reported once"
    assert add_left_closed(report, [finding()]) == report, "what is not of a shop is nobody's"
