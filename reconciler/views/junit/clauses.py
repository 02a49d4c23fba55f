"""The check of a backend as a test report: a test case for each clause. What is not offered or not checked is skipped."""

from __future__ import annotations

from collections.abc import Iterator

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from reconciler.core.conformance.report import ClauseOutcome, ClauseResult, ConformanceReport
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.reports.clauses import evidence_words, unrestored_words


def clauses_report(report: ConformanceReport, _context: RenderContext) -> str:
    suite = TestSuite("reconciler backend check")
    suite.add_testcases([*map(_case, report.clauses), *_unrestored(report)])
    written = JUnitXml()
    written.add_testsuite(suite)
    written.tests, written.failures, written.errors = suite.tests, suite.failures, suite.errors
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written.tostring().decode()}\n'


def _unrestored(report: ConformanceReport) -> Iterator[TestCase]:
    if report.unrestored:
        case = TestCase("restored", "reconciler.backend.check")
        problem = Error("not restored", "not-restored")
        problem.text = escape_unprintable("; ".join(str(unrestored_words(each)) for each in report.unrestored))
        case.result = [problem]
        yield case


def _case(result: ClauseResult) -> TestCase:
    name = f"{result.clause.id} {result.clause.title}"
    case = TestCase(escape_unprintable(name), f"reconciler.backend.{result.clause.group.value}")
    if result.evidence is not None:
        words = escape_unprintable(str(evidence_words(result.evidence)))
        problem = Failure(words, result.outcome.value)
        problem.text = words
        case.result = [problem]
    elif result.outcome is not ClauseOutcome.KEPT:
        reason = result.outcome.value if result.reason is None else str(result.reason)
        case.result = [Skipped(escape_unprintable(reason))]
    return case
