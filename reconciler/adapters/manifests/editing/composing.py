"""A manifest that is not there yet: its values in canonical order, the admin screens' names beside them.

In: plain values. Out: a page. `schema` is the path from the file to the JSON Schema, for editors.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, cast

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.editing.arranging import in_order
from reconciler.adapters.manifests.editing.notes import note_of
from reconciler.adapters.manifests.editing.page import MODELINE, Block, Entry, Lines, Page, Path, Scalar
from reconciler.adapters.manifests.editing.writing import lines_of
from reconciler.adapters.manifests.schema import shape


def new_page(
    data: Mapping[str, Any], model: type[Document], *, schema: str | None = None, about: tuple[str, ...] = ()
) -> Page:
    """`about` are lines for the file's head, without `# `. Mappings that hold nothing are left out."""
    modeline = (f"{MODELINE} $schema={schema}",) if schema else ()
    head = (*modeline, *(f"# {line}".rstrip() for line in about))
    return Page(head=head, body=in_order(_block(data, ()), shape(model)))


def way_to(schema: FilePath, folder: FilePath) -> str | None:
    """From a manifest's folder. None where the schema is not there: an editor complains of a line that leads nowhere."""
    return FilePath(os.path.relpath(schema, folder)).as_posix() if schema.is_file() else None


def _block(data: Mapping[str, Any], above: Path) -> Block:
    entries = (_entry(key, value, (*above, key)) for key, value in data.items() if value != {})
    return Block(entries=tuple(entry for entry in entries if entry.value != Block()))


def _entry(key: str, value: Any, path: Path) -> Entry:
    held = _block(value, path) if isinstance(value, Mapping) else cast("Scalar", value)
    return Entry(key=key, value=held, beside=note_of(path))


def commented_out(page: Page, paths: frozenset[Path]) -> Page:
    """With these values as comments, each where it would stand: to fill one in, its `# ` is taken away."""
    return replace(page, body=_without_open(page.body, (), paths))


def _without_open(block: Block, above: Path, paths: frozenset[Path]) -> Block:
    """A mapping that would hold nothing is a comment as a whole."""
    entries: list[Entry] = []
    waiting: Lines = ()
    for entry in block.entries:
        path = (*above, entry.key)
        if _is_open(entry, path, paths):
            waiting += tuple(f"# {line}" for line in lines_of(entry))
            continue
        value = _without_open(entry.value, path, paths) if isinstance(entry.value, Block) else entry.value
        entries.append(replace(entry, value=value, above=(*waiting, *entry.above)))
        waiting = ()
    return replace(block, entries=tuple(entries), foot=(*waiting, *block.foot))


def _is_open(entry: Entry, path: Path, paths: frozenset[Path]) -> bool:
    if not isinstance(entry.value, Block):
        return path in paths
    return all(_is_open(each, (*path, each.key), paths) for each in entry.value.entries)
