"""A manifest as it is in its file: entries in their order, with their comments. Only values.

A comment on separate lines belongs to the key below it (`above`), or to the end of its mapping (`foot`); one at the end of
a line to that line's key (`beside`); everything before the first key to the file (`head`). "" is a blank line.
`source` is the text of an entry as long as it is unchanged; without it, an entry is written in the canonical style.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from reconciler.lib.frozen_class import frozen

Scalar = str | bool | None
"""A valid manifest holds no number."""

Lines = tuple[str, ...]
Path = tuple[str, ...]

MODELINE: Final = "# yaml-language-server:"


@frozen
class SourceEntry:
    """`within` are comments inside the entry's own lines, where the canonical style has no place for them.

    `source` holds the lines from the key to the value's end, without those of a mapping below.
    """

    key: str
    value: Scalar | SourceMapping
    comments_above: Lines = ()
    inner: Lines = ()
    trailing: str = ""
    source: Lines | None = None


@frozen
class SourceMapping:
    """A mapping. `column` is that of its keys in the file; None if they are not on separate lines."""

    entries: tuple[SourceEntry, ...] = ()
    after: Lines = ()
    column: int | None = None

    def entry(self, key: str) -> SourceEntry | None:
        return next((entry for entry in self.entries if entry.key == key), None)


@frozen
class SourceFile:
    """A whole file. `newline` is how it ends its lines; `ended` whether the last one has its end."""

    body: SourceMapping
    header: Lines = ()
    newline: str = "\n"
    final_newline: bool = True


def data_of(page: SourceFile) -> dict[str, object]:
    """The plain values, as the loader gives them."""
    return _data(page.body)


def _data(block: SourceMapping) -> dict[str, object]:
    return {
        entry.key: _data(entry.value) if isinstance(entry.value, SourceMapping) else entry.value
        for entry in block.entries
    }


def comments_of(page: SourceFile) -> tuple[str, ...]:
    """Every comment of the file, without the space around it."""
    lines = (*page.header, *_comments(page.body))
    return tuple(comment for line in lines if (comment := comment_in(line)))


def comments_below(block: SourceMapping) -> Lines:
    return tuple(comment for line in _comments(block) if (comment := comment_in(line)))


def _comments(block: SourceMapping) -> Iterator[str]:
    for entry in block.entries:
        yield from (*entry.comments_above, *entry.inner, entry.trailing)
        if isinstance(entry.value, SourceMapping):
            yield from _comments(entry.value)
    yield from block.after


def comment_in(line: str) -> str:
    """The comment of a line that holds no key; empty for a blank line and for a bare mark such as `---`."""
    return "" if line.startswith("%") else line[line.find("#") :].strip() if "#" in line else ""


def leaves(data: Mapping[str, object], above: Path = ()) -> Iterator[tuple[Path, object]]:
    """Each value that is no mapping (or an empty one), with its path."""
    for key, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key), value


def holds(page: SourceFile, path: Sequence[str]) -> bool:
    return _entry(page.body, path) is not None


def _entry(block: SourceMapping, path: Sequence[str]) -> SourceEntry | None:
    entry = block.entry(path[0])
    if entry is None or len(path) == 1:
        return entry
    return _entry(entry.value, path[1:]) if isinstance(entry.value, SourceMapping) else None
