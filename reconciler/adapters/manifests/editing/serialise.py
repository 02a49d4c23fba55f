"""A page as the bytes of a file: unchanged parts as they were, everything else in the canonical style.

In: a page. Out: bytes. The style: two spaces per level, one space before a comment, a block for a text of several lines.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.adapters.manifests.editing.quoting import format_scalar, scalar_text
from reconciler.adapters.manifests.editing.tree import Lines, SourceEntry, SourceFile, SourceMapping

_INDENT = 2


def serialise_source(page: SourceFile) -> bytes:
    lines = (*_comments(page.header, 0), *_block(page.body, page.body.column or 0))
    whole = "".join(line if line.endswith(("\n", "\r")) else line + page.newline for line in lines)
    return (whole if page.final_newline else whole.removesuffix(page.newline)).encode()


def lines_of(entry: SourceEntry) -> Iterator[str]:
    """The entry alone, as it would be at the margin."""
    return _entry(entry, 0)


def _block(block: SourceMapping, column: int) -> Iterator[str]:
    for entry in block.entries:
        yield from _comments(entry.comments_above, column)
        yield from _entry(entry, column)
    yield from _comments(block.after, column)


def _comments(lines: Lines, column: int) -> Iterator[str]:
    """Lines of a source end in a line end and stay unchanged; others are indented here."""
    for line in lines:
        yield line if not line or line.endswith(("\n", "\r")) else " " * column + line


def _entry(entry: SourceEntry, column: int) -> Iterator[str]:
    below = _below(entry, column)
    if entry.source is not None:
        yield from entry.source
    else:
        yield from _comments(entry.inner, column)
        yield from _canonical(entry, column)
    if below is not None and isinstance(entry.value, SourceMapping):
        yield from _block(entry.value, below)


def _below(entry: SourceEntry, column: int) -> int | None:
    """The column of the mapping below, where it has lines of its own."""
    if not isinstance(entry.value, SourceMapping) or not entry.value.entries:
        return None
    if entry.value.column is not None:
        return entry.value.column
    return column + _INDENT if entry.source is None else None


def _canonical(entry: SourceEntry, column: int) -> Iterator[str]:
    margin, beside = " " * column, f" {entry.trailing}" if entry.trailing else ""
    if isinstance(entry.value, SourceMapping):
        yield f"{margin}{scalar_text(entry.key)}:{'' if entry.value.entries else ' {}'}{beside}"
        return
    head, lines = format_scalar(entry.value)
    yield f"{margin}{scalar_text(entry.key)}: {head}{beside}"
    for line in lines:
        yield f"{margin}{' ' * _INDENT}{line}" if line else ""
