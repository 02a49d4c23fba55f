"""Which exit code a result means. That of a report is in `core.report_verdict`, since nearly every command comes here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from reconciler.core import codes
from reconciler.core.diagnostics import Diagnostic, Severity
from reconciler.core.exits import Verdict

if TYPE_CHECKING:  # each command loads its own result
    from reconciler.core.begun import Begun
    from reconciler.core.formatted import Formatted
    from reconciler.core.onboarded import Onboarded
    from reconciler.core.plan import Plan

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
