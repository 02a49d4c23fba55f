"""The keys of a file as a tree, each with the lines that belong to it. In: lines, valid YAML or not. Out: the outline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reconciler.adapters.manifests.live.cursor import LineEntry, entries
from reconciler.ports.editor.live_fleet import DocumentKey
from reconciler.ports.editor.text_places import TextPlace, TextSpan

_Entries = Sequence[tuple[tuple[str, ...], LineEntry]]


def outline_of(lines: Sequence[str]) -> tuple[DocumentKey, ...]:
    return _level(tuple(entries(lines)), 1, lines, len(lines))


def _level(found: _Entries, depth: int, lines: Sequence[str], end: int) -> tuple[DocumentKey, ...]:
    """`end` is the line behind the mapping."""
    starts = [at for at, (path, _) in enumerate(found) if len(path) == depth]
    made: list[DocumentKey] = []
    for at, behind in pairwise((*starts, len(found))):
        path, entry = found[at]
        last = found[behind][1].line if behind < len(found) else end
        below = _level(found[at + 1 : behind], depth + 1, lines, last)
        made.append(DocumentKey(key=path[-1], span=entry.key_span, whole=_whole(entry, lines, last), below=below))
    return tuple(made)


def _whole(entry: LineEntry, lines: Sequence[str], end: int) -> TextSpan:
    """Without the blank lines behind it."""
    last = end - 1
    while last > entry.line and not lines[last].strip():
        last -= 1
    return TextSpan(TextPlace(entry.line, entry.indent), TextPlace(last, len(lines[last])))
