"""One value of a page set or taken out; every other line stays as it stood.

In: a page, a path, a value. Out: another page; the same one where nothing changes. A value that is new takes its place in the
canonical order. A comment beside a value that is taken out goes with it; those above it stay, for what stands below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.editing.canonical_style import Schema, below, rank
from reconciler.adapters.manifests.editing.compose import note_of
from reconciler.adapters.manifests.editing.tree import Block, Entry, Lines, Page, Path, Scalar, comments_below


def with_value(page: Page, path: Sequence[str], value: Scalar, model: type[Document]) -> Page:
    """A key that was not there gets its note beside it, as a new manifest has it."""
    body = _set(page.body, tuple(path), value, shape(model), ())
    return page if body is page.body else replace(page, body=body, ended=True)


def with_values(page: Page, values: Mapping[Path, Scalar], model: type[Document]) -> Page:
    for path, value in values.items():
        page = with_value(page, path, value, model)
    return page


def without(page: Page, path: Sequence[str]) -> Page:
    """A mapping that holds nothing any more goes as well."""
    body, left = _removed(page.body, tuple(path))
    if body is page.body:
        return page
    return replace(page, body=replace(body, foot=(*left, *body.foot)), ended=True)


def _set(block: Block, path: Path, value: Scalar, schema: Schema, above: Path) -> Block:
    key, *rest = path
    here = (*above, key)
    entry = block.entry(key)
    if entry is None:
        return _inserted(block, _new(here, tuple(rest), value, schema), schema)
    changed = _changed(entry, tuple(rest), value, below(key, schema), here)
    if changed is entry:
        return block
    return replace(block, entries=tuple(changed if each is entry else each for each in block.entries))


def _changed(entry: Entry, rest: Path, value: Scalar, schema: Schema, here: Path) -> Entry:
    if not rest:
        return entry if _is_same(entry.value, value) else _with_leaf(entry, value)
    held = entry.value if isinstance(entry.value, Block) else Block()
    block = _set(held, rest, value, schema, here)
    if block is held:
        return entry
    # Only a mapping whose keys have lines of their own can keep the line above them.
    return replace(entry, value=block, source=entry.source if block.column is not None else None)


def _is_same(held: Scalar | Block, value: Scalar) -> bool:
    return type(held) is type(value) and held == value


def _with_leaf(entry: Entry, value: Scalar) -> Entry:
    """What was said inside a mapping that gives way is kept above it."""
    said = comments_below(entry.value) if isinstance(entry.value, Block) else ()
    return replace(entry, value=value, within=(*entry.within, *said), source=None)


def _new(here: Path, rest: Path, value: Scalar, schema: Schema) -> Entry:
    key = here[-1]
    note = note_of(here)
    if not rest:
        return Entry(key=key, value=value, beside=note)
    inner = _new((*here, rest[0]), rest[1:], value, below(key, schema))
    return Entry(key=key, value=Block(entries=(inner,)), beside=note)


def _inserted(block: Block, entry: Entry, schema: Schema) -> Block:
    """Behind the last entry that comes before it in the canonical order."""
    own = rank(entry.key, schema)
    at = max((at + 1 for at, each in enumerate(block.entries) if rank(each.key, schema) <= own), default=0)
    return replace(block, entries=(*block.entries[:at], entry, *block.entries[at:]))


def _removed(block: Block, path: Path) -> tuple[Block, Lines]:
    """The mapping without it, and the comments that lost their place in it."""
    at = next((at for at, entry in enumerate(block.entries) if entry.key == path[0]), None)
    if at is None:
        return block, ()
    entry = block.entries[at]
    if len(path) == 1:
        return _closed_up(block, at, entry.above)
    if not isinstance(entry.value, Block):
        return block, ()
    inner, left = _removed(entry.value, path[1:])
    if inner is entry.value:
        return block, ()
    if not inner.entries:
        return _closed_up(block, at, (*entry.above, *left, *inner.foot))
    inner = replace(inner, foot=(*left, *inner.foot))
    kept = replace(entry, value=inner, source=entry.source if inner.column is not None else None)
    return replace(block, entries=(*block.entries[:at], kept, *block.entries[at + 1 :])), ()


def _closed_up(block: Block, at: int, said: Lines) -> tuple[Block, Lines]:
    """Comments of what is gone stand above what follows, or at the mapping's end."""
    before, after = block.entries[:at], block.entries[at + 1 :]
    said = said if any(line.strip() for line in said) else ()
    if not after:
        return replace(block, entries=before), said
    following = replace(after[0], above=(*said, *after[0].above))
    return replace(block, entries=(*before, following, *after[1:])), ()
