"""Which exit code a report means."""

from __future__ import annotations

from reconciler.core.diagnostics import Severity
from reconciler.core.exits import Verdict
from reconciler.core.report import Outcome, Report
from reconciler.core.verdict import of_findings


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
