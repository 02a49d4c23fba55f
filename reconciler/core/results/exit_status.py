"""Which exit code a result means. That of a report is in `core.report_verdict`, since nearly every command comes here.

Which exit code a report means.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.diagnostics.exit_codes import Verdict
from reconciler.core.runs.report import Outcome, Report

if TYPE_CHECKING:
    from reconciler.core.planning.plan import Plan
    from reconciler.core.results.authoring import Begun, Formatted, Onboarded


_NO_ANSWER: Final = frozenset({codes.UNREACHABLE, codes.MAINTENANCE})


def of_findings(findings: Iterable[Diagnostic]) -> Verdict:
    """Of manifests that were validated, or a read that failed."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors and all(finding.code in _NO_ANSWER for finding in errors):
        return Verdict.UNREACHABLE
    return Verdict.ERROR if errors else Verdict.DONE


def of_begun(begun: Begun) -> Verdict:
    """Of a manifest that was to be begun: refused where there is one already."""
    if begun.news is not None:
        return Verdict.DONE
    refused = all(finding.severity is Severity.REFUSED for finding in begun.findings)
    return Verdict.REFUSED if refused else Verdict.ERROR


def of_formatted(formatted: Formatted) -> Verdict:
    """What was only looked at and is not in the style is refused, so that a pipeline stops at it."""
    verdict = of_findings(formatted.findings)
    return Verdict.REFUSED if verdict is Verdict.DONE and formatted.check and formatted.files else verdict


def of_onboarded(onboarded: Onboarded) -> Verdict:
    verdict = of_findings(onboarded.findings)
    return Verdict.DIFFERENCES if verdict is Verdict.DONE and onboarded.news else verdict


def of_plan(plan: Plan, findings: tuple[Diagnostic, ...] = ()) -> Verdict:
    """Of a plan that was only looked at: errors first, then differences. A shop that an earlier run left closed is one."""
    told = (*findings, *plan.all_findings)
    return of_looking(told, differs=not plan.empty)


def of_looking(findings: tuple[Diagnostic, ...], *, differs: bool) -> Verdict:
    """A backend that answered for some shops is not unreachable."""
    verdict = of_findings(findings)
    if verdict is Verdict.UNREACHABLE and differs:
        return Verdict.ERROR
    if verdict is not Verdict.DONE:
        return verdict
    closed = any(finding.code == codes.LEFT_CLOSED for finding in findings)
    return Verdict.DIFFERENCES if differs or closed else Verdict.DONE


def of_report(report: Report) -> Verdict:
    """Of a plan that was applied."""
    done = report.count(Outcome.APPLIED)
    touched = report.count(Outcome.PARTLY, Outcome.LEFT_CLOSED, Outcome.UNKNOWN, Outcome.MISSED)
    failed = report.count(Outcome.FAILED, Outcome.SKIPPED)
    refused = report.count(Outcome.REFUSED)
    begun = any(shop.done for shop in report.shops)
    if touched or report.interrupted or report.halted or (done and (failed or refused)) or (report.broken and begun):
        return Verdict.PARTLY
    if failed or report.broken:
        return of_failures(report)
    if refused:
        return _of_refusals(report)
    return Verdict.DONE


def of_failures(report: Report) -> Verdict:
    reasons = (f for shop in report.shops if shop.outcome is not Outcome.UNCHANGED for f in shop.findings)
    verdict = of_findings(reasons)
    return Verdict.ERROR if verdict is Verdict.DONE else verdict


def _of_refusals(report: Report) -> Verdict:
    """A shop that cannot be planned (a rule, a failed read) is an error; one that a guard holds is refused."""
    verdict = of_failures(report)
    held = any(f.severity is Severity.REFUSED for shop in report.shops for f in shop.findings) or report.findings
    errors = any(f.severity is Severity.ERROR for shop in report.shops for f in shop.findings)
    return Verdict.REFUSED if held and not errors else verdict
