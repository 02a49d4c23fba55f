"""Colours of the terminal, or none.

In: a style by its meaning and a text. Out: the text, with ANSI sequences around it if colour is on. It decides nothing about
terminals: the caller does.
"""

from __future__ import annotations

from enum import Enum


class Style(Enum):
    """What a stretch of text means. The value is the SGR parameters that show it."""

    ADD = "32"
    CHANGE = "33"
    REMOVE = "31"
    DERIVED = "36"
    HEADING = "1"
    QUIET = "2"
    ERROR = "1;31"
    REFUSED = "1;35"
    WARNING = "1;33"
    NOTE = "1;36"
    GOOD = "1;32"
    ALARM = "1;7;31"


def paint(text: str, style: Style | None, *, colour: bool) -> str:
    """`text` itself where there is no style, no colour or nothing to see."""
    if style is None or not colour or not text:
        return text
    return f"\x1b[{style.value}m{text}\x1b[0m"
