"""Markdown under a budget: never longer, nothing left open, what is shown is what the whole page shows, all else is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import SystemParts
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.results.authoring.format_result import FormatResult
from reconciler.core.results.command import CommandResult
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.results.plan_result import PlanResult
from reconciler.core.results.show_result import ShopResult
from reconciler.core.results.validation_result import ValidationResult, failure
from reconciler.core.runs.report import fold
from reconciler.core.values import Origin, ShopKey
from reconciler.views.common.context import BudgetError, RenderContext
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.i18n import language
from reconciler.views.markdown.document import Block, MarkdownPage, Part, Piece, part_lines, write_document
from reconciler.views.markdown.escaping import escaped
from reconciler.views.markdown.parts import details, diagnostic_items, file_details, row, table
from reconciler.views.render import render_result, render_within
from tests.support import strategies
from tests.views import samples
from tests.views.markdown.test_escaping import VALUES

ENGLISH = RenderContext(language=language("en"))
PARSER = MarkdownIt("commonmark").enable("table")
ENOUGH = 1_500
"""Characters with which every result has a page."""
NOTE = re.compile(r"Omitted: (.+)\. `-o json` shows everything\.\n\Z")


def names(count: int) -> str:
    return ", ".join(f"shops/{number:05}.yaml" for number in range(count))


def hostile_plan(texts: list[str]) -> Plan:
    """A shop for each text, which is in its values."""
    pairs = (
        (
            replace(
                samples.desired(system_parts=SystemParts(messages={"order_area.label": text})),
                shop=ShopKey(f"shop-{nth}"),
            ),
            samples.observed(f"shop-{nth}"),
        )
        for nth, text in enumerate(texts)
    )
    return build_plan(plan_shop(declared, world, RequestPace()) for declared, world in pairs)


def found(text: str, nth: int = 0) -> Diagnostic:
    origin = Origin(f"shops/{nth}.yaml", 1 + nth, 3)
    return diagnostic(codes.UNKNOWN_KEY, msg("{text}", text=text), hint=msg("write {text}", text=text), origin=origin)


diagnostics = st.lists(VALUES, max_size=8).map(lambda texts: [found(text, nth) for nth, text in enumerate(texts)])
RESULTS: dict[str, st.SearchStrategy[CommandResult]] = {
    "plan": st.builds(
        lambda texts, found: PlanResult(plan=hostile_plan(texts), diagnostics=tuple(found)),
        st.lists(VALUES, max_size=14),
        diagnostics,
    ),
    "any-plan": strategies.plans.map(lambda plan: PlanResult(plan=plan)),
    "report": strategies.runs().map(lambda run: ApplyResult(report=fold(*run))),
    "drift": st.sampled_from([samples.drift, samples.sided_drift, samples.heard_drift, samples.heard_fleet]).map(
        lambda drift: DriftResult(drift=drift())
    ),
    "validation": diagnostics.map(lambda found: ValidationResult(diagnostics=tuple(found), broken=("a", "b"))),
    "fix-preview": st.just(samples.validation(fixed=True, check=True)),
    "fixed": st.just(samples.validation(fixed=True)),
    "failure": diagnostics.map(lambda found: failure(*found)),
    "formatting": st.lists(VALUES, min_size=1, max_size=6).map(
        lambda texts: FormatResult(
            files=tuple(FileEdit(file=f"{nth}.yaml", before="a", after=text) for nth, text in enumerate(texts)),
            unchanged=0,
            check=True,
        )
    ),
    "nothing-found": st.integers(0, 7_581).map(lambda count: failure(found(f"No shop matches {names(count)}"))),
    "shop": st.just(ShopResult(observed=samples.pairs()[1][1])),
}


def texts_of(page: str) -> Counter[str]:
    """What a reader sees of a page, one entry for each sentence, cell and line of code."""
    shown: Counter[str] = Counter()
    for token in PARSER.parse(page):
        if token.type == "inline":
            shown[token.content] += 1
        elif token.type == "fence":
            shown.update(token.content.splitlines())
    return shown


def is_closed(page: str) -> bool:
    """Read by a parser, the last paragraph is one of the page itself: no table, fold, list or block of code runs into it."""
    tokens = PARSER.parse(page)
    ends = [token.type for token in tokens[-3:]] == ["paragraph_open", "inline", "paragraph_close"]
    html = "".join(token.content for token in tokens if token.type == "html_block")
    return ends and tokens[-3].level == 0 and html.count("<details>") == html.count("</details>")


@pytest.mark.parametrize("kind", RESULTS)
@given(data=st.data())
def test_a_page_is_never_longer_and_nothing_in_it_is_left_open(kind: str, data: st.DataObject) -> None:
    result = data.draw(RESULTS[kind])
    context = RenderContext(
        language=language(data.draw(st.sampled_from(["en", "ja"]))), expand=data.draw(st.booleans())
    )
    whole = render_result(result, "markdown", context)
    budget = data.draw(st.integers(ENOUGH, max(ENOUGH, len(whole))))
    page = render_within(result, "markdown", context, budget)
    assert len(page) <= budget
    if page == whole:
        return
    assert is_closed(page)
    shown = texts_of(page)
    note = page.rstrip("\n").rpartition("\n")[2]
    shortened = [text for text in shown if "…" in text]
    assert set(shown) - set(texts_of(whole)) <= {note, *shortened}
    if isinstance(result, PlanResult):
        assert result.plan.fingerprint in page
    if isinstance(result, ApplyResult):
        assert result.report.fingerprint in page


@pytest.mark.parametrize("kind", RESULTS)
@given(data=st.data())
def test_a_budget_without_room_for_the_head_is_refused_with_what_is_needed(kind: str, data: st.DataObject) -> None:
    result = data.draw(RESULTS[kind])
    whole = render_result(result, "markdown", ENGLISH)
    for budget in data.draw(st.lists(st.integers(0, ENOUGH), min_size=1, max_size=5)):
        try:
            page = render_within(result, "markdown", ENGLISH, budget)
        except BudgetError as refused:
            needed = int(re.findall(r"\d+", str(refused))[-1])
            assert budget < needed <= ENOUGH
            assert len(render_within(result, "markdown", ENGLISH, needed)) <= needed
        else:
            assert len(page) <= budget
            assert page == whole or is_closed(page)


def rows_of(page: str) -> int:
    return page.count("\n| ") - page.count("\n|  | Field")


@given(st.lists(VALUES, min_size=1, max_size=9), st.integers(ENOUGH, 20_000))
def test_every_change_is_shown_or_counted(texts: list[str], budget: int) -> None:
    plan = hostile_plan(texts)
    changes = sum(len(shop.changes) for shop in plan.shops)
    page = render_within(PlanResult(plan=plan), "markdown", ENGLISH, budget)
    note = NOTE.search(page)
    counts = re.search(r"([\d,]+) changes?\b", note[1]) if note else None
    assert rows_of(page) + (int(counts[1]) if counts else 0) == changes


@given(st.lists(VALUES, max_size=40), st.integers(ENOUGH, 8_000))
def test_every_diagnostic_is_shown_or_counted(texts: list[str], budget: int) -> None:
    result = failure(*(found(text, nth) for nth, text in enumerate(texts)))
    page = render_within(result, "markdown", ENGLISH, budget)
    note = NOTE.search(page)
    counts = re.search(r"([\d,]+) diagnostics?\b", note[1]) if note else None
    assert page.count("- **error** `M101") + (int(counts[1]) if counts else 0) == len(texts)


def test_thousands_of_names_in_a_sentence_about_nothing_found_are_shortened() -> None:
    page = render_within(failure(found(f"No shop matches {names(7_581)}")), "markdown", ENGLISH, ENOUGH)
    assert page.startswith("- **error** `M101 unknown-key` `shops/0.yaml:1:3` No shop matches shops/00000.yaml, ")
    assert page.endswith("…\n\nOmitted: the rest of 1 long text. `-o json` shows everything.\n")


def test_what_matters_most_is_shown_first_and_the_rest_gets_a_share() -> None:
    """Many errors do not push all changes out of the page."""
    errors = tuple(found(f"error {nth} {'x' * 60}", nth) for nth in range(500))
    result = PlanResult(plan=samples.plan(), diagnostics=errors)
    page = render_within(result, "markdown", ENGLISH, 6_000)
    assert page.index("error 0") < page.index("| Field |")
    assert re.search(r"Omitted: \d+ changes, \d+ diagnostics", page)


PIECES: dict[str, Callable[[list[str]], Part]] = {
    "row": lambda texts: table(["a", "b"], [row([escaped(text), "x"]) for text in texts]),
    "details": lambda texts: details("x", [table(["a"], [row([escaped(text)]) for text in texts])]),
    "diff": lambda texts: file_details(FileEdit(file="f", before="", after="\n".join(texts))),
    "list": lambda texts: Block(parts=tuple(diagnostic_items([found(text) for text in texts], ENGLISH))),
    "paragraph": lambda texts: Piece((escaped(" ".join(texts)) or "x",)),
}
parts = st.builds(
    lambda kind, texts: PIECES[kind](texts), st.sampled_from(list(PIECES)), st.lists(VALUES, min_size=1, max_size=9)
)
documents = st.builds(
    MarkdownPage,
    head=st.lists(VALUES.map(escaped).filter(bool), max_size=2).map(tuple),
    sections=st.lists(parts, max_size=6).map(tuple),
)


@given(documents, st.integers(0, 3_000))
def test_the_law_holds_for_any_page(document: MarkdownPage, budget: int) -> None:
    whole = write_document(document, ENGLISH)
    try:
        page = write_document(document, replace(ENGLISH, budget=budget))
    except BudgetError:
        assume(False)
    assert len(page) <= budget
    assert page == whole or (is_closed(page) and NOTE.search(page))
    assert page == whole or budget < len(whole)
    assert all(page.count(head) for head in document.head)


@given(documents)
def test_all_parts_are_in_a_page_without_a_budget(document: MarkdownPage) -> None:
    whole = write_document(document, ENGLISH).splitlines()
    lines = [line.rstrip(" ") for part in document.sections for line in part_lines(part)]
    assert not Counter(lines) - Counter(whole)


def test_every_way_to_count_is_in_the_note_in_both_languages() -> None:
    for code in ("en", "ja"):
        context = RenderContext(language=language(code), budget=400)
        piece = Piece(("x" * 500,), dict.fromkeys(Counted, 12_345))
        page = write_document(MarkdownPage(head=("# h",), sections=(piece,)), context)
        assert page.count("12,345") == len(Counted)
