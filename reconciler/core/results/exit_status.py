"""The exit code of each result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.runs.report import Report, ShopOutcome

if TYPE_CHECKING:
    from reconciler.core.planning.plan import Plan


NO_ANSWER: Final = frozenset({codes.UNREACHABLE, codes.MAINTENANCE})


def exit_code_for_diagnostics(findings: Iterable[Diagnostic]) -> ExitCode:
    """Of manifests that were validated, or a read that failed."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors and all(finding.code in NO_ANSWER for finding in errors):
        return ExitCode.UNREACHABLE
    return ExitCode.ERROR if errors else ExitCode.DONE


def with_unwritten(code: ExitCode) -> ExitCode:
    """Of a command whose outputs were not all written: an error, unless it failed in a way that says more."""
    return ExitCode.ERROR if code in {ExitCode.DONE, ExitCode.DIFFERENCES} else code


def exit_code_for_plan(
    plan: Plan, findings: tuple[Diagnostic, ...] = (), *, left_closed: bool = False, detailed: bool = False
) -> ExitCode:
    """Of a plan that was only made: errors first, then guards that hold any of its shops or the whole of it.

    Changes, and shops that an earlier run left closed, are differences where `detailed` asks for it.
    """
    found = (*findings, *plan.all_findings)
    verdict = exit_code_for_read(found, differs=not plan.empty, left_closed=left_closed)
    if verdict not in {ExitCode.DONE, ExitCode.DIFFERENCES}:
        return verdict
    if any(each.severity is Severity.REFUSED for each in found):
        return ExitCode.REFUSED
    return verdict if detailed else ExitCode.DONE


def exit_code_for_read(findings: tuple[Diagnostic, ...], *, differs: bool, left_closed: bool = False) -> ExitCode:
    """A backend that answered for some shops is not unreachable."""
    verdict = exit_code_for_diagnostics(findings)
    if verdict is ExitCode.UNREACHABLE and differs:
        return ExitCode.ERROR
    if verdict is not ExitCode.DONE:
        return verdict
    return ExitCode.DIFFERENCES if differs or left_closed else ExitCode.DONE


def exit_code_for_report(report: Report) -> ExitCode:
    """Of a plan that was applied."""
    done = report.count(ShopOutcome.APPLIED)
    touched = report.count(ShopOutcome.PARTLY, ShopOutcome.LEFT_CLOSED, ShopOutcome.UNKNOWN, ShopOutcome.MISSED)
    failed = report.count(ShopOutcome.FAILED, ShopOutcome.SKIPPED)
    refused = report.count(ShopOutcome.REFUSED)
    started = any(shop.done for shop in report.shops)
    if (
        touched
        or report.interrupted
        or report.halted
        or (done and (failed or refused))
        or (report.recording_failed and started)
    ):
        return ExitCode.PARTLY
    if failed or report.recording_failed:
        return exit_code_for_failures(report)
    if refused:
        return _of_refusals(report)
    return ExitCode.DONE


def exit_code_for_failures(report: Report) -> ExitCode:
    reasons = (f for shop in report.shops if shop.outcome is not ShopOutcome.UNCHANGED for f in shop.findings)
    verdict = exit_code_for_diagnostics(reasons)
    return ExitCode.ERROR if verdict is ExitCode.DONE else verdict


def _of_refusals(report: Report) -> ExitCode:
    """A shop that cannot be planned (a rule, a failed read) is an error; one that a guard holds is refused."""
    verdict = exit_code_for_failures(report)
    held = any(f.severity is Severity.REFUSED for shop in report.shops for f in shop.findings) or report.findings
    errors = any(f.severity is Severity.ERROR for shop in report.shops for f in shop.findings)
    return ExitCode.REFUSED if held and not errors else verdict
