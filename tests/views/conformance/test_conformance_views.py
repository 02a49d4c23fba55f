"""The check of a backend in each format: what is broken with its evidence, what was not checked and why, what is not restored."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from markdown_it.token import Token

from reconciler.core.conformance.report import ClauseEvidence, ConformanceReport
from reconciler.core.diagnostics.messages import msg
from reconciler.views.common.context import RenderContext
from reconciler.views.render import render_result
from tests.views.conformance.reports import broken_report, interrupted_report, kept_report
from tests.views.markdown.test_budget import PARSER
from tests.views.reports.readers import junit_outcomes

HOSTILE = ClauseEvidence(
    request="GET /admin-api/a|b", expected=msg("{text}", text="200"), found=msg("{text}", text="<b>\x1b[2J</b>|x")
)
REPORTS = {"broken": broken_report, "kept": kept_report, "interrupted": interrupted_report}


@pytest.mark.parametrize("name", REPORTS)
def test_text(name: str, context: RenderContext, as_text) -> None:
    assert render_result(REPORTS[name](), "text", context) == as_text


@pytest.mark.parametrize("name", REPORTS)
def test_markdown(name: str, context: RenderContext, as_markdown) -> None:
    assert render_result(REPORTS[name](), "markdown", context) == as_markdown


def test_expanded_a_clause_that_is_kept_has_its_line_too(english: RenderContext) -> None:
    brief = render_result(broken_report(), "text", english).splitlines()
    whole = render_result(broken_report(), "text", replace(english, expand=True)).splitlines()
    (added,) = [line for line in whole if line not in brief]
    assert added.split()[:2] == ["K102", "ok"]


@pytest.mark.parametrize(
    ("report", "summary"),
    [
        (kept_report(), "No clause broken; 2 kept"),
        (broken_report(), "1 clause broken; 1 kept, 1 not offered, 2 not checked"),
        (replace(broken_report(), clauses=broken_report().clauses[:1] * 2), "2 clauses broken; 0 kept"),
        (interrupted_report(), "Interrupted. 0 broken; 1 kept, 1 not checked"),
    ],
)
def test_the_summary_is_the_last_line_of_the_text_and_the_title_of_the_page(
    report: ConformanceReport, summary: str, english: RenderContext
) -> None:
    assert render_result(report, "text", english).splitlines()[-1] == summary
    assert render_result(report, "markdown", english).splitlines()[0] == f"### {summary}"


@pytest.mark.parametrize("output", ["text", "markdown"])
def test_only_what_was_written_and_is_as_before_is_said_to_be_restored(output: str, english: RenderContext) -> None:
    written = kept_report()
    assert "Restored and verified: kyoto-tea, uji-cups" in render_result(written, output, english)
    for other in (replace(written, written=()), replace(written, unrestored=broken_report().unrestored[:1])):
        assert "Restored and verified" not in render_result(other, output, english)


@pytest.mark.parametrize("name", REPORTS)
def test_colour_only_adds_colour(name: str, english: RenderContext) -> None:
    plain = render_result(REPORTS[name](), "text", english)
    coloured = render_result(REPORTS[name](), "text", replace(english, colour=True))
    assert coloured != plain
    assert "".join(part.split("m", 1)[-1] for part in coloured.split("\x1b[")) == plain


def test_in_junit_each_clause_is_a_case_in_the_class_of_its_group(english: RenderContext) -> None:
    found = junit_outcomes(render_result(broken_report(), "junit", english))
    by_number = {name.split()[0]: (group, outcome.status) for (group, name), outcome in found.items()}
    assert by_number == {
        "K101": ("reconciler.backend.access", "failure"),
        "K102": ("reconciler.backend.access", "success"),
        "K113": ("reconciler.backend.reading", "skipped"),
        "K114": ("reconciler.backend.reading", "skipped"),
        "K601": ("reconciler.backend.audit", "skipped"),
        "restored": ("reconciler.backend.check", "error"),
    }


def test_junit_says_what_differs_and_why_a_clause_is_skipped(english: RenderContext) -> None:
    report = render_result(broken_report(), "junit", english)
    texts = {name.split()[0]: outcome.text for (_, name), outcome in junit_outcomes(report).items()}
    assert texts["K101"] == "`POST /oauth/token`: expected status 401, found status 200"
    assert texts["restored"].startswith("kyoto-tea: useAmazon was true and is false; uji-cups: could not be read")
    for reason in (str(broken_report().clauses[2].reason), "not-checked", "not-offered"):
        assert f'<skipped message="{reason}"' in report


def test_junit_of_a_backend_that_keeps_everything_has_neither_failure_nor_error(english: RenderContext) -> None:
    found = junit_outcomes(render_result(kept_report(), "junit", english))
    assert [outcome.status for outcome in found.values()] == ["success", "success"]


def cells_by_row(tokens: list[Token]) -> list[list[str]]:
    rows: list[list[str]] = []
    for before, token in pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if before.type in ("td_open", "th_open"):
            rows[-1].append("".join(child.content for child in token.children or ()))
    return rows


def test_what_a_backend_sends_is_neither_markup_nor_a_command_of_the_terminal(english: RenderContext) -> None:
    report = broken_report(HOSTILE)
    for output in ("text", "markdown", "junit"):
        assert "\x1b" not in render_result(report, output, english)
    tokens = PARSER.parse(render_result(report, "markdown", english))
    rows = [row for row in cells_by_row(tokens) if row[0] == "K101"]
    assert [len(row) for row in rows] == [4], "a bar in a value ends no cell"
    assert not [child for token in tokens for child in token.children or () if child.type == "html_inline"]
