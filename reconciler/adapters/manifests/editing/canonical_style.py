"""The one style and order of manifests: what `reconciler fmt` makes of a page.

In: a page. Out: the same values and comments, in the order of the documents, independent of the style of the file. Users' own
names (labels, parts) keep their order. Formatting is idempotent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.editing.tree import (
    MODELINE,
    Lines,
    SourceEntry,
    SourceFile,
    SourceMapping,
    comment_in,
)

Schema = Mapping[str, Any]


def canonical(page: SourceFile, model: type[Document]) -> SourceFile:
    """In canonical order and style."""
    plain = canonical_style(page)
    return _tidy(replace(plain, body=in_order(plain.body, shape(model))))


def canonical_style(page: SourceFile) -> SourceFile:
    """In canonical style, in its own order: nothing of the file's style remains."""
    head, body = _comments(page.header), _plain(page.body)
    return _with_modelines_first(SourceFile(header=head, body=body))


def in_order(block: SourceMapping, schema: Schema) -> SourceMapping:
    """The entries by the order of the schema's properties; those it does not name stay where they are, behind."""
    ordered = sorted(block.entries, key=lambda entry: rank(entry.key, schema))
    return replace(block, entries=tuple(_ordered_below(entry, schema) for entry in ordered))


def rank(key: str, schema: Schema) -> int:
    properties = tuple(schema.get("properties", ()))
    return properties.index(key) if key in properties else len(properties)


def subschema(key: str, schema: Schema) -> Schema:
    """The schema of the value of a key."""
    named: Schema | None = schema.get("properties", {}).get(key)
    if named is not None:
        return named
    others = schema.get("additionalProperties")
    return others if isinstance(others, Mapping) else _ANY


_ANY: Final[Schema] = {}


def _ordered_below(entry: SourceEntry, schema: Schema) -> SourceEntry:
    if not isinstance(entry.value, SourceMapping):
        return entry
    return replace(entry, value=in_order(entry.value, subschema(entry.key, schema)))


def _plain(block: SourceMapping) -> SourceMapping:
    return SourceMapping(entries=tuple(map(_plain_entry, block.entries)), after=_comments(block.after))


def _plain_entry(entry: SourceEntry) -> SourceEntry:
    value = _plain(entry.value) if isinstance(entry.value, SourceMapping) else entry.value
    above = (*_comments(entry.comments_above), *_comments(entry.inner))
    return SourceEntry(key=entry.key, value=value, comments_above=above, trailing=entry.trailing)


def _comments(lines: Iterable[str]) -> Lines:
    """Without their margins, and without the markers at the start and end of a document."""
    return tuple(comment_in(line) for line in lines if "#" in line or not line.strip())


def _with_modelines_first(page: SourceFile) -> SourceFile:
    """Editors look for them at the top."""
    found = [line for line in _own_lines(page) if line.startswith(MODELINE)]
    if not found:
        return page
    head = (*found, *_others(page.header))
    return replace(page, header=head, body=_without_modelines(page.body))


def _own_lines(page: SourceFile) -> Iterator[str]:
    yield from page.header
    yield from _lines_of(page.body)


def _lines_of(block: SourceMapping) -> Iterator[str]:
    for entry in block.entries:
        yield from entry.comments_above
        if isinstance(entry.value, SourceMapping):
            yield from _lines_of(entry.value)
    yield from block.after


def _without_modelines(block: SourceMapping) -> SourceMapping:
    return replace(block, entries=tuple(map(_entry_without, block.entries)), after=_others(block.after))


def _entry_without(entry: SourceEntry) -> SourceEntry:
    value = _without_modelines(entry.value) if isinstance(entry.value, SourceMapping) else entry.value
    return replace(entry, value=value, comments_above=_others(entry.comments_above))


def _others(lines: Lines) -> Lines:
    return tuple(line for line in lines if not line.startswith(MODELINE))


def _tidy(page: SourceFile) -> SourceFile:
    """One blank line instead of several, none at the start of a mapping or the end of the file."""
    head = _single(page.header, begins=True)
    return replace(page, header=head, body=_tidy_block(page.body, last=True, begins=not head or head[-1] == ""))


def _tidy_block(block: SourceMapping, *, last: bool, begins: bool = True) -> SourceMapping:
    entries = [_tidy_entry(entry, begins=begins and not at) for at, entry in enumerate(block.entries)]
    foot = _single(block.after, begins=False)
    return replace(block, entries=tuple(entries), after=_without_last_blank(foot) if last else foot)


def _tidy_entry(entry: SourceEntry, *, begins: bool) -> SourceEntry:
    value = _tidy_block(entry.value, last=False) if isinstance(entry.value, SourceMapping) else entry.value
    return replace(entry, value=value, comments_above=_single(entry.comments_above, begins=begins))


def _single(lines: Lines, *, begins: bool) -> Lines:
    kept: list[str] = []
    for line in lines:
        if line or not (kept[-1] == "" if kept else begins):
            kept.append(line)
    return tuple(kept)


def _without_last_blank(lines: Lines) -> Lines:
    return lines[:-1] if lines and not lines[-1] else lines
