"""Exit codes: which result means which."""

from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Severity, diagnostic
from reconciler.core.diagnostics.exit_codes import EXIT_CODE_MEANINGS, ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan
from reconciler.core.results.exit_status import (
    exit_code_for_diagnostics,
    exit_code_for_plan,
    exit_code_for_read,
    exit_code_for_report,
)
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.core.values import ShopKey
from tests.support.example_worlds import leaving

DONE, ERROR, DIFFERENCES, REFUSED, UNREACHABLE, PARTLY = ExitCode

EMPTY = build_plan([])
CHANGING = leaving().plan()
RULE, GUARD, WARNING = codes.NEEDS_OPTION, codes.TURNING_OFF, codes.INCOMPLETE


def of(code: Code):
    return diagnostic(code, msg("for the test"))


def test_the_exit_codes_are_what_scripts_rely_on():
    assert [int(verdict) for verdict in (DONE, ERROR, DIFFERENCES, REFUSED, UNREACHABLE, PARTLY)] == [0, 1, 2, 3, 4, 5]
    assert EXIT_CODE_MEANINGS.keys() == set(ExitCode)


@pytest.mark.parametrize(
    ("reported", "verdict"),
    [
        ([], DONE),
        ([WARNING], DONE),
        ([GUARD], DONE),
        ([RULE], ERROR),
        ([codes.UNREACHABLE], UNREACHABLE),
        ([codes.MAINTENANCE, codes.UNREACHABLE, WARNING], UNREACHABLE),
        ([codes.UNREACHABLE, RULE], ERROR),
        ([codes.UNAUTHORISED], ERROR),
    ],
)
def test_findings_alone(reported, verdict):
    assert exit_code_for_diagnostics(map(of, reported)) is verdict


@pytest.mark.parametrize(
    ("plan", "reported", "verdict"),
    [
        (EMPTY, [], DONE),
        (EMPTY, [WARNING], DONE),
        (EMPTY, [codes.UNREACHABLE], UNREACHABLE),
        (EMPTY, [RULE], ERROR),
        (CHANGING, [], DIFFERENCES),
        (CHANGING, [GUARD], REFUSED),
        (CHANGING, [WARNING], DIFFERENCES),
        (CHANGING, [codes.UNREACHABLE], ERROR),
        (CHANGING, [RULE], ERROR),
    ],
)
@pytest.mark.parametrize("where", ["beside", "run", "shop"])
def test_a_plan_that_was_shown(plan: Plan, reported, verdict, where):
    findings = tuple(map(of, reported))
    if where == "beside":
        assert exit_code_for_plan(plan, findings, detailed=True) is verdict
    elif where == "run":
        assert exit_code_for_plan(replace(plan, findings=findings), detailed=True) is verdict
    elif plan.shops:
        held = replace(plan, shops=(replace(plan.shops[0], findings=findings),))
        assert exit_code_for_plan(held, detailed=True) is verdict


@pytest.mark.parametrize(("reported", "verdict"), [([], DONE), ([WARNING], DONE), ([GUARD], REFUSED), ([RULE], ERROR)])
def test_a_plan_with_changes_is_done_unless_the_code_is_to_be_detailed(reported, verdict):
    assert exit_code_for_plan(CHANGING, tuple(map(of, reported))) is verdict


def report(
    *shops: tuple[ShopOutcome, tuple[Code, ...]], held: tuple[Code, ...] = (), interrupted: bool = False
) -> Report:
    return Report(
        fingerprint="",
        shops=tuple(
            ShopReport(shop=ShopKey(f"shop-{number}"), outcome=outcome, findings=tuple(map(of, reported)))
            for number, (outcome, reported) in enumerate(shops)
        ),
        findings=tuple(map(of, held)),
        interrupted=interrupted,
    )


APPLIED, UNCHANGED = ShopOutcome.APPLIED, ShopOutcome.UNCHANGED
FAILED, SKIPPED, HELD = ShopOutcome.FAILED, ShopOutcome.SKIPPED, ShopOutcome.REFUSED


