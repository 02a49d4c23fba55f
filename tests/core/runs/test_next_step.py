"""The one command that continues after a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.next_step import next_command
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport, WaveReport
from reconciler.core.values import ShopKey
from tests.support.strategies import finding

AGAIN = "reconciler apply kyoto-tea"


def report(outcome: ShopOutcome = ShopOutcome.APPLIED, **more: object) -> Report:
    found = (finding(),) if outcome is ShopOutcome.PARTLY else ()
    return Report(
        fingerprint="f", shops=(ShopReport(shop=ShopKey("kyoto-tea"), outcome=outcome, findings=found),), **more
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("in_waves", [True, False])
@pytest.mark.parametrize("outcome", [ShopOutcome.APPLIED, ShopOutcome.UNCHANGED, ShopOutcome.REFUSED])
def test_nothing_where_all_is_done_or_waits_for_a_person(outcome: ShopOutcome, in_waves: bool) -> None:
    assert next_command(report(outcome), in_waves=in_waves, again=AGAIN) is None


@pytest.mark.parametrize("in_waves", [True, False])
def test_a_shop_that_was_left_closed_is_resumed_first(in_waves: bool) -> None:
    left = report(ShopOutcome.LEFT_CLOSED)
    assert next_command(left, in_waves=in_waves, again=None) == "reconciler resume"


@pytest.mark.parametrize(
    "more",
    [
        {"interrupted": True},
        {"recording_failed": True},
        {"waves": (WaveReport(wave=1, name="a", shops=1, passed=False),)},
    ],
)
def test_a_run_that_did_not_come_to_its_end(more: dict[str, object]) -> None:
    unfinished = replace(report(ShopOutcome.SKIPPED), **more)  # type: ignore[arg-type]
    assert next_command(unfinished, in_waves=True, again=AGAIN) == "reconciler resume"
    assert next_command(unfinished, in_waves=False, again=AGAIN) == AGAIN


@pytest.mark.parametrize("outcome", [ShopOutcome.UNKNOWN, ShopOutcome.FAILED, ShopOutcome.PARTLY, ShopOutcome.MISSED])
def test_a_shop_that_failed_is_applied_again(outcome: ShopOutcome) -> None:
    assert next_command(report(outcome), in_waves=False, again=AGAIN) == AGAIN


@pytest.mark.parametrize(
    "code", [codes.API_VALUES_REFUSED, codes.NOT_ENTITLED, codes.PRE_SET_TOKEN_REFUSED, codes.REJECTED]
)
def test_values_that_were_refused_are_corrected_and_planned_again(code: Code) -> None:
    refused = ShopReport(
        shop=ShopKey("kyoto-tea"), outcome=ShopOutcome.FAILED, findings=(diagnostic(code, msg("refused")),)
    )
    other = ShopReport(shop=ShopKey("uji-cups"), outcome=ShopOutcome.FAILED, findings=(finding(),))
    assert next_command(Report(fingerprint="f", shops=(refused,)), in_waves=False, again=AGAIN) == "reconciler plan"
    assert next_command(Report(fingerprint="f", shops=(refused, other)), in_waves=False, again=AGAIN) == AGAIN
