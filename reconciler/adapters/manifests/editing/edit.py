"""Sets or removes one value of a page; every other line stays the same.

In: a page, a path, a value. Out: another page; the same one if nothing changes. A new value gets its place in the
canonical order. A comment beside a removed value is removed with it; those above it stay, for what is below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.editing.canonical_style import Schema, rank, subschema
from reconciler.adapters.manifests.editing.key_notes import NO_PATHS, Paths, note_of
from reconciler.adapters.manifests.editing.tree import (
    Lines,
    Path,
    Scalar,
    SourceEntry,
    SourceFile,
    SourceMapping,
    comments_below,
)
from reconciler.lib.frozen_class import frozen


def set_value(
    page: SourceFile, path: Sequence[str], value: Scalar, model: type[Document], explained: Paths = NO_PATHS
) -> SourceFile:
    """A key that was not there gets its note beside it, unless it is `explained` elsewhere."""
    place = _Place(path=(), schema=shape(model), explained=explained)
    body = _set(page.body, tuple(path), value, place)
    return page if body is page.body else replace(page, body=body, final_newline=True)


@frozen
class _Place:
    """A mapping of the page: its path, the schema of what it holds."""

    path: Path
    schema: Schema
    explained: Paths

    def below(self, key: str) -> _Place:
        return replace(self, path=(*self.path, key), schema=subschema(key, self.schema))

    @property
    def note(self) -> str:
        return "" if self.path in self.explained else note_of(self.path)


def remove_value(page: SourceFile, path: Sequence[str]) -> SourceFile:
    """A mapping that holds nothing any more goes as well."""
    body, left = _removed(page.body, tuple(path))
    if body is page.body:
        return page
    return replace(page, body=replace(body, after=(*left, *body.after)), final_newline=True)


def _set(block: SourceMapping, path: Path, value: Scalar, place: _Place) -> SourceMapping:
    key, *rest = path
    entry = block.entry(key)
    if entry is None:
        return _inserted(block, _new(place.below(key), tuple(rest), value), place.schema)
    changed = _changed(entry, tuple(rest), value, place.below(key))
    if changed is entry:
        return block
    return replace(block, entries=tuple(changed if each is entry else each for each in block.entries))


def _changed(entry: SourceEntry, rest: Path, value: Scalar, place: _Place) -> SourceEntry:
    if not rest:
        return entry if _is_same(entry.value, value) else _with_leaf(entry, value)
    held = entry.value if isinstance(entry.value, SourceMapping) else SourceMapping()
    block = _set(held, rest, value, place)
    if block is held:
        return entry
    # Only a mapping whose keys have lines of their own can keep the line above them.
    return replace(entry, value=block, source=entry.source if block.column is not None else None)


def _is_same(held: Scalar | SourceMapping, value: Scalar) -> bool:
    return type(held) is type(value) and held == value


def _with_leaf(entry: SourceEntry, value: Scalar) -> SourceEntry:
    """What was said inside a mapping that gives way is kept above it."""
    said = comments_below(entry.value) if isinstance(entry.value, SourceMapping) else ()
    return replace(entry, value=value, inner=(*entry.inner, *said), source=None)


def _new(place: _Place, rest: Path, value: Scalar) -> SourceEntry:
    key = place.path[-1]
    if not rest:
        return SourceEntry(key=key, value=value, trailing=place.note)
    inner = _new(place.below(rest[0]), rest[1:], value)
    return SourceEntry(key=key, value=SourceMapping(entries=(inner,)), trailing=place.note)


def _inserted(block: SourceMapping, entry: SourceEntry, schema: Schema) -> SourceMapping:
    """Behind the last entry that comes before it in the canonical order."""
    own = rank(entry.key, schema)
    at = max((at + 1 for at, each in enumerate(block.entries) if rank(each.key, schema) <= own), default=0)
    return replace(block, entries=(*block.entries[:at], entry, *block.entries[at:]))


def _removed(block: SourceMapping, path: Path) -> tuple[SourceMapping, Lines]:
    """The mapping without it, and the comments that lost their place in it."""
    at = next((at for at, entry in enumerate(block.entries) if entry.key == path[0]), None)
    if at is None:
        return block, ()
    entry = block.entries[at]
    if len(path) == 1:
        return _closed_up(block, at, entry.comments_above)
    if not isinstance(entry.value, SourceMapping):
        return block, ()
    inner, left = _removed(entry.value, path[1:])
    if inner is entry.value:
        return block, ()
    if not inner.entries:
        return _closed_up(block, at, (*entry.comments_above, *left, *inner.after))
    inner = replace(inner, after=(*left, *inner.after))
    kept = replace(entry, value=inner, source=entry.source if inner.column is not None else None)
    return replace(block, entries=(*block.entries[:at], kept, *block.entries[at + 1 :])), ()


def _closed_up(block: SourceMapping, at: int, said: Lines) -> tuple[SourceMapping, Lines]:
    """Comments of removed entries move above the next one, or to the end of the mapping."""
    before, after = block.entries[:at], block.entries[at + 1 :]
    said = said if any(line.strip() for line in said) else ()
    if not after:
        return replace(block, entries=before), said
    following = replace(after[0], comments_above=(*said, *after[0].comments_above))
    return replace(block, entries=(*before, following, *after[1:])), ()
