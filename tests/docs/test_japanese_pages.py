"""A page in docs/ja fails here when it no longer matches its English page: everything that is not prose is the same.

docs/ja/codes.md is generated; `make check` compares it with the code.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.views.i18n import language
from tests.support.markdown_pages import (
    code_blocks,
    code_spans,
    diagnostic_codes,
    example_cases,
    heading_levels,
    impolite_sentences,
    link_targets,
    list_sizes,
    sections,
    table_sizes,
)

DOCS = Path(__file__).parents[2] / "docs"
PLACES = (".", "tutorial", "howto", "explanation", "runbooks")
PAGES = sorted(
    path.relative_to(DOCS / "ja").as_posix() for place in PLACES for path in (DOCS / "ja" / place).glob("*.md")
)
WRITTEN = [name for name in PAGES if name != "codes.md"]

PRINTED = ("text", "")
"""The languages of blocks that show what the tool prints."""
JAPANESE = r"[\u3001-\u30ff\u3400-\u9fff]"

each_page = pytest.mark.parametrize("name", WRITTEN)


def both(name: str) -> tuple[str, str]:
    return (DOCS / name).read_text(encoding="utf-8"), (DOCS / "ja" / name).read_text(encoding="utf-8")


def pairs(name: str) -> list[tuple[str, str]]:
    english, japanese = both(name)
    return list(zip(sections(english), sections(japanese), strict=True))


def test_the_pages_an_operator_opens_at_night_are_there() -> None:
    assert {"codes.md", "drift.md", "ipn.md", "recovery.md"} <= set(PAGES)


def in_japanese(span: str) -> str:
    """A text of the tool as it prints it in Japanese, also without its full stop, or before a code: `refused[G105]`."""
    text, bracket, code = span.partition("[")
    for known, end in ((text, ""), (f"{text}.", "。")):
        translation = language("ja").catalogue.gettext(known)
        if text and translation != known:
            return translation.removesuffix(end) + bracket + code
    return span


@pytest.mark.parametrize("name", PAGES)
def test_each_page_links_to_the_other_language(name: str) -> None:
    english, japanese = both(name)
    up = "../" * name.count("/")

    assert f"[日本語]({up}ja/{name})" in english.partition("##")[0]
    assert f"[English]({up}../{name})" in japanese.partition("##")[0]


def in_its_language(english: tuple[str, str], japanese: tuple[str, str]) -> bool:
    """Whether the blocks show what the tool prints, each page in its own language. Commands are the same in both."""
    return english[0] == japanese[0] and japanese[0] in PRINTED and re.search(JAPANESE, japanese[1]) is not None


@each_page
def test_the_same_headings_and_code(name: str) -> None:
    english, japanese = both(name)

    assert heading_levels(japanese) == heading_levels(english)
    blocks = list(zip(code_blocks(english), code_blocks(japanese), strict=True))
    assert [pair for pair in blocks if pair[0] != pair[1] and not in_its_language(*pair)] == []
    assert example_cases(japanese) == example_cases(english)


@each_page
def test_each_section_names_the_same_commands_and_codes(name: str) -> None:
    for english, japanese in pairs(name):
        spans = code_spans(english)
        printed = {in_japanese(span): span for span in spans}
        assert {span if span in spans else printed.get(span, span) for span in code_spans(japanese)} == spans
        assert diagnostic_codes(japanese) == diagnostic_codes(english)


@each_page
def test_each_section_has_the_same_tables_lists_and_links(name: str) -> None:
    for english, japanese in pairs(name):
        assert table_sizes(japanese) == table_sizes(english)
        assert list_sizes(japanese) == list_sizes(english)
        assert len(link_targets(japanese)) == len(link_targets(english))


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_the_japanese_page_where_there_is_one(name: str) -> None:
    page = DOCS / "ja" / name
    linked = [(page.parent / target.partition("#")[0]).resolve() for target in link_targets(both(name)[1])]
    english = {path.relative_to(DOCS).as_posix() for path in linked if path.is_relative_to(DOCS)}

    assert english & set(PAGES) <= {name}, "only the page itself, in English"


@pytest.mark.parametrize("name", PAGES)
def test_sentences_end_politely(name: str) -> None:
    assert impolite_sentences(both(name)[1]) == []
