"""A file as a page: the loader's nodes, and the comments that libyaml passes over, found between them.

In: the bytes of a manifest that the loader takes. Out: `SourceFile`, which writes the very same bytes as long as nothing is
changed; or what the loader has against the file. Nothing is put in order here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, cast

from yaml.nodes import MappingNode, Node

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.editing.canonical_style import canonical_style
from reconciler.adapters.manifests.editing.comments import (
    CommentCollector,
    assign_comments,
    line_end,
    parse_flow_mapping,
)
from reconciler.adapters.manifests.editing.tree import Scalar, SourceEntry, SourceFile, SourceMapping
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics.diagnostic import Diagnostic

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")
_BLOCK_STYLES: Final = ("|", ">")


def read_source(data: bytes, file: str, model: type[Document]) -> SourceFile | tuple[Diagnostic, ...]:
    """`model` is the document of the file alone; `file` the name in its positions."""
    parsed = read_yaml(data, file)
    return check_file(parsed, model) or parse_source(parsed, data)


def parse_source(parsed: Parsed, data: bytes) -> SourceFile:
    """Of a file that was read and found in order: it holds mappings and single values, and no list."""
    assert parsed.root is not None
    text = data.decode()
    ended = text.endswith(("\n", "\r"))
    newline = "\r\n" if "\r\n" in text else "\n"
    whole = text if ended else text + newline
    if parsed.root.flow_style:
        return _of_flow(parsed, whole, parsed.root)
    return _Reading(whole).page(parsed.root, parsed.data, newline, ended)


def _of_flow(parsed: Parsed, text: str, root: MappingNode) -> SourceFile:
    """A file that is one mapping in braces, as JSON is."""
    body, opening = parse_flow_mapping(text, root, parsed.data)
    before, after = text[: root.start_mark.index], text[root.end_mark.index :]
    head = (*before.splitlines(), *opening)
    return canonical_style(
        SourceFile(header=head, body=SourceMapping(entries=body.entries, after=(*body.after, *after.splitlines())))
    )


@dataclass(slots=True, kw_only=True)
class _Item:
    """An entry on lines of its own, in the making: `first` to `last` are those up to a mapping below it."""

    key: str
    first: int
    last: int
    column: int
    depth: int
    value: Scalar | SourceMapping | _Open
    heard: CommentCollector
    above: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Open:
    """A mapping on lines of its own, in the making."""

    column: int
    items: list[_Item] = field(default_factory=list)
    foot: tuple[str, ...] = ()


class _Reading:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = _LINE.findall(text)
        self._items: list[_Item] = []

    def page(self, root: MappingNode, data: dict[str, Any], newline: str, ended: bool) -> SourceFile:
        body = self._open(root, data, 0)
        head = self._share_out(body)
        page = SourceFile(header=head, body=self._closed(body), newline=newline, final_newline=ended)
        return page if self._is_plain() else canonical_style(page)

    def _open(self, node: MappingNode, data: dict[str, Any], depth: int) -> _Open:
        opened = _Open(column=node.value[0][0].start_mark.column)
        for key_node, value_node in node.value:
            item = self._item(key_node, value_node, data[key_node.value], depth)
            opened.items.append(item)
        return opened

    def _item(self, key: Node, node: Node, value: Any, depth: int) -> _Item:
        text = self._text
        heard = CommentCollector()
        item = _Item(
            key=key.value,
            first=key.start_mark.line,
            last=key.end_mark.line,
            column=key.start_mark.column,
            depth=depth,
            value=None,
            heard=heard,
        )
        self._items.append(item)
        if isinstance(node, MappingNode) and not node.flow_style:
            heard.collect(text, key.end_mark.index, line_end(text, key.end_mark.index))
            item.value = self._open(node, value, depth + 1)
            return item
        item.last = max(item.last, _last_line(node, text, self._lines))
        if isinstance(node, MappingNode):
            heard.collect(text, key.end_mark.index, node.start_mark.index)
            item.value, opening = parse_flow_mapping(text, node, value)
            heard.add(*opening)
            heard.collect(text, node.end_mark.index, line_end(text, node.end_mark.index))
        else:
            item.value = value
            start = key.end_mark.index if node.start_mark.index == node.end_mark.index else node.start_mark.index
            heard.collect(text, key.end_mark.index, start)
            after = (
                node.start_mark.index if cast("Any", node).style in _BLOCK_STYLES else max(start, node.end_mark.index)
            )
            heard.collect(text, after, line_end(text, after))
        return item

    def _share_out(self, body: _Open) -> tuple[str, ...]:
        """Gives every line between two entries its owner; returns those before the first."""
        open_blocks = [body]
        previous: _Item | None = None
        head: tuple[str, ...] = ()
        for item in self._items:
            if previous is None:
                head = tuple(self._lines[: item.first])
            else:
                if isinstance(previous.value, _Open):
                    open_blocks = [*open_blocks[: previous.depth + 1], previous.value]
                item.above = self._between(previous, item.first, item.column, open_blocks)
                open_blocks = open_blocks[: item.depth + 1]
            previous = item
        if previous is not None:
            self._between(previous, len(self._lines), None, open_blocks)
        return head

    def _between(self, previous: _Item, end: int, following: int | None, open_blocks: list[_Open]) -> tuple[str, ...]:
        lines = self._lines[previous.last + 1 : end]
        shared = assign_comments(lines, [block.column for block in open_blocks], following)
        for depth, foot in shared.after:
            open_blocks[depth].foot += foot
        return shared.above

    def _closed(self, block: _Open) -> SourceMapping:
        entries = tuple(self._entry(item) for item in block.items)
        return SourceMapping(entries=entries, after=block.foot, column=block.column)

    def _entry(self, item: _Item) -> SourceEntry:
        return SourceEntry(
            key=item.key,
            value=self._closed(item.value) if isinstance(item.value, _Open) else item.value,
            comments_above=item.above,
            inner=tuple(item.heard.inner),
            trailing=item.heard.trailing,
            source=tuple(self._lines[item.first : item.last + 1]),
        )

    def _is_plain(self) -> bool:
        """Whether every entry starts a separate line: an entry with `? ` does not."""
        starts = all(not self._lines[item.first][: item.column].strip() for item in self._items)
        pairs = zip(self._items, self._items[1:], strict=False)
        return starts and all(one.last < other.first for one, other in pairs)


def _last_line(node: Node, text: str, lines: list[str]) -> int:
    """Without the blank lines that libyaml counts to a block of text, unless they are part of it."""
    end = node.end_mark
    style = getattr(node, "style", None)
    if style not in _BLOCK_STYLES:
        return end.line
    last = end.line - 1 if end.column == 0 else end.line
    mark = text[node.start_mark.index : line_end(text, node.start_mark.index)].partition("#")[0]
    while "+" not in mark and last > node.start_mark.line and not lines[last].strip():
        last -= 1
    return last
