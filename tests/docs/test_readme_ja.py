"""README.ja.md fails here when it no longer matches README.md: everything that is not prose is the same, section by section.

Its tables of commands and exit codes are generated from the catalogue (`make schemas`); `make check` compares them with the code.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.markdown_pages import (
    code_blocks,
    code_spans,
    impolite_sentences,
    link_targets,
    list_sizes,
    sections,
    table_sizes,
)

ROOT = Path(__file__).parents[2]
ENGLISH, JAPANESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md"))
SECTIONS = range(1 + ENGLISH.count("\n## "))


def links(section: str) -> list[str]:
    """Without the links from one README to the other. A page that exists in Japanese counts as its English page."""
    targets = [target for target in link_targets(section) if not target.startswith("README")]
    return [target.partition("#")[0].replace("docs/ja/", "docs/") for target in targets]


def test_each_links_to_the_other() -> None:
    assert "[日本語](README.ja.md)" in ENGLISH.partition("##")[0]
    assert "[English](README.md)" in JAPANESE.partition("##")[0]


def test_the_same_code_in_the_same_order() -> None:
    assert code_blocks(JAPANESE) == code_blocks(ENGLISH)
    assert len(code_blocks(ENGLISH)) > 4


def test_the_same_number_of_sections() -> None:
    assert len(sections(JAPANESE)) == len(sections(ENGLISH)) == len(SECTIONS)


@pytest.mark.parametrize("number", SECTIONS)
def test_a_section_names_the_same_words_links_and_rows(number: int) -> None:
    japanese, english = sections(JAPANESE)[number], sections(ENGLISH)[number]
    assert code_spans(japanese) == code_spans(english)
    assert links(japanese) == links(english)
    assert table_sizes(japanese) == table_sizes(english)


def test_a_section_has_as_many_points() -> None:
    for japanese, english in zip(sections(JAPANESE), sections(ENGLISH), strict=True):
        assert list_sizes(japanese) == list_sizes(english)


def test_a_page_that_exists_in_japanese_is_linked_in_japanese() -> None:
    translated = {path.name for path in (ROOT / "docs" / "ja").glob("*.md")}
    targets = [target.partition("#")[0] for target in link_targets(JAPANESE)]

    assert [target for target in targets if target.removeprefix("docs/") in translated] == []


def test_sentences_end_politely() -> None:
    assert impolite_sentences(JAPANESE) == []


def test_screen_labels_are_spelled_alike() -> None:
    """What is Japanese in the English page is a label of the screens, or a value."""
    labels = set(re.findall(r"[\u3040-\u30ff\u4e00-\u9fff・]+", ENGLISH)) - {"日本語"}
    assert {"利用設定", "通常販売", "予約販売", "定期・頒布会販売", "通知メールアドレス"} <= labels
    assert {label for label in labels if label not in JAPANESE} == set()
