"""Markdown outside of code: headings with their anchors, links, and the line that leads to the other language.

In: the text of a page. Out: values, or the text with other links. Code blocks and code spans are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_FENCE = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2 *$", re.DOTALL | re.MULTILINE)
_LANGUAGES = re.compile(
    r"^(?:English \| |\[English\]\([^)]*\)(?: \| 日本語)?$|\[日本語\]\([^)]*\)$).*\n\n?", re.MULTILINE
)


def without_language_line(text: str) -> str:
    """The site has a switch of its own."""
    return _LANGUAGES.sub("", text, count=1)


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ +(.+?)\s*$", _FENCE.sub("", text), re.MULTILINE)


def anchors(text: str) -> list[str]:
    """One per heading, as the forges and MyST make them; a repeated one is numbered."""
    seen: dict[str, int] = {}
    made: list[str] = []
    for heading in headings(text):
        slug = re.sub(r"[^\w\- ]", "", _shown(heading).lower()).replace(" ", "-")
        number = seen.get(slug, 0)
        seen[slug] = number + 1
        made.append(f"{slug}-{number}" if number else slug)
    return made


def with_links(text: str, change: Callable[[str, str], tuple[str, str | None]]) -> str:
    """Each link as `change` makes it of its text and target; without a target, only its text remains."""
    parts: list[str] = []
    end = 0
    for block in _FENCE.finditer(text):
        parts += [_changed(text[end : block.start()], change), block[0]]
        end = block.end()
    return "".join((*parts, _changed(text[end:], change)))


def listed(text: str) -> list[str]:
    """The targets of the links with which points of a list and rows of a table start, in order."""
    return re.findall(r"^(?:- |\| )\[[^\]]+\]\(([^)\s#]+)\)", _FENCE.sub("", text), re.MULTILINE)


def _changed(text: str, change: Callable[[str, str], tuple[str, str | None]]) -> str:
    def replaced(link: re.Match[str]) -> str:
        shown, target = change(link["text"], link["target"])
        return shown if target is None else f"{link['mark']}[{shown}]({target})"

    return re.sub(r"(?P<mark>!?)\[(?P<text>(?:[^\[\]`]|`[^`]*`)*)\]\((?P<target>[^)\s]+)\)", replaced, text)


def _shown(heading: str) -> str:
    """Without the marks of links and code."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip()
