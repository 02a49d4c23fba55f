"""Where a cursor is in a manifest: the keys above it, and whether it is at a key or at a value.

In: the lines of a file, which need not be valid YAML: people complete what is not written yet. Out: a `Cursor`. Only mappings
whose keys have lines of their own are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.lib.frozen_class import frozen
from reconciler.ports.editor.text_places import TextPlace, TextSpan, span_on_line

_ENTRY: Final = re.compile(r"""( *)("[^"]*"|'[^']*'|[^\s#'"&*!|>{}\[\],?:-][^:#]*?)\s*:(?:\s+|$)""")
_COMMENT: Final = re.compile(r"(?:^|\s)#.*")


@frozen
class LineEntry:
    """A key with what is behind its colon. `value_at` is where the value starts, or would start."""

    line: int
    indent: int
    key: str
    key_end: int
    value_at: int
    value_end: int

    @property
    def key_span(self) -> TextSpan:
        return span_on_line(self.line, self.indent, self.key_end)

    @property
    def span(self) -> TextSpan:
        return span_on_line(self.line, self.indent, max(self.value_end, self.key_end))

    @property
    def empty(self) -> bool:
        return self.value_end <= self.value_at


@frozen
class Cursor:
    """`above` are the keys that the cursor is below. `entry` is what is on its line, `in_value`: it is behind the colon. `indent`
    is the column of the key.
    """

    above: tuple[str, ...]
    entry: LineEntry | None
    in_value: bool
    indent: int

    @property
    def path(self) -> tuple[str, ...]:
        return self.above if self.entry is None else (*self.above, self.entry.key)


def entry_on(lines: Sequence[str], number: int) -> LineEntry | None:
    line = lines[number]
    match = _ENTRY.match(line)
    if match is None:
        return None
    comment = _COMMENT.search(line, match.end())
    end = len(line) if comment is None else comment.start()
    return LineEntry(
        line=number,
        indent=len(match[1]),
        key=match[2].strip("'\""),
        key_end=match.end(2),
        value_at=match.end(),
        value_end=len(line[:end].rstrip()),
    )


def keys_above(lines: Sequence[str], number: int, indent: int) -> tuple[str, ...]:
    """The keys that a line of this indentation is below, from the outermost."""
    found: list[str] = []
    for at in range(number - 1, -1, -1):
        if indent == 0:
            break
        entry = entry_on(lines, at)
        if entry is not None and entry.indent < indent:
            found.append(entry.key)
            indent = entry.indent
    return tuple(reversed(found))


def cursor_at(lines: Sequence[str], at: TextPlace) -> Cursor | None:
    """None outside of the text and inside a comment."""
    if at.line >= len(lines):
        return None
    line = lines[at.line][: at.character]
    if _COMMENT.search(line) is not None:
        return None
    entry = entry_on(lines, at.line)
    indent = entry.indent if entry is not None else len(line) - len(line.lstrip(" "))
    in_value = entry is not None and at.character > entry.key_end
    return Cursor(above=keys_above(lines, at.line, indent), entry=entry, in_value=in_value, indent=indent)


def entries(lines: Sequence[str]) -> Iterator[tuple[tuple[str, ...], LineEntry]]:
    """Every key with its path, in the order of the file; a text of several lines is passed over."""
    stack: list[LineEntry] = []
    text_above: int | None = None
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip(" "))
        if text_above is not None and indent > text_above:
            continue
        text_above = None
        entry = entry_on(lines, number)
        if entry is None:
            continue
        while stack and stack[-1].indent >= entry.indent:
            stack.pop()
        yield (*(each.key for each in stack), entry.key), entry
        stack.append(entry)
        if line[entry.value_at : entry.value_at + 1] in ("|", ">"):
            text_above = entry.indent


def siblings(lines: Sequence[str], number: int, above: tuple[str, ...]) -> frozenset[str]:
    """The keys of the mapping at `above`, but for that on the line itself."""
    return frozenset(path[-1] for path, entry in entries(lines) if path[:-1] == above and entry.line != number)
