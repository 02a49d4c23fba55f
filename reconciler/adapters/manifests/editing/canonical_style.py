"""The one style and order of manifests: what `reconciler fmt` makes of a page.

In: a page. Out: the same values and comments, in the order of the documents, without anything of how the file stood. Names of
people's own (labels, parts) keep their order. Arranging twice is arranging once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.editing.tree import MODELINE, Block, Entry, Lines, Page, comment_in

Schema = Mapping[str, Any]


def arranged(page: Page, model: type[Document]) -> Page:
    """In canonical order and style."""
    plain = restyled(page)
    return _tidy(replace(plain, body=in_order(plain.body, shape(model))))


def restyled(page: Page) -> Page:
    """In canonical style, in its own order: nothing is left of how the file stood."""
    head, body = _comments(page.head), _plain(page.body)
    return _with_modelines_first(Page(head=head, body=body))


def in_order(block: Block, schema: Schema) -> Block:
    """The entries by the order of the schema's properties; those it does not name stay where they are, behind."""
    ordered = sorted(block.entries, key=lambda entry: rank(entry.key, schema))
    return replace(block, entries=tuple(_ordered_below(entry, schema) for entry in ordered))


def rank(key: str, schema: Schema) -> int:
    properties = tuple(schema.get("properties", ()))
    return properties.index(key) if key in properties else len(properties)


def below(key: str, schema: Schema) -> Schema:
    """The schema of what stands under a key."""
    named: Schema | None = schema.get("properties", {}).get(key)
    if named is not None:
        return named
    others = schema.get("additionalProperties")
    return others if isinstance(others, Mapping) else _ANY


_ANY: Final[Schema] = {}


def _ordered_below(entry: Entry, schema: Schema) -> Entry:
    if not isinstance(entry.value, Block):
        return entry
    return replace(entry, value=in_order(entry.value, below(entry.key, schema)))


def _plain(block: Block) -> Block:
    return Block(entries=tuple(map(_plain_entry, block.entries)), foot=_comments(block.foot))


def _plain_entry(entry: Entry) -> Entry:
    value = _plain(entry.value) if isinstance(entry.value, Block) else entry.value
    above = (*_comments(entry.above), *_comments(entry.within))
    return Entry(key=entry.key, value=value, above=above, beside=entry.beside)


def _comments(lines: Iterable[str]) -> Lines:
    """Without their margins, and without the marks that begin and end a document."""
    return tuple(comment_in(line) for line in lines if "#" in line or not line.strip())


def _with_modelines_first(page: Page) -> Page:
    """Editors look for them at the top."""
    found = [line for line in _own_lines(page) if line.startswith(MODELINE)]
    if not found:
        return page
    head = (*found, *_others(page.head))
    return replace(page, head=head, body=_without_modelines(page.body))


def _own_lines(page: Page) -> Iterator[str]:
    yield from page.head
    yield from _lines_of(page.body)


def _lines_of(block: Block) -> Iterator[str]:
    for entry in block.entries:
        yield from entry.above
        if isinstance(entry.value, Block):
            yield from _lines_of(entry.value)
    yield from block.foot


def _without_modelines(block: Block) -> Block:
    return replace(block, entries=tuple(map(_entry_without, block.entries)), foot=_others(block.foot))


def _entry_without(entry: Entry) -> Entry:
    value = _without_modelines(entry.value) if isinstance(entry.value, Block) else entry.value
    return replace(entry, value=value, above=_others(entry.above))


def _others(lines: Lines) -> Lines:
    return tuple(line for line in lines if not line.startswith(MODELINE))


def _tidy(page: Page) -> Page:
    """One blank line where there were several, none where a mapping begins or the file ends."""
    head = _single(page.head, begins=True)
    return replace(page, head=head, body=_tidy_block(page.body, last=True, begins=not head or head[-1] == ""))


def _tidy_block(block: Block, *, last: bool, begins: bool = True) -> Block:
    entries = [_tidy_entry(entry, begins=begins and not at) for at, entry in enumerate(block.entries)]
    foot = _single(block.foot, begins=False)
    return replace(block, entries=tuple(entries), foot=_without_last_blank(foot) if last else foot)


def _tidy_entry(entry: Entry, *, begins: bool) -> Entry:
    value = _tidy_block(entry.value, last=False) if isinstance(entry.value, Block) else entry.value
    return replace(entry, value=value, above=_single(entry.above, begins=begins))


def _single(lines: Lines, *, begins: bool) -> Lines:
    kept: list[str] = []
    for line in lines:
        if line or not (kept[-1] == "" if kept else begins):
            kept.append(line)
    return tuple(kept)


def _without_last_blank(lines: Lines) -> Lines:
    return lines[:-1] if lines and not lines[-1] else lines
