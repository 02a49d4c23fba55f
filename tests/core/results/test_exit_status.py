"""Exit codes: which result means which."""

from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Severity, found
from reconciler.core.diagnostics.exit_codes import MEANING, Verdict
from reconciler.core.diagnostics.messages import say
from reconciler.core.planning.fingerprint import assemble
from reconciler.core.planning.plan import Plan
from reconciler.core.results.exit_status import of_findings, of_looking, of_plan, of_report
from reconciler.core.runs.report import Outcome, Report, ShopReport
from reconciler.core.values import ShopKey
from tests.support.example_worlds import leaving

DONE, ERROR, DIFFERENCES, REFUSED, UNREACHABLE, PARTLY = Verdict

EMPTY = assemble([])
CHANGING = leaving().plan()
RULE, GUARD, WARNING = codes.NEEDS_OPTION, codes.TURNING_OFF, codes.INCOMPLETE


def of(code: Code):
    return found(code, say("for the test"))


def test_the_exit_codes_are_what_scripts_rely_on():
    assert [int(verdict) for verdict in (DONE, ERROR, DIFFERENCES, REFUSED, UNREACHABLE, PARTLY)] == [0, 1, 2, 3, 4, 5]
    assert MEANING.keys() == set(Verdict)


@pytest.mark.parametrize(
    ("told", "verdict"),
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
def test_findings_alone(told, verdict):
    assert of_findings(map(of, told)) is verdict


@pytest.mark.parametrize(
    ("plan", "told", "verdict"),
    [
        (EMPTY, [], DONE),
        (EMPTY, [WARNING], DONE),
        (EMPTY, [codes.UNREACHABLE], UNREACHABLE),
        (EMPTY, [RULE], ERROR),
        (CHANGING, [], DIFFERENCES),
        (CHANGING, [GUARD], DIFFERENCES),
        (CHANGING, [WARNING], DIFFERENCES),
        (CHANGING, [codes.UNREACHABLE], ERROR),
        (CHANGING, [RULE], ERROR),
    ],
)
@pytest.mark.parametrize("where", ["beside", "run", "shop"])
def test_a_plan_that_was_looked_at(plan: Plan, told, verdict, where):
    findings = tuple(map(of, told))
    if where == "beside":
        assert of_plan(plan, findings) is verdict
    elif where == "run":
        assert of_plan(replace(plan, findings=findings)) is verdict
    elif plan.shops:
        assert of_plan(replace(plan, shops=(replace(plan.shops[0], findings=findings),))) is verdict


def report(*shops: tuple[Outcome, tuple[Code, ...]], held: tuple[Code, ...] = (), interrupted: bool = False) -> Report:
    return Report(
        fingerprint="",
        shops=tuple(
            ShopReport(shop=ShopKey(f"shop-{number}"), outcome=outcome, findings=tuple(map(of, told)))
            for number, (outcome, told) in enumerate(shops)
        ),
        findings=tuple(map(of, held)),
        interrupted=interrupted,
    )


APPLIED, UNCHANGED = Outcome.APPLIED, Outcome.UNCHANGED
FAILED, SKIPPED, HELD = Outcome.FAILED, Outcome.SKIPPED, Outcome.REFUSED


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
        *[([(outcome, (codes.UNREACHABLE,))], PARTLY) for outcome in list(Outcome)[:2]],
        ([(Outcome.PARTLY, (codes.REJECTED,))], PARTLY),
        ([(Outcome.MISSED, (codes.PREDICTION_MISS,)), (APPLIED, ())], PARTLY),
    ],
)
def test_a_plan_that_was_applied(shops, verdict):
    assert of_report(report(*shops)) is verdict


def test_a_run_that_a_guard_holds_is_refused():
    assert of_report(report((HELD, (codes.NOT_CONFIRMED,)), held=(codes.FLEET_SHARE,))) is REFUSED
    assert of_report(report((HELD, ()), held=(codes.FLEET_SHARE,))) is REFUSED


def test_an_interrupted_run_is_partly_applied_whatever_it_had_done():
    assert of_report(report((SKIPPED, ()), interrupted=True)) is PARTLY


def test_a_shop_that_an_earlier_run_left_closed_is_a_difference_also_where_nothing_else_is():
    owed = replace(of(codes.LEFT_CLOSED), severity=Severity.WARNING)
    assert of_plan(EMPTY, (owed,)) is DIFFERENCES
    assert of_looking((owed,), differs=False) is DIFFERENCES
    assert of_looking((), differs=False) is DONE


def test_a_run_whose_machine_failed_in_its_midst_is_half_done_once_anything_was_written():
    broken = replace(of(codes.UNUSABLE), severity=Severity.ERROR)
    shop = ShopReport(shop=ShopKey("a"), outcome=Outcome.APPLIED, done=2, writes=2)
    assert of_report(Report(fingerprint="", shops=(shop,), findings=(broken,))) is PARTLY
    left = ShopReport(shop=ShopKey("a"), outcome=Outcome.SKIPPED, writes=2)
    assert of_report(Report(fingerprint="", shops=(left,), findings=(broken,))) is ERROR
    assert of_report(Report(fingerprint="", shops=(), findings=(broken,))) is ERROR
