"""A page in docs/ja fails here when it no longer matches its English page: everything that is not prose is the same.

docs/ja/codes.md is generated; `make check` compares it with the code.
"""

from __future__ import annotations

from pathlib import Path

import pytest

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

each_page = pytest.mark.parametrize("name", WRITTEN)


def both(name: str) -> tuple[str, str]:
    return (DOCS / name).read_text(encoding="utf-8"), (DOCS / "ja" / name).read_text(encoding="utf-8")


def pairs(name: str) -> list[tuple[str, str]]:
    english, japanese = both(name)
    return list(zip(sections(english), sections(japanese), strict=True))


def test_the_pages_an_operator_opens_at_night_are_there() -> None:
    assert {"codes.md", "drift.md", "ipn.md", "recovery.md"} <= set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_links_to_the_other_language(name: str) -> None:
    english, japanese = both(name)
    up = "../" * name.count("/")

    assert f"[日本語]({up}ja/{name})" in english.partition("##")[0]
    assert f"[English]({up}../{name})" in japanese.partition("##")[0]


def compared_blocks(name: str, text: str) -> list[tuple[str, str]]:
    """All blocks, but not what commands of the tutorial print: it is in the page's language, and both languages are run."""
    return [block for block in code_blocks(text) if not (name.startswith("tutorial/") and block[0] == "text")]


@each_page
def test_the_same_headings_and_code(name: str) -> None:
    english, japanese = both(name)

    assert heading_levels(japanese) == heading_levels(english)
    assert compared_blocks(name, japanese) == compared_blocks(name, english)
    assert example_cases(japanese) == example_cases(english)


@each_page
def test_each_section_names_the_same_commands_and_codes(name: str) -> None:
    for english, japanese in pairs(name):
        assert code_spans(japanese) == code_spans(english)
        assert diagnostic_codes(japanese) == diagnostic_codes(english)


@each_page
def test_each_section_has_the_same_tables_lists_and_links(name: str) -> None:
    for english, japanese in pairs(name):
        assert table_sizes(japanese) == table_sizes(english)
        assert list_sizes(japanese) == list_sizes(english)
        assert len(link_targets(japanese)) == len(link_targets(english))


@pytest.mark.parametrize("name", PAGES)
def test_sentences_end_politely(name: str) -> None:
    assert impolite_sentences(both(name)[1]) == []
