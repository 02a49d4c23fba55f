"""The plan of a pull request: one screen for any fleet, what holds it first, all else folded; and it keeps to its budget."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.planning.plan import Plan
from reconciler.core.results.plan_result import PlanResult
from reconciler.core.results.pull_request_result import PullRequestResult, ReviewState
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language
from reconciler.views.markdown.document import write_document
from reconciler.views.markdown.reviewed_plan import reviewed_plan_page
from reconciler.views.render import render_result, render_within
from tests.views import samples
from tests.views.fleet.large_fleet import large_plan
from tests.views.markdown.test_budget import ENGLISH, PARSER, hostile_plan, is_closed
from tests.views.markdown.test_escaping import VALUES

SCREEN = 70
"""Rows, items and paragraphs that are not folded."""


def page_of(plan: Plan, context: RenderContext) -> str:
    return write_document(reviewed_plan_page(plan, (), context), context)


def unfolded(page: str) -> list[str]:
    return [line for line in re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL).splitlines() if line]


@pytest.mark.parametrize("plan", [samples.plan, samples.quiet_plan, large_plan])
def test_it_is_one_screen_whatever_the_fleet(plan, context: RenderContext) -> None:
    page = page_of(plan(), context)
    assert len(unfolded(page)) <= SCREEN
    assert plan().fingerprint in page.splitlines()[2]


def test_what_holds_it_is_above_closures_changes_and_notes() -> None:
    page = page_of(large_plan(), ENGLISH)
    order = ["- **refused**", "--allow fleet-share", "Closures: 40 shops", "**Changes**", "<details><summary>Warnings"]
    assert [page.index(each) for each in order] == sorted(page.index(each) for each in order)
    assert "**warning**" not in "\n".join(unfolded(page))


def test_a_few_shops_are_also_shown_one_by_one_below() -> None:
    few, many = page_of(samples.plan(), ENGLISH), page_of(large_plan(), ENGLISH)
    assert few.index("<summary>Shop by shop</summary>") < few.index("**osaka-knives**")
    assert "Shop by shop" not in many


@given(st.lists(VALUES, max_size=14), st.integers(1_500, 30_000), st.sampled_from(["en", "ja"]))
def test_it_keeps_to_its_budget(texts: list[str], budget: int, code: str) -> None:
    plan = hostile_plan(texts)
    context = RenderContext(language=language(code))
    whole = page_of(plan, context)
    page = page_of(plan, replace(context, budget=budget))
    assert len(page) <= budget
    assert page == whole or is_closed(page)
    assert not plan.shops or plan.fingerprint in page


def comment(
    plan: Plan, *, marker: str = "<!-- ours -->", url: str = "https://forge.example/runs/1"
) -> PullRequestResult:
    return PullRequestResult(
        state=ReviewState.REVIEWABLE,
        number=7,
        head="a" * 40,
        base="b" * 40,
        marker=marker,
        run_url=url,
        plan=PlanResult(plan=plan),
    )


def test_a_comment_is_one_screen_and_the_page_of_the_job_has_each_shop() -> None:
    short = render_result(comment(samples.plan()), "markdown", ENGLISH)
    full = render_result(comment(samples.plan(), marker=""), "markdown", ENGLISH)
    assert short.startswith("<!-- ours -->\n\n**Plan: ready for review**\n")
    assert len(unfolded(short)) <= SCREEN
    assert not any(line.startswith("**kyoto-tea**") for line in unfolded(short))
    assert any(line.startswith("**kyoto-tea**") for line in unfolded(full))


@given(st.lists(VALUES, max_size=14), st.integers(1_500, 20_000), st.booleans())
def test_a_comment_keeps_to_its_budget_and_says_where_the_rest_is(texts: list[str], budget: int, marked: bool) -> None:
    result = comment(hostile_plan(texts), marker="<!-- ours -->" if marked else "")
    whole = render_result(result, "markdown", ENGLISH)
    page = render_within(result, "markdown", ENGLISH, budget)
    assert len(page) <= budget
    assert page == whole or is_closed(page)
    rest = "The page of the job shows more: <https://forge.example/runs/1>" if marked else "`-o json` shows everything."
    assert page == whole or page.endswith(f"{rest}\n")
    comments = [token.content for token in PARSER.parse(page) if token.type == "html_block" and "<!--" in token.content]
    assert comments == (["<!-- ours -->\n"] if marked else [])


def test_an_address_with_meaning_in_markdown_is_no_link() -> None:
    page = render_within(comment(large_plan(), url="https://x/) [a](javascript:b"), "markdown", ENGLISH, 2_500)
    assert "javascript" not in page
    assert page.endswith("`-o json` shows everything.\n")
