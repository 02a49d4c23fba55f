"""Markdown as a CommonMark parser reads it: values come out as they were typed, and nothing in them is markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reconciler.views.common.context import join_lines
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.markdown.document import paragraph_piece, part_lines
from reconciler.views.markdown.escaping import code_span, escaped, fenced, html_code, html_text
from reconciler.views.markdown.parts import details, row, table

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
FOUND_IN_TEXT = re.compile(
    r"(?a:@\w|#\d|\bGH-\d)|(?:https?|ftp)://|www\.|:(?:100|1234|[\w+-]*[a-z][\w+-]*):|\$", re.IGNORECASE
)
"""What a forge looks for in the text of a page, but not in code."""

HOSTILE = [
    "a | b",
    "\\|",
    "\\\\|\\",
    "``` `code` ```",
    "`",
    "a`b``c",
    " `a` ",
    "  ",
    "<script>alert(1)</script>",
    "</code></details>",
    "<!-- a",
    "[click](https://evil.example)",
    "[a]: b",
    "![x](y)",
    "<https://evil.example>",
    "see www.evil.example, or mail a@b.example.",
    "店舗@everyone様",
    "#1 and GH-2",
    "# title #",
    "**bold** _it_ __it__ ~no~ ~~no~~",
    "snake_case_name _x",
    "&lt; &#35; &amp",
    "- a",
    "+ a",
    "1. a",
    "12) a",
    "> a",
    "===",
    "    code",
    "line\nline\r\n\r\nline",
    "\x1b[31m",
    "$x$ and $`y`$",
    "shops/_defaults.yaml:100:5",
    ":smile:",
    "`a`b`",
    "```\n````\n~~~",
]
HARMLESS_ALONE = frozenset({"  ", "\\|", "a | b", "`", "a`b``c", "snake_case_name _x", "===", "\x1b[31m"})
ALPHABET = st.sampled_from(list("\\`*_~|<>[]()!#&;:@$=+-.\"' \t\n\r019azAZ/%店、\u3000\x1b"))
VALUES = st.one_of(st.sampled_from(HOSTILE), st.text(ALPHABET, max_size=30), st.text(max_size=20))


def inline(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens if token.type == "inline" for child in token.children or ()]


def visible(text: str) -> str:
    return escape_unprintable(text)


def words(text: str) -> str:
    """A sentence without its backticks, which make code, and without the space around it."""
    return text.replace("`", "").strip()


def is_plain(children: list[Token]) -> bool:
    """Text and code only, and in the text nothing that a forge would find."""
    if {child.type for child in children} - {"text", "text_special", "code_inline"}:
        return False
    runs = groupby(children, key=lambda child: child.type == "code_inline")
    texts = ["".join(child.content for child in run) for code, run in runs if not code]
    return not any(FOUND_IN_TEXT.search(text) for text in texts)


@pytest.mark.parametrize("hostile", [text for text in HOSTILE if text not in HARMLESS_ALONE])
def test_unescaped_the_parser_would_read_something_else(hostile: str) -> None:
    tokens = PARSER.parse(hostile)
    children = inline(tokens)
    paragraph = [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    read = "".join(child.content for child in children)
    assert not paragraph or not is_plain(children) or read != hostile


@given(VALUES)
def test_a_value_is_one_code_span_with_every_character(value: str) -> None:
    children = inline(PARSER.parse(f"- **error** {code_span(value)} then"))
    shown = [child.content for child in children if child.type == "code_inline"]
    assert shown == ([visible(value)] if value else [])
    assert "".join(child.content for child in children if child.type != "code_inline") in ("error  then", "error then")


@given(st.lists(VALUES, min_size=1, max_size=3), st.lists(VALUES, max_size=2))
def test_no_value_leaves_its_cell(values: list[str], texts: list[str]) -> None:
    cells = [*map(code_span, values), *map(escaped, texts), "end"]
    tokens = PARSER.parse(join_lines(part_lines(table(["x"] * len(cells), [row(cells), row(cells)]))))
    assert {token.type for token in tokens if token.level == 0} == {"table_open", "table_close"}
    children = [token.children or [] for token in tokens if token.type == "inline"][len(cells) :]
    assert len(children) == 2 * len(cells)
    for cell, value in zip(children, values, strict=False):
        assert [(child.type, child.content) for child in cell] == ([("code_inline", visible(value))] if value else [])
    for cell, text in zip(children[len(values) :], texts, strict=False):
        assert is_plain(cell)
        assert words("".join(child.content for child in cell)) == words(visible(text))


@pytest.mark.parametrize("place", ["{}", "### {}", "- {}", "- **error** `M101` {}", "- a\n  - {}"])
@given(text=VALUES)
def test_a_sentence_is_text_in_every_place(place: str, text: str) -> None:
    page = place.format(escaped(text))
    tokens = PARSER.parse(page)
    assert [token.type for token in tokens] == [token.type for token in PARSER.parse(place.format("x"))] or not escaped(
        text
    )
    last = [token for token in tokens if token.type == "inline"][-1:]
    children = [child for token in last for child in token.children or () if not child.type.startswith("strong")]
    assert is_plain(children)
    if place == "{}":
        assert words("".join(child.content for child in children)) == words(visible(text))


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_no_line_ends_its_block_of_code(lines: list[str]) -> None:
    tokens = PARSER.parse(join_lines(["before", *fenced(lines, "diff"), "after"]))
    assert [token.type for token in tokens if token.nesting >= 0 and token.type != "inline"] == [
        "paragraph_open",
        "fence",
        "paragraph_open",
    ]
    assert tokens[3].content == join_lines(map(visible, lines))


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[tuple[bool, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert not attrs
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        open_code = self.tags.count("code") > self.tags.count("/code")
        self.text.append((open_code, data))


@given(VALUES, VALUES)
def test_a_summary_is_html_with_text_in_it(value: str, text: str) -> None:
    tokens = PARSER.parse(
        join_lines(part_lines(details(f"{html_code(value)} {html_text(text)}", [paragraph_piece("inside")])))
    )
    assert [token.type for token in tokens] == [
        "html_block",
        "paragraph_open",
        "inline",
        "paragraph_close",
        "html_block",
    ]
    page = Page(tokens[0].content)
    assert set(page.tags) == {"details", "summary", "code", "/code", "/summary"}
    assert words("".join(data for _, data in page.text)) == words(f"{visible(value)} {visible(text)}")
    runs = groupby(page.text, key=lambda each: each[0])
    assert not any(FOUND_IN_TEXT.search("".join(data for _, data in run)) for code, run in runs if not code)
