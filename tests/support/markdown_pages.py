"""What a page and its translation have in common: headings, code, quoted words, links, tables.

In: the text of a page. Out: values that are equal for both.
"""

from __future__ import annotations

import re

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
_EXAMPLE = re.compile(r"<!-- (?:example: (\S+)/\S+|session: \w\w ([^\n]+?)) -->\n.*?<!-- end -->", re.DOTALL)
_REMARK = re.compile(r"(?<=\S) +# .*$", re.MULTILINE)
"""A remark beside a line of code is prose, in the reader's language."""


def code_blocks(text: str) -> list[tuple[str, str]]:
    """Language and content, without remarks and without the output of examples."""
    return [(language, _REMARK.sub("", block)) for language, block in _BLOCK.findall(_EXAMPLE.sub("", text))]


def example_cases(text: str) -> list[tuple[str, str]]:
    """The cases and the commands whose output the page shows, in the page's own language."""
    return _EXAMPLE.findall(text)


def sections(text: str) -> list[str]:
    """The text between headings of the second level, without code blocks."""
    return re.split(r"^## ", _BLOCK.sub("", text), flags=re.MULTILINE)


def heading_levels(text: str) -> list[int]:
    return [len(marks) for marks in re.findall(r"^(#+) ", _BLOCK.sub("", text), re.MULTILINE)]


def code_spans(section: str) -> set[str]:
    return {" ".join(span.split()) for span in re.findall(r"`([^`]+)`", section)}


def diagnostic_codes(section: str) -> set[str]:
    return set(re.findall(r"\b[A-Z]\d{3}\b", section))


def link_targets(section: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", section)


def table_sizes(section: str) -> list[int]:
    """How many rows each table has."""
    return [len(table.splitlines()) for table in re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)]


def list_sizes(section: str) -> list[int]:
    """How many points and how many numbered steps there are."""
    return [len(re.findall(mark, section, re.MULTILINE)) for mark in (r"^- ", r"^\d\. ")]


def impolite_sentences(japanese: str) -> list[str]:
    """Sentences of paragraphs and lists that do not end in です・ます. Table cells and headings are not sentences."""
    prose = re.sub(r"\]\([^)]*\)", "]", re.sub(r"```.*?```", "", japanese, flags=re.DOTALL))
    lines = [_without_remarks(line) for line in prose.splitlines() if line and line[0] not in "|#<["]
    sentences = [sentence for line in lines for sentence in re.findall(r"[^。]+。", line)]
    return [sentence for sentence in sentences if not re.search(r"(です|ます|ません|ました|ください)。$", sentence)]


def _without_remarks(line: str) -> str:
    """Without what is in parentheses, which may be a phrase."""
    return re.sub(r" ?\([^()]*\)", "", line.replace("**", ""))
