"""A result as a test report: one suite, a test case for each shop, and one for each file or the command that has a problem of its
own.

A case fails for what keeps its shop from being applied, and for what differs from Git. It has an error instead where the backend
did not answer. Warnings and notes are output of the case. Readers show the text of a failure, so everything is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.reports.issues import Issue, IssueLevel, for_machines, issues_of, shown_path

if TYPE_CHECKING:
    from reconciler.core.results.command import CommandResult
    from reconciler.views.common.context import RenderContext

_BAD: Final = frozenset(
    {"drifted", "critical", "broken", "blocked", "refused", "failed", "partly", "left-closed", "unknown"}
)
"""Outcomes of a shop that fail its case even where no issue says why."""


def junit_report(result: CommandResult, context: RenderContext) -> str:
    command = result.kind if result.identity is None else result.identity.command
    suite = TestSuite(f"reconciler {command}")
    cases = _cases(result, issues_of(result, for_machines(context)), f"reconciler.{command.replace(' ', '.')}")
    suite.add_testcases(list(cases))  # one at a time, each would count all before it
    report = JUnitXml()
    report.add_testsuite(suite)
    report.tests, report.failures, report.errors = suite.tests, suite.failures, suite.errors
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{report.tostring().decode()}\n'


def _cases(result: CommandResult, issues: Sequence[Issue], classname: str) -> Iterator[TestCase]:
    """The command itself has a case, so that a report without shops is not empty."""
    by_name: dict[str, list[Issue]] = {}
    for issue in issues:
        by_name.setdefault(issue.shop or issue.path or "", []).append(issue)
    outcomes = result.outcomes
    yield _case("command", classname, "", by_name.get("", ()))
    for name in sorted({*outcomes, *by_name} - {""}):
        yield _case(name, classname, outcomes.get(name, ""), by_name.get(name, ()))


def _case(name: str, classname: str, outcome: str, issues: Sequence[Issue]) -> TestCase:
    case = TestCase(escape_unprintable(name), classname)
    bad = [issue for issue in issues if issue.level is IssueLevel.ERROR or (outcome in _BAD and issue.level)]
    other = [issue for issue in issues if issue not in bad]
    if bad or outcome in _BAD:
        kind = Error if bad and all(issue.no_answer for issue in bad) else Failure
        problem = kind(_summary(bad, outcome), bad[0].rule.name if bad else outcome)
        problem.text = _lines(bad) or outcome
        case.result = [problem]
    if other:
        case.system_out = _lines(other)
    return case


def _summary(bad: Sequence[Issue], outcome: str) -> str:
    if not bad:
        return outcome
    more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
    return f"{bad[0].text}{more}"


def _lines(issues: Sequence[Issue]) -> str:
    return "\n".join(_line(issue) for issue in issues)


def _line(issue: Issue) -> str:
    place = f" ({shown_path(issue)}:{issue.line}:{issue.column})" if issue.path is not None else ""
    hint = f"; {issue.hint}" if issue.hint else ""
    return f"{issue.severity.name_lower} {issue.rule.title_words}: {issue.text}{place}{hint}"
