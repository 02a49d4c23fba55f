"""The registry of formats: every result in every format, and text within a budget."""

from __future__ import annotations

import pytest

from reconciler.core.results.command import DoneResult
from reconciler.core.results.plan_result import PlanResult
from reconciler.views.common.context import BudgetError, RenderContext
from reconciler.views.formats.registry import FORMATS
from reconciler.views.render import render_result, render_within
from tests.views import samples

RESULT = PlanResult(plan=samples.plan())


@pytest.mark.parametrize("output", FORMATS)
def test_a_budget_that_is_large_enough_changes_nothing(output: str, context: RenderContext) -> None:
    whole = render_result(RESULT, output, context)
    assert render_within(RESULT, output, context, len(whole)) == whole


def test_a_smaller_budget_cuts_text_at_a_line_and_says_how_much_is_missing(english: RenderContext) -> None:
    whole = render_result(RESULT, "text", english).splitlines()
    for budget in range(40, 400, 7):
        lines = render_within(RESULT, "text", english, budget).splitlines()
        assert sum(len(line) + 1 for line in lines) <= budget
        assert lines[:-1] == whole[: len(lines) - 1]
        missing = len(whole) - len(lines) + 1
        assert lines[-1] == f"({missing} lines omitted)"


@pytest.mark.parametrize("output", ["text", "concise", "json", "markdown"])
def test_a_command_that_only_did_something_has_no_text(output: str, context: RenderContext) -> None:
    assert render_result(DoneResult(), output, context) == ""


def test_a_document_for_machines_is_whole_or_refused(english: RenderContext) -> None:
    with pytest.raises(BudgetError, match=r"a budget of 100 characters is too small: \d+ are needed"):
        render_within(RESULT, "json", english, 100)


def test_a_budget_without_room_is_refused(english: RenderContext) -> None:
    for output in ("text", "markdown"):
        with pytest.raises(BudgetError, match="a budget of 5 characters is too small"):
            render_within(RESULT, output, english, 5)
