"""Reports of GitLab: code quality, and the counts of the merge request's widget for plans.

GitLab stops reading a code quality report at the first entry that is not of its form, and entries with one fingerprint replace
each other. So every entry has a path and a line, also where a problem has no place of its own, and fingerprints are unique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.views.common.counts import of_plan
from reconciler.views.common.reports.issues import Issue, for_machines, issues_of
from reconciler.views.common.reports.json_text import printed_json

if TYPE_CHECKING:
    from reconciler.core.results.command import CommandResult
    from reconciler.core.results.plan_result import PlanResult
    from reconciler.views.common.context import RenderContext

NO_PLACE: Final = "reconciler.yaml"
"""The file of what concerns the command as a whole."""
MOST_COUNTED: Final = 999_999
_SEVERITIES: Final = {
    Severity.CRITICAL: "blocker",
    Severity.ERROR: "critical",
    Severity.REFUSED: "major",
    Severity.WARNING: "minor",
    Severity.NOTE: "info",
}


class Lines(TypedDict):
    begin: int
    end: int


class Place(TypedDict):
    path: str
    lines: Lines


class QualityEntry(TypedDict):
    description: str
    check_name: str
    fingerprint: str
    severity: str
    location: Place


class WidgetCounts(TypedDict):
    create: int
    update: int
    delete: int


def code_quality(result: CommandResult, context: RenderContext) -> str:
    return printed_json([_entry(issue) for issue in issues_of(result, for_machines(context))])


def _entry(issue: Issue) -> QualityEntry:
    about = f"{issue.shop}: " if issue.shop else ""
    hint = f". {issue.hint}" if issue.hint else ""
    return {
        "description": f"{about}{issue.text}{hint}",
        "check_name": issue.rule.title_words,
        "fingerprint": issue.unique,
        "severity": _SEVERITIES[issue.severity],
        "location": {
            "path": NO_PLACE if issue.path is None else issue.path.encode("utf-8", "replace").decode(),
            "lines": {"begin": issue.line, "end": issue.line},
        },
    }


def plan_counts(result: PlanResult, _context: RenderContext) -> str:
    """The changes as the last line of the plan counts them: fields to add, to change and to remove.

    Derived changes, which nothing writes, do not count; those of shops that are held do.
    """
    tally = of_plan(result.plan)
    counts: WidgetCounts = {
        "create": min(tally.add, MOST_COUNTED),
        "update": min(tally.change, MOST_COUNTED),
        "delete": min(tally.remove, MOST_COUNTED),
    }
    return printed_json(counts)


def no_counts(_result: CommandResult, _context: RenderContext) -> str:
    """Of a command that made no plan. GitLab shows that the report has no counts: zeros would say that nothing changes."""
    return printed_json({})
