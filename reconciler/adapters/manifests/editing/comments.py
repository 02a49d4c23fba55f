"""What libyaml skips: the comments between two nodes, and those of a mapping in braces.

In: the text of a file and its nodes. Out: comments with the entry they belong to. Between two nodes are only spaces, line ends,
`:`, `,`, brackets and comments, so every `#` there starts a comment.

What the lines between two keys belong to: the key below them, or the end of a mapping above them.

In: lines without a key, the columns of the mappings that are open above them, and the column of the next key. Out: each
line with its owner. A comment that is indented further than the next key ends the deepest mapping that starts at or left of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from yaml.nodes import MappingNode, Node

from reconciler.adapters.manifests.editing.tree import Lines, SourceEntry, SourceMapping
from reconciler.lib.frozen_class import frozen

_COMMENT: Final = re.compile(r"#[^\r\n]*")
_LINE_END: Final = re.compile(r"[\r\n]|\Z")


def line_end(text: str, index: int) -> int:
    match = _LINE_END.search(text, index)
    assert match is not None
    return match.start()


def comments_between(text: str, start: int, end: int) -> Iterator[tuple[bool, str]]:
    """Each comment, and whether it has a line of its own."""
    for match in _COMMENT.finditer(text, start, end):
        line = text[max(text.rfind("\n", 0, match.start()), text.rfind("\r", 0, match.start())) + 1 : match.start()]
        yield not line.strip(), match.group().rstrip()


@dataclass(slots=True)
class CommentCollector:
    """The comments of one entry in their order: the first is beside it, further ones have no place there."""

    trailing: str = ""
    inner: list[str] = field(default_factory=list)

    def collect(self, text: str, start: int, end: int) -> None:
        for alone, comment in comments_between(text, start, end):
            if alone:
                self.inner.append(comment)
            else:
                self.add(comment)

    def add(self, *comments: str) -> None:
        for comment in comments:
            if self.trailing:
                self.inner.append(comment)
            else:
                self.trailing = comment


@dataclass(slots=True)
class _CollectedComments:
    """An entry in braces, in the making."""

    key: str
    value: Any
    above: list[str]
    heard: CommentCollector = field(default_factory=CommentCollector)

    def entry(self) -> SourceEntry:
        return SourceEntry(
            key=self.key,
            value=self.value,
            comments_above=tuple(self.above),
            inner=tuple(self.heard.inner),
            trailing=self.heard.trailing,
        )


def parse_flow_mapping(text: str, node: MappingNode, data: dict[str, Any]) -> tuple[SourceMapping, Lines]:
    """The mapping, and the comments right behind its brace: they are its owner's."""
    entries: list[_CollectedComments] = []
    opening: list[str] = []
    at = node.start_mark.index + 1
    for key, value in node.value:
        alone = _attach_comments(entries, opening, text, at, key.start_mark.index)
        entries.append(_entry_of(text, key, value, data[key.value], alone))
        at = max(key.end_mark.index, value.end_mark.index)
    foot = _attach_comments(entries, opening, text, at, node.end_mark.index)
    if not entries:
        return SourceMapping(), (*opening, *foot)
    return SourceMapping(entries=tuple(each.entry() for each in entries), after=tuple(foot)), tuple(opening)


def _attach_comments(
    entries: list[_CollectedComments], opening: list[str], text: str, start: int, end: int
) -> list[str]:
    """Gives a comment at the end of a line to the entry before it; returns those on separate lines."""
    alone = []
    for own_line, comment in comments_between(text, start, end):
        if own_line:
            alone.append(comment)
        elif entries:
            entries[-1].heard.add(comment)
        else:
            opening.append(comment)
    return alone


def _entry_of(text: str, key: Node, node: Node, value: Any, above: list[str]) -> _CollectedComments:
    entry = _CollectedComments(key.value, value, above)
    entry.heard.collect(text, key.end_mark.index, max(key.end_mark.index, node.start_mark.index))
    if isinstance(node, MappingNode):
        entry.value, opening = parse_flow_mapping(text, node, value)
        entry.heard.add(*opening)
    return entry


@frozen
class CommentOwners:
    """`feet` pairs the depth of an open mapping with the lines at its end, the deepest first."""

    after: tuple[tuple[int, Lines], ...]
    above: Lines


def assign_comments(lines: Sequence[str], columns: Sequence[int], following: int | None) -> CommentOwners:
    """`columns` of the open mappings, outermost first; `following` is None at the end of the file."""
    owners = _owners(lines, columns, -1 if following is None else following)
    if following is None:
        owners = [0 if owner is None else owner for owner in owners]
    depths = sorted({owner for owner in owners if owner is not None}, reverse=True)
    feet = tuple((depth, _of(depth, lines, owners)) for depth in depths)
    return CommentOwners(after=feet, above=_of(None, lines, owners))


def _of(owner: int | None, lines: Iterable[str], owners: Iterable[int | None]) -> Lines:
    return tuple(line for line, own in zip(lines, owners, strict=True) if own == owner)


def _owners(lines: Sequence[str], columns: Sequence[int], following: int) -> list[int | None]:
    """A blank line belongs to what is below it. Nothing goes deeper than what is above it."""
    limit = len(columns) - 1
    owners: list[int | None] = []
    for line in lines:
        if line.strip():
            owner = _deepest(columns[: limit + 1], following, len(line) - len(line.lstrip()))
            limit = -1 if owner is None else owner
            owners.append(owner)
        else:
            owners.append(_BLANK)
    below: int | None = None
    for at in reversed(range(len(owners))):
        below = owners[at] = below if owners[at] == _BLANK else owners[at]
    return owners


_BLANK = -1


def _deepest(columns: Sequence[int], following: int, column: int) -> int | None:
    fitting = (depth for depth, own in enumerate(columns) if following < own <= column)
    return max(fitting, default=None)
