"""A Japanese paragraph or heading as Sphinx has to read it: as Markdown of its own, and without spaces between words.

In: the text of one message. Out: the text to put into the compiled catalogue.
"""

from __future__ import annotations

import re
import unicodedata

_BLOCK_MARK = re.compile(r"^(\d+)([.)] )|^([-+*#>])(?= )")
"""`1. ` starts a list where it is read alone; in the heading `## 1. 準備` it does not."""
_SPACE = re.compile(r"(?P<code>`[^`]*`)|(?<=(?P<before>.))[ \n](?=(?P<after>.))", re.DOTALL)


def as_markdown(text: str) -> str:
    """A browser shows the end of a line as a space, which Japanese has not between its own characters."""
    return _BLOCK_MARK.sub(r"\1\\\2\3", _SPACE.sub(_space, text))


def _space(found: re.Match[str]) -> str:
    """Nothing between two Japanese characters, and nothing beside a Japanese mark of punctuation."""
    if found["code"]:
        return found[0]
    wide = [character for character in (found["before"], found["after"]) if _is_wide(character)]
    unneeded = len(wide) == 2 or any(unicodedata.category(character).startswith("P") for character in wide)
    return "" if unneeded else found[0]


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
