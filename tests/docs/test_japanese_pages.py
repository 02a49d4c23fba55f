"""A page in docs/ja fails here when it no longer matches its English page: everything that is not prose is the same.

docs/ja/codes.md is generated; `make check` compares it with the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
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
from tools import catalogue

DOCS = Path(__file__).parents[2] / "docs"
PLACES = (".", "tutorial", "howto", "explanation", "runbooks")
PAGES = sorted(
    path.relative_to(DOCS / "ja").as_posix() for place in PLACES for path in (DOCS / "ja" / place).glob("*.md")
)
WRITTEN = [name for name in PAGES if name != "codes.md"]

PRINTED = ("text", "", "console")
"""The languages of blocks that show what the tool prints."""
BOTH_LANGUAGES = {"alert-channels.md"}
"""Its blocks show an alert in English and in Japanese, on both pages."""
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
    same = english[0] == japanese[0] and (english[0] != "console" or commands(english[1]) == commands(japanese[1]))
    return same and japanese[0] in PRINTED and re.search(JAPANESE, japanese[1]) is not None


def commands(block: str) -> list[str]:
    """The lines of a `console` block that a reader types."""
    return [line for line in block.splitlines() if line.startswith("$ ")]


@cache
def translated_texts() -> tuple[re.Pattern[str], ...]:
    """The English texts of the catalogue that are other words in Japanese; a place in a text matches any value."""
    forms = [
        form
        for message in catalogue._texts(catalogue._read(catalogue.PRODUCT))
        for form in (message.id if isinstance(message.id, tuple) else (message.id,))
        if form not in (message.string if isinstance(message.string, tuple) else (message.string,))
    ]
    literal = [[re.escape(part) for part in re.split(r"\{[^{}]*\}", form)] for form in forms]
    return tuple(re.compile(".+".join(parts)) for parts in literal if re.search("[A-Za-z]{3}", "".join(parts)))


def english_texts(block: str) -> Iterator[str]:
    """What the block shows, line by line and cell by cell, of what the tool prints otherwise in Japanese."""
    for line in block.splitlines():
        cells = {line.strip(), *re.split(r"\s{2,}", line.strip())}
        for cell in cells if not line.startswith("$ ") else ():
            if any(text.fullmatch(cell.removesuffix(".")) or text.fullmatch(cell) for text in translated_texts()):
                yield cell


def test_english_output_is_found_in_a_table_and_in_a_sentence() -> None:
    assert list(english_texts("$ reconciler status\nItem                Count\nclosed now          0\n")) != []
    assert list(english_texts("ready: worker http://127.0.0.1:8770/ (Ctrl-C stops it)\n")) != []
    assert list(english_texts("対象                    件数\n閉店中の店舗            0\n")) == []


@each_page
def test_what_the_tool_prints_is_shown_in_japanese(name: str) -> None:
    shown = [block for language, block in code_blocks(both(name)[1]) if language in PRINTED]
    found = [text for block in shown for text in english_texts(block)]
    assert name in BOTH_LANGUAGES or found == []


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
