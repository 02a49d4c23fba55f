"""A Japanese paragraph or heading as Sphinx has to read it: as Markdown of its own, and without spaces between words.

In: the text of one message, as it is in the page. Out: the text to put into the compiled catalogue.
"""

from __future__ import annotations

import re
import unicodedata

_BLOCK_MARK = re.compile(r"^(\d+)([.)] )|^([-+*#>])(?= )")
"""`1. ` starts a list where it is read alone; in the heading `## 1. 準備` it does not."""


def as_markdown(text: str) -> str:
    """Lines are joined as Japanese is written: a browser shows a space for the end of a line."""
    joined, *rest = text.split("\n")
    for line in rest:
        joined += line if _without_a_space(joined[-1:], line[:1]) else f"\n{line}"
    return _BLOCK_MARK.sub(r"\1\\\2\3", joined)


def _without_a_space(before: str, after: str) -> bool:
    """Between two Japanese characters, and beside a Japanese mark of punctuation."""
    both = [character for character in (before, after) if _is_wide(character)]
    return len(both) == 2 or any(unicodedata.category(character).startswith("P") for character in both)


def _is_wide(character: str) -> bool:
    return bool(character) and unicodedata.east_asian_width(character) in "WF"
