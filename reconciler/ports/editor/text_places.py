"""Places in the text of one file, and changes of it, as an editor makes them.

Lines and characters count from 0; a character is a code point. How a protocol counts them is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.lib.frozen_class import frozen


@frozen(kw_only=False, order=True)
class TextPlace:
    line: int
    character: int


@frozen(kw_only=False)
class TextSpan:
    """`end` is behind the last character."""

    start: TextPlace
    end: TextPlace

    def shares_line(self, other: TextSpan) -> bool:
        return self.start.line <= other.end.line and other.start.line <= self.end.line


@frozen(kw_only=False)
class TextChange:
    span: TextSpan
    text: str


@frozen(kw_only=False)
class PlacedDiagnostic:
    """A diagnostic with the part of the file that it is about."""

    diagnostic: Diagnostic
    span: TextSpan


def span_on_line(line: int, start: int, end: int) -> TextSpan:
    return TextSpan(TextPlace(line, start), TextPlace(line, end))


def changed_text(before: str, after: str) -> Sequence[TextChange]:
    """The part that differs, as one change; none where nothing does."""
    if before == after:
        return ()
    shortest = min(len(before), len(after))
    start = next((at for at in range(shortest) if before[at] != after[at]), shortest)
    tail = next((at for at in range(shortest - start) if before[-1 - at] != after[-1 - at]), shortest - start)
    span = TextSpan(_place(before, start), _place(before, len(before) - tail))
    return (TextChange(span, after[start : len(after) - tail]),)


def _place(text: str, offset: int) -> TextPlace:
    """The place of an offset; between the two characters of a line end it is that before them."""
    if text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1
    head = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    line = head.count("\n")
    return TextPlace(line, len(head) - (head.rfind("\n") + 1))
