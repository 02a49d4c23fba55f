"""A new manifest: its values in canonical order, the admin screens' names beside them.

In: plain values. Out: a page. `schema` is the path from the file to the JSON Schema, for editors.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, cast

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.editing.canonical_style import in_order
from reconciler.adapters.manifests.editing.key_notes import NO_PATHS, Paths, note_of
from reconciler.adapters.manifests.editing.serialise import lines_of
from reconciler.adapters.manifests.editing.tree import (
    MODELINE,
    Lines,
    Path,
    Scalar,
    SourceEntry,
    SourceFile,
    SourceMapping,
)


def compose_source(
    data: Mapping[str, Any],
    model: type[Document],
    *,
    schema: str | None = None,
    about: tuple[str, ...] = (),
    explained: Paths = NO_PATHS,
) -> SourceFile:
    """`about` are lines for the head of the file, without `# `; `explained` are keys that get no note. Empty mappings are
    omitted.
    """
    modeline = (f"{MODELINE} $schema={schema}",) if schema else ()
    head = (*modeline, *(f"# {line}".rstrip() for line in about))
    return SourceFile(header=head, body=in_order(_block(data, (), explained), shape(model)))


def relative_schema_path(schema: FilePath, folder: FilePath, *, planned: bool = False) -> str | None:
    """From a manifest's folder. None where the schema is not there, nor `planned`: an editor complains of a line that leads
    nowhere.
    """
    return FilePath(os.path.relpath(schema, folder)).as_posix() if planned or schema.is_file() else None


def _block(data: Mapping[str, Any], above: Path, explained: Paths) -> SourceMapping:
    entries = (_entry(key, value, (*above, key), explained) for key, value in data.items() if value != {})
    return SourceMapping(entries=tuple(entry for entry in entries if entry.value != SourceMapping()))


def _entry(key: str, value: Any, path: Path, explained: Paths) -> SourceEntry:
    held = _block(value, path, explained) if isinstance(value, Mapping) else cast("Scalar", value)
    return SourceEntry(key=key, value=held, trailing="" if path in explained else note_of(path))


def comment_out(page: SourceFile, paths: frozenset[Path]) -> SourceFile:
    """With these values as comments, each in its place: to fill one in, remove its `# `."""
    return replace(page, body=_without_open(page.body, (), paths))


def _without_open(block: SourceMapping, above: Path, paths: frozenset[Path]) -> SourceMapping:
    """A mapping that would hold nothing is a comment as a whole."""
    entries: list[SourceEntry] = []
    waiting: Lines = ()
    for entry in block.entries:
        path = (*above, entry.key)
        if _is_open(entry, path, paths):
            waiting += tuple(f"# {line}" for line in lines_of(entry))
            continue
        value = _without_open(entry.value, path, paths) if isinstance(entry.value, SourceMapping) else entry.value
        entries.append(replace(entry, value=value, comments_above=(*waiting, *entry.comments_above)))
        waiting = ()
    return replace(block, entries=tuple(entries), after=(*waiting, *block.after))


def _is_open(entry: SourceEntry, path: Path, paths: frozenset[Path]) -> bool:
    if not isinstance(entry.value, SourceMapping):
        return path in paths
    return all(_is_open(each, (*path, each.key), paths) for each in entry.value.entries)