@pytest.mark.parametrize(
    ("shops", "verdict"),
    [
        ([], DONE),
        ([(UNCHANGED, ())], DONE),
        ([(UNCHANGED, (WARNING,)), (APPLIED, (WARNING,))], DONE),
        ([(APPLIED, ())], DONE),
        ([(FAILED, (codes.REJECTED,))], ERROR),
        ([(FAILED, (codes.UNREACHABLE,))], UNREACHABLE),
        ([(FAILED, (codes.UNREACHABLE,)), (FAILED, (codes.REJECTED,))], ERROR),
        ([(FAILED, ())], ERROR),
        ([(SKIPPED, (codes.UNREACHABLE,)), (UNCHANGED, ())], UNREACHABLE),
        ([(SKIPPED, (RULE,))], ERROR),
        ([(HELD, (GUARD,))], REFUSED),
        ([(HELD, (codes.STALE,)), (UNCHANGED, ())], REFUSED),
        ([(HELD, (RULE,))], ERROR),
        ([(HELD, (GUARD,)), (HELD, (RULE,))], ERROR),
        ([(HELD, (codes.UNREACHABLE,))], UNREACHABLE),
        ([(HELD, (GUARD,)), (FAILED, (codes.UNREACHABLE,))], UNREACHABLE),
        ([(APPLIED, ()), (FAILED, (codes.REJECTED,))], PARTLY),
        ([(APPLIED, ()), (SKIPPED, (codes.UNREACHABLE,))], PARTLY),
        ([(APPLIED, ()), (HELD, (GUARD,))], PARTLY),
        *[([(outcome, (codes.UNREACHABLE,))], PARTLY) for outcome in list(ShopOutcome)[:2]],
        ([(ShopOutcome.PARTLY, (codes.REJECTED,))], PARTLY),
        ([(ShopOutcome.MISSED, (codes.PREDICTION_MISS,)), (APPLIED, ())], PARTLY),
    ],
)
def test_a_plan_that_was_applied(shops, verdict):
    assert exit_code_for_report(report(*shops)) is verdict


def test_a_run_that_a_guard_holds_is_refused():
    assert exit_code_for_report(report((HELD, (codes.NOT_CONFIRMED,)), held=(codes.FLEET_SHARE,))) is REFUSED
    assert exit_code_for_report(report((HELD, ()), held=(codes.FLEET_SHARE,))) is REFUSED


def test_an_interrupted_run_is_always_partly_applied():
    assert exit_code_for_report(report((SKIPPED, ()), interrupted=True)) is PARTLY


def test_a_shop_that_an_earlier_run_left_closed_is_a_difference_also_where_nothing_else_is():
    owed = replace(of(codes.LEFT_CLOSED), severity=Severity.WARNING)
    assert exit_code_for_plan(EMPTY, (owed,), left_closed=True, detailed=True) is DIFFERENCES
    assert exit_code_for_read((owed,), differs=False, left_closed=True) is DIFFERENCES
    assert exit_code_for_read((), differs=False) is DONE


def test_a_run_whose_machine_failed_in_its_midst_is_half_done_once_anything_was_written():
    broken = replace(of(codes.UNUSABLE), severity=Severity.ERROR)
    shop = ShopReport(shop=ShopKey("a"), outcome=ShopOutcome.APPLIED, done=2, writes=2)
    assert (
        exit_code_for_report(Report(fingerprint="", shops=(shop,), findings=(broken,), recording_failed=True)) is PARTLY
    )
    left = ShopReport(shop=ShopKey("a"), outcome=ShopOutcome.SKIPPED, writes=2)
    assert (
        exit_code_for_report(Report(fingerprint="", shops=(left,), findings=(broken,), recording_failed=True)) is ERROR
    )
    assert exit_code_for_report(Report(fingerprint="", shops=(), findings=(broken,), recording_failed=True)) is ERROR
