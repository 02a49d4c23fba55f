"""How wide a text is on a terminal, and how a text from outside is made safe to print there.

In: any string, also a hostile one. Out: cells, padding, and strings in which nothing can drive a terminal.
"""

from __future__ import annotations

from typing import Final
from unicodedata import combining, east_asian_width

from reconciler.core.diagnostics.redaction import INVISIBLE_CHARACTERS, is_visible
from reconciler.views.common.log_commands import without_log_marks

LINE_END: Final = "↵"
_IDEOGRAPHIC_SPACE: Final = "\u3000"


def display_width(text: str) -> int:
    """Columns the text takes: two for wide and full-width characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(character) else 1 + (east_asian_width(character) in "WF") for character in text)


def pad_to_width(text: str, width: int) -> str:
    return text + " " * (width - display_width(text))


def clipped(text: str, width: int) -> str:
    """The text where it takes no more columns than that; else its beginning and a sign that more follows."""
    if display_width(text) <= width:
        return text
    text = text[: 4 * width]  # of a very long one, the rest is not measured
    while display_width(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def escape_unprintable(text: str) -> str:
    """Line ends as ↵, and every other character that does not show itself (controls, directions, odd spaces) escaped, and so is
    what a CI system would obey in the middle of a line.
    """
    if "##" in text:
        text = without_log_marks(text)
    if text.isprintable() and INVISIBLE_CHARACTERS.search(text) is None:
        return text
    unified = text.replace("\r\n", "\n")
    return "".join(_seen(character) for character in unified)


def quoted(text: str) -> str:
    """In double quotes, so that an empty value and stray spaces are seen; quotes and backslashes inside are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escape_unprintable(escaped)}"'


def _seen(character: str) -> str:
    if character == "\n":
        return LINE_END
    if is_visible(character):
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
