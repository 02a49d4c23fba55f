"""Running text as lines of so many cells, broken where it may be, in English and in Japanese.

In: one line of text, perhaps with our colours in it. Out: lines. What people copy is kept together if it fits on a line:
values in quotes, commands in backquotes, an option with its value, and everything named as `whole`. Text without a place to
break is not broken: the terminal folds it, and adds nothing to what is copied.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from reconciler.views.common.display_width import display_width

_NOT_FIRST: Final = frozenset("、。，．・：；？！ー）」』】〉》…～ァィゥェォッャュョぁぃぅぇぉっゃゅょ%)]},.:;?!")
_NOT_LAST: Final = frozenset("（「『【〈《([{")
_COPIED: Final = (r'"(?:[^"\\]|\\.)*"', r"`[^`]*`", r"--[a-z][a-z-]* [A-Za-z0-9*'][!-~]*")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


def visible_width(text: str) -> int:
    """Cells that a text takes with our colours in it."""
    return display_width(_COLOUR.sub("", text))


def wrap(
    text: str, room: int, rest: int | None = None, *, whole: Collection[str] = (), spaced: bool = False
) -> Iterator[str]:
    """Lines of at most `room` cells, those after the first of at most `rest`, where there is a place to break them.

    `spaced`: its words are parted by spaces, so that wide characters in it, which are labels, are broken only where they must be.
    """
    left = room if rest is None else rest
    line, kept = "", _positions_within(text, whole)
    for unit in _units(text, kept, min(room, left), spaced=spaced):
        if line and visible_width(line + unit.rstrip()) > room:
            yield line.rstrip()
            line, room = "", left
        line += unit if line else unit.lstrip()
    if line.strip():
        yield line.rstrip()


def _positions_within(text: str, whole: Collection[str]) -> frozenset[int]:
    """Where a break would be in the midst of something that is copied."""
    patterns = (*_COPIED, *(re.escape(each) for each in whole if each))
    found = (match for pattern in patterns for match in re.finditer(pattern, text))
    return frozenset(at for match in found for at in range(match.start() + 1, match.end()))


def _units(text: str, kept: frozenset[int], room: int, *, spaced: bool) -> Iterator[str]:
    """What must stay together: a word with the space behind it, a wide character with the punctuation that clings to it. What
    takes more than a line is parted further, first a label among words, then what is copied; if that helps.
    """
    start = 0
    for end in (*_breaks(text, kept, spaced=spaced), len(text)):
        unit, inside = text[start:end], frozenset(at - start for at in kept if start < at < end)
        start = end
        if _fits(unit, room) or not (spaced or inside):
            yield unit
            continue
        parts = tuple(_units(unit, inside if spaced else frozenset(), room, spaced=False))
        yield from parts if all(_fits(part, room) for part in parts) else (unit,)


def _fits(unit: str, room: int) -> bool:
    return visible_width(unit.rstrip()) <= room


def _breaks(text: str, kept: frozenset[int], *, spaced: bool) -> Iterator[int]:
    for at in range(1, len(text)):
        if at not in kept and _may_break(text[at - 1], text[at]) and (text[at - 1] == " " or not spaced):
            yield at


def _may_break(before: str, after: str) -> bool:
    if before in _NOT_LAST or after in _NOT_FIRST or after == " ":
        return False
    return before == " " or display_width(before) > 1 or display_width(after) > 1
