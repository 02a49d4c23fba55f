"""The page as a parser reads it: no value is markup, nothing comes from elsewhere, everybody can read it, it is small."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics.source_line import SourceLine
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.command import CommandResult, RunIdentity
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.results.plan_result import PlanResult
from reconciler.core.results.validation_result import ValidationResult, failure
from reconciler.core.values import ShopKey
from reconciler.views.common.context import BudgetError, RenderContext
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.html.writer import MOST_BYTES
from reconciler.views.i18n import language
from reconciler.views.render import render_result, render_within
from tests.views import samples
from tests.views.fleet.large_fleet import large_drift, large_plan
from tests.views.html.page_reader import Node, read_page
from tests.views.markdown.test_budget import found, hostile_plan, names
from tests.views.markdown.test_escaping import VALUES

ENGLISH = RenderContext(language=language("en"))
IDENTITY = RunIdentity(
    run="0b6f7a52-6c38-4a57-9a3b-1f2e3d4c5b6a",
    command="plan",
    started="2026-11-28T03:00:00Z",
    ended="2026-11-28T03:00:05Z",
    actor="花子 <b>",
    host="runner-1",
    tool_version="0.1.0",
    environment="production",
    backend="http https://platform.example",
    fleet="operator",
    commit="0123456789abcdef0123456789abcdef01234567",
)
PAGES: dict[str, Callable[[], CommandResult]] = {
    "plan": lambda: PlanResult(plan=samples.plan(), diagnostics=tuple(samples.findings()), identity=IDENTITY),
    "fleet": lambda: PlanResult(plan=large_plan(), identity=IDENTITY),
    "nothing": lambda: PlanResult(plan=samples.quiet_plan()),
    "drift": lambda: DriftResult(drift=samples.heard_drift(), identity=IDENTITY),
    "fleet-drift": lambda: DriftResult(drift=large_drift()),
    "report": lambda: ApplyResult(report=samples.report(), identity=IDENTITY, again="reconciler apply 'a*'"),
    "validation": samples.validation,
    "fixed": lambda: samples.validation(fixed=True),
    "fix-preview": lambda: samples.validation(fixed=True, check=True),
    "failure": lambda: failure(*samples.findings()),
}
TAGS = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "footer", "script"),
        *("h1", "h2", "p", "a", "b", "strong", "span", "code", "pre", "div", "ul", "li", "dl", "dt", "dd"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "svg", "rect", "details", "summary"),
    )
)


def with_source(context: RenderContext) -> RenderContext:
    origin = next(each.origin for each in samples.findings() if each.origin is not None)
    return replace(context, sources={origin: SourceLine(text="  enbled: true  # </pre><b>", start=2, length=6)})


@cache
def rendered(name: str, code: str) -> Node:
    return read_page(render_result(PAGES[name](), "html", with_source(RenderContext(language=language(code)))))


@pytest.fixture(params=PAGES)
def page(request, context: RenderContext) -> Node:
    return rendered(request.param, context.language.code)


def test_it_has_the_parts_of_an_accessible_page(page: Node, context: RenderContext) -> None:
    (html,) = page.all("html")
    assert html.attributes["lang"] == context.language.code
    assert page.all("title")[0].text == page.all("h1")[0].text.strip()
    assert [len(page.all(tag)) for tag in ("header", "main", "h1")] == [1, 1, 1]
    assert "width=device-width" in str([meta.attributes for meta in page.all("meta")])
    for section in page.all("section"):
        assert page.by_id(str(section.attributes["aria-labelledby"])).tag == "h2"
    for nav in page.all("nav"):
        assert nav.attributes["aria-label"]
        for link in nav.all("a"):
            assert page.by_id(str(link.attributes["href"]).removeprefix("#")).tag == "section"


def test_headings_go_down_one_level_at_a_time(page: Node) -> None:
    levels = [int(node.tag[1]) for node in page.all("h1", "h2", "h3")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(node.text.strip() for node in page.all("h1", "h2"))


def test_tables_have_captions_and_headings_with_a_scope(page: Node) -> None:
    for table in page.all("table"):
        assert table.all("caption")[0].text.strip()
        columns = table.all("thead")[0].all("th")
        assert all(column.attributes["scope"] == "col" for column in columns)
        for row in table.all("tbody")[0].all("tr"):
            cells = row.all("th", "td")
            assert len(cells) == len(columns)
            assert [cell.attributes["scope"] for cell in cells if cell.tag == "th"] == ["row"]


def test_every_chart_is_also_text(page: Node) -> None:
    for svg in page.all("svg"):
        assert svg.attributes["role"] == "img"
        label = str(svg.attributes["aria-label"])
        assert re.search(r": [\d,]+$", label)
    for figure in page.all("figure"):
        rows = figure.all("tbody")[0].all("tr")
        for row in rows:
            assert row.all("svg")[0].attributes["aria-label"] == f"{row.all('th')[0].text}: {row.all('span')[0].text}"


def test_nothing_comes_from_elsewhere(page: Node) -> None:
    assert {node.tag for node in page.walk()} <= TAGS
    for node in page.walk():
        assert not any(name.startswith("on") or name in ("src", "style", "srcset") for name in node.attributes)
        assert all("://" not in str(value) for name, value in node.attributes.items() if name != "aria-label")
        assert str(node.attributes.get("href", "#")).startswith("#")
    for sheet in page.all("style"):
        assert "url(" not in sheet.text
        assert "@import" not in sheet.text


def test_the_policy_allows_the_style_and_the_script_of_the_page_only(page: Node) -> None:
    (policy,) = [
        meta.attributes["content"]
        for meta in page.all("meta")
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in str(policy).split(";"))
    pins = {
        tag: [f"'sha256-{base64.b64encode(hashlib.sha256(node.text.encode()).digest()).decode()}'"]
        for tag in ("style", "script")
        for node in page.all(tag)
    }
    assert rules.pop("style-src").split() == pins["style"]
    assert rules.pop("script-src", "").split() == pins.get("script", [])
    assert rules == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}


def test_all_identifiers_are_unique(page: Node) -> None:
    names = [node.attributes["id"] for node in page.walk() if "id" in node.attributes]
    assert len(names) == len(set(names))


def shape(node: Node) -> list[object]:
    """The elements and attributes of a page, without its texts and with which cells are empty."""
    inner = [shape(child) for child in node.children if isinstance(child, Node)]
    return [node.tag, sorted(node.attributes), *inner]


@given(st.lists(VALUES, min_size=1, max_size=3), st.sampled_from(["en", "ja"]))
def test_no_value_becomes_markup_and_every_one_is_shown(texts: list[str], code: str) -> None:
    context = RenderContext(language=language(code))
    plan = hostile_plan(texts)
    page = read_page(render_result(PlanResult(plan=plan), "html", context))
    assert {node.tag for node in page.walk()} <= TAGS
    shown = {node.text for node in page.all("code")}
    for shop in plan.shops:
        for change in shop.changes:
            words = change.ref.spec.policy.words
            assert any(context.value(change.after, words) in text for text in shown)


@given(VALUES)
def test_a_sentence_is_text_with_code_in_it(text: str) -> None:
    page = read_page(render_result(ValidationResult(diagnostics=(found(text),)), "html", ENGLISH))
    (item,) = page.by_id("diagnostics").all("li")
    assert {node.tag for node in item.walk()} <= {"p", "strong", "code"}
    whole = re.sub("`", "", escape_unprintable(f"error M101 unknown-key shops/0.yaml:1:3 {text}"))
    assert item.all("p")[0].text.replace("`", "") == whole


def leaves_of(page: Node) -> list[bytes]:
    (table,) = [table for table in page.all("table") if table.attributes.get("class") == "leaves"]
    return [bytes.fromhex(code.text) for code in table.all("code")]


def root_over(nodes: list[bytes]) -> str:
    """As the script of the page computes it."""
    while len(nodes) > 1:
        pairs = zip(nodes[::2], nodes[1::2], strict=False)
        rest = nodes[-1:] if len(nodes) % 2 else []
        nodes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs] + rest
    return f"sha256:{nodes[0].hex()}"


@pytest.mark.parametrize("budget", [None, 100_000])
@pytest.mark.parametrize("plan", [samples.plan, large_plan])
def test_the_list_of_the_page_gives_its_fingerprint(plan: Callable[[], Plan], budget: int | None) -> None:
    made = plan()
    page = read_page(render_result(PlanResult(plan=made), "html", replace(ENGLISH, budget=budget)))
    assert page.by_id("root").text == made.fingerprint
    assert root_over(leaves_of(page)) == made.fingerprint


def test_a_plan_whose_fingerprint_is_no_tree_has_no_list() -> None:
    older = replace(samples.plan(), fingerprint="sha256:" + "0" * 64)
    page = read_page(render_result(PlanResult(plan=older), "html", ENGLISH))
    assert page.by_id("root").text == older.fingerprint
    assert not page.all("script")


def test_the_page_says_how_the_fingerprint_is_checked_without_it() -> None:
    page = read_page(render_result(PAGES["plan"](), "html", ENGLISH))
    assert f"run reconciler plan at commit {IDENTITY.commit}: an equal plan" in page.by_id("fingerprint").text
    unknown = read_page(render_result(PlanResult(plan=samples.plan()), "html", ENGLISH))
    assert "run reconciler plan: an equal plan" in unknown.by_id("fingerprint").text


def omitted(page: Node, noun: str) -> int:
    """How many of them the notes of all sections count."""
    notes = [node.text for node in page.all("p") if node.attributes.get("class") == "omitted"]
    assert all("-o json shows everything." in note for note in notes)
    counts = [re.search(rf"([\d,]+) {noun}s?\b", note) for note in notes]
    return sum(int(count[1].replace(",", "")) for count in counts if count)


def many(count: int) -> Plan:
    """So many shops with the same changes."""
    shop = next(shop for shop in samples.plan().shops if shop.changes)
    return build_plan(replace(shop, shop=ShopKey(f"shop-{number:05}")) for number in range(count))


@pytest.mark.parametrize("count", [3, 12, 2_000])
@pytest.mark.parametrize("code", ["en", "ja"])
def test_every_change_is_shown_or_counted_and_the_page_stays_small(count: int, code: str) -> None:
    plan = many(count)
    text = render_result(PlanResult(plan=plan), "html", replace(ENGLISH, language=language(code), expand=True))
    assert len(text.encode()) <= MOST_BYTES
    if code == "en":
        page = read_page(text)
        shown = len([row for fold in page.by_id("shops").all("details") for row in fold.all("tbody")[0].all("tr")])
        assert shown + omitted(page, "change") == sum(len(shop.changes) for shop in plan.shops)
        assert len(page.by_id("shops").all("details")) + omitted(page, "shop") == count


@pytest.mark.parametrize("name", PAGES)
@given(data=st.data())
def test_within_a_budget_it_is_a_whole_page_or_refused(name: str, data: st.DataObject) -> None:
    result = PAGES[name]()
    few = st.sampled_from([20_000, 45_000, 1_000_000]) if "fleet" in name else st.integers(0, 60_000)
    budget = data.draw(few)
    try:
        text = render_within(result, "html", ENGLISH, budget)
    except BudgetError as error:
        needed = int(re.findall(r"\d+", str(error))[-1])
    else:
        assert len(text) <= budget
        page = read_page(text)
        assert not isinstance(result, PlanResult) or result.plan.fingerprint in page.all("header")[0].text
        return
    assert budget < needed < 25_000


def test_thousands_of_names_in_one_sentence_are_shortened() -> None:
    page = read_page(render_result(failure(found(f"No shop matches {names(7_581)}")), "html", ENGLISH))
    (item,) = page.by_id("diagnostics").all("li")
    assert len(item.text) < 10_000
    assert re.search(r"… \(\d+ characters\)", item.text)


def test_many_different_diagnostics_are_shown_or_counted() -> None:
    result = ValidationResult(diagnostics=tuple(found(f"{nth} {'x' * 900}", nth) for nth in range(3_000)))
    text = render_result(result, "html", replace(ENGLISH, expand=True))
    page = read_page(text)
    assert len(text.encode()) <= MOST_BYTES
    assert len(page.by_id("diagnostics").all("li")) + omitted(page, "diagnostic") == 3_000


def test_no_line_is_a_command_for_the_log_of_a_job() -> None:
    page = render_result(failure(found("##[error] x\n::error::y"), found("::set-output::")), "html", ENGLISH)
    assert "##[" not in page
    assert not re.search(r"(?m)^\s*::", page)
    assert "::set-output::" in read_page(page).text
