"""A line of a file without the parts that may not be shown, and the carets moved with it.

In: a line, the parts to hide, the part that a diagnostic is about; offsets count characters from 0. Out: a `SourceLine`, or None
where the rest still looks like a secret.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from reconciler.core.diagnostics.redaction import is_high_entropy, may_be_secret
from reconciler.core.diagnostics.source_line import SourceLine

Span = tuple[int, int]
_Cut = tuple[int, int, str]

HIDDEN: Final = "…"
_LINE: Final = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")


def split_lines(text: str) -> list[str]:
    """As YAML ends lines; a text that ends with a line end has an empty line behind it."""
    return [match[1] for match in _LINE.finditer(text)]


def masked_line(line: str, hidden: Collection[Span], meant: Span) -> SourceLine | None:
    """A comment that is hidden leaves no sign, anything else a `…`. None also where what is hidden looks like a secret."""
    cuts = [(first, last, "" if line[first] == "#" else HIDDEN) for first, last in sorted(hidden) if first < last]
    text = _without(line, cuts).rstrip()
    if looks_secret(line) or looks_secret(text):
        return None
    start = min(_moved(meant[0], cuts, ends=False), max(0, len(text) - 1))
    end = min(_moved(meant[1], cuts, ends=True), len(text))
    return SourceLine(text=text, start=start, length=max(1, end - start), end_column=meant[1] + 1)


def _without(line: str, cuts: Sequence[_Cut]) -> str:
    parts, at = [], 0
    for first, last, sign in cuts:
        parts += [line[at:first], sign]
        at = last
    return "".join((*parts, line[at:]))


def _moved(place: int, cuts: Sequence[_Cut], *, ends: bool) -> int:
    """Where a place of the line is once the cuts are made; inside a cut, it is before or behind its sign."""
    shift = 0
    for first, last, sign in cuts:
        if place <= first:
            break
        if place < last:
            return first + shift + (len(sign) if ends else 0)
        shift += len(sign) - (last - first)
    return place + shift


def looks_secret(text: str) -> bool:
    """Whether the line as a whole, or a word of it, looks like a secret."""
    return may_be_secret(text) or any(map(is_high_entropy, re.split(r"[\s'\",:=\[\]{}]+", text)))
