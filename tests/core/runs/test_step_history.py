"""What a run did in a shop, from its journal."""

from __future__ import annotations

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import Step, StepKind
from reconciler.core.runs.events import (
    Event,
    PredictionMissed,
    ReopenFailed,
    ShopFinished,
    ShopReopened,
    ShopSkipped,
    ShopStarted,
    StepDone,
    StepFailed,
    StepStarted,
)
from reconciler.core.runs.step_history import StepOutcome, StepRecord, step_records
from reconciler.core.values import ShopKey

SHOP = ShopKey("kyoto-tea")
SWITCH = FieldRef("amazon_settings", "enabled")
CLOSE = Step(action=StepKind.CLOSE, kind="storefront_status")
WRITE = Step(action=StepKind.WRITE, kind="amazon_settings", refs=(SWITCH,))
REOPEN = Step(action=StepKind.REOPEN, kind="storefront_status")
STEPS = (CLOSE, WRITE, REOPEN)
WHY = diagnostic(codes.STALE, msg("moved"), shop=SHOP)
LEFT = diagnostic(codes.LEFT_CLOSED, msg("no answer"), shop=SHOP)


def reported(*events: Event) -> tuple[StepRecord, ...]:
    return step_records(STEPS, ((f"t{number}", event) for number, event in enumerate(events)))


def step_started(step: int) -> StepStarted:
    return StepStarted(shop=SHOP, step=step, key="k")


def test_a_step_is_shown_once_with_its_outcome_and_request_id() -> None:
    assert reported(ShopStarted(shop=SHOP), step_started(0), StepDone(shop=SHOP, step=0, request_id="r-1")) == (
        StepRecord(at="t2", step=CLOSE, outcome=StepOutcome.DONE, request_id="r-1"),
    )


def test_a_step_without_an_outcome_is_not_known() -> None:
    assert reported(step_started(0), StepDone(shop=SHOP, step=0), step_started(1)) == (
        StepRecord(at="t1", step=CLOSE, outcome=StepOutcome.DONE),
        StepRecord(at="t2", step=WRITE, outcome=StepOutcome.UNKNOWN),
    )


def test_a_failure_that_leaves_open_whether_it_happened_is_not_known() -> None:
    """As the report of the run has it: an answer of 500 may have come after the write."""
    heard = StepFailed(shop=SHOP, step=1, why=WHY, happened=None)
    assert reported(step_started(1), heard) == (
        StepRecord(at="t1", step=WRITE, outcome=StepOutcome.UNKNOWN, reason="stale"),
    )


def test_after_a_failure_the_reopening_is_shown_in_its_place() -> None:
    failed = StepFailed(shop=SHOP, step=1, why=WHY, happened=False)
    assert reported(step_started(1), failed, ShopReopened(shop=SHOP), ShopFinished(shop=SHOP)) == (
        StepRecord(at="t1", step=WRITE, outcome=StepOutcome.FAILED, reason="stale"),
        StepRecord(at="t2", step=REOPEN, outcome=StepOutcome.DONE),
    )


def test_a_shop_that_was_left_closed() -> None:
    assert reported(ReopenFailed(shop=SHOP, why=LEFT)) == (
        StepRecord(at="t0", step=REOPEN, outcome=StepOutcome.FAILED, reason="left-closed"),
    )


def test_what_read_back_otherwise() -> None:
    miss = PredictionMissed(shop=SHOP, ref=SWITCH, predicted=True, found=False, why=WHY)
    looked = Step(action=StepKind.VERIFY, kind="amazon_settings", refs=(SWITCH,))
    assert reported(miss) == (StepRecord(at="t0", step=looked, outcome=StepOutcome.MISSED, reason="stale"),)


def test_a_shop_that_was_not_started() -> None:
    assert reported(ShopSkipped(shop=SHOP, why=(WHY,))) == (
        StepRecord(at="t0", step=None, outcome=StepOutcome.REFUSED, reason="stale"),
    )
    assert reported(ShopSkipped(shop=SHOP, why=())) == (StepRecord(at="t0", step=None, outcome=StepOutcome.REFUSED),)


def test_an_unplanned_step_is_omitted() -> None:
    """A resume has no plan."""
    assert reported(step_started(7)) == ()
