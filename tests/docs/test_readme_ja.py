"""README.ja.md fails here when it falls out of step with README.md: what is not prose is the same, section by section.

Its tables of commands and exit codes are made from the catalogue (`make schemas`); that they are fresh `make check` holds.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGLISH, JAPANESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md"))
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
_REMARK = re.compile(r"(?<=\S) +# .*$", re.MULTILINE)
"""What is said beside a line of code: prose, in the reader's language."""

SECTIONS = range(1 + ENGLISH.count("\n## "))


def blocks(text: str) -> list[tuple[str, str]]:
    return [(language, _REMARK.sub("", block)) for language, block in _BLOCK.findall(text)]


def sections(text: str) -> list[str]:
    """Without their blocks of code."""
    return re.split(r"^## ", _BLOCK.sub("", text), flags=re.MULTILINE)


def spans(section: str) -> set[str]:
    return {" ".join(span.split()) for span in re.findall(r"`([^`]+)`", section)}


def links(section: str) -> list[str]:
    return [target for target in re.findall(r"\]\(([^)]+)\)", section) if not target.startswith("README")]


def rows(section: str) -> list[int]:
    """How many rows each table has."""
    return [len(table.splitlines()) for table in re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)]


def test_each_leads_to_the_other() -> None:
    assert "[日本語](README.ja.md)" in ENGLISH.partition("##")[0]
    assert "[English](README.md)" in JAPANESE.partition("##")[0]


def test_the_same_code_in_the_same_order() -> None:
    assert blocks(JAPANESE) == blocks(ENGLISH)
    assert len(blocks(ENGLISH)) > 4


def test_the_same_number_of_sections() -> None:
    assert len(sections(JAPANESE)) == len(sections(ENGLISH)) == len(SECTIONS)


@pytest.mark.parametrize("number", SECTIONS)
def test_a_section_names_the_same_words_links_and_rows(number: int) -> None:
    japanese, english = sections(JAPANESE)[number], sections(ENGLISH)[number]
    assert spans(japanese) == spans(english)
    assert links(japanese) == links(english)
    assert rows(japanese) == rows(english)


def test_a_section_makes_as_many_points() -> None:
    for japanese, english in zip(sections(JAPANESE), sections(ENGLISH), strict=True):
        assert [len(re.findall(mark, japanese, re.MULTILINE)) for mark in (r"^- ", r"^\d\. ")] == [
            len(re.findall(mark, english, re.MULTILINE)) for mark in (r"^- ", r"^\d\. ")
        ]


def test_the_labels_of_the_screens_are_told_letter_by_letter() -> None:
    """What is Japanese in the English page is a label of the screens, or a value."""
    told = set(re.findall(r"[\u3040-\u30ff\u4e00-\u9fff・]+", ENGLISH)) - {"日本語"}
    assert {"利用設定", "通常販売", "予約販売", "定期・頒布会販売", "通知メールアドレス"} <= told
    assert {label for label in told if label not in JAPANESE} == set()
