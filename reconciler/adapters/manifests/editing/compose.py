"""The comment beside a value in a generated manifest: the admin screen of a section, the Japanese label of a field.

In: a path. Out: a comment, or nothing. The names are those of the kinds' policies. The file is shared, so a comment does
not depend on the reader's language: it has the screen's label, and a sentence in both languages.

A new manifest: its values in canonical order, the admin screens' names beside them.

In: plain values. Out: a page. `schema` is the path from the file to the JSON Schema, for editors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path as FilePath
from typing import Any, Final, cast

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.documents.shop import SharedDocument
from reconciler.adapters.manifests.editing.canonical_style import in_order
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
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import KindSpec, Owner, Policy


def note_of(path: Path) -> str:
    """With its `# `; empty where there is nothing to say."""
    said = _notes().get(path, "")
    return f"# {said}" if said else ""


_UNSCREENED: Final = frozenset({"maintenance"})
_OWN: Final = {
    ("maintenance",): "not on any admin screen / 管理画面にない設定",
    ("maintenance", "close_shop"): "may this tool close the shop? / このツールが閉店してよいか: allow | deny",
}


@cache
def _notes() -> dict[Path, str]:
    """Later ones take the place of earlier ones: a field's own label is better than that of its section."""
    return {
        **{path: label for path, label in _sections(shape(SharedDocument), ()) if path[0] not in _UNSCREENED},
        **{path[:1]: kind.screen for kind, path, policy in _declared() if not policy.entries},
        **{path: _of_field(kind, path, policy) for kind, path, policy in _declared()},
        **_OWN,
    }


def _declared() -> Iterator[tuple[KindSpec, Path, Policy]]:
    for kind in KINDS:
        for spec in kind.managed_fields(Owner.MANAGED):
            if spec.policy.manifest_path is not None:
                yield kind, tuple(spec.policy.manifest_path.split(".")), spec.policy


def _of_field(kind: KindSpec, path: Path, policy: Policy) -> str:
    if policy.entries:
        return kind.screen
    closed = " (要閉店)" if policy.while_closed else ""
    return f"{policy.label}{closed}{_choices(path, secret=policy.secret)}"


def _choices(path: Path, *, secret: bool) -> str:
    schema: dict[str, Any] = shape(SharedDocument)
    for step in path:
        schema = schema["properties"][step]
    words = [word for word in schema.get("enum", ()) if word is not None]
    if words:
        return f": {' | '.join(words)}"
    return ": a reference or pre-set, never the value / 参照または pre-set (値は書かない)" if secret else ""


def _sections(schema: dict[str, Any], above: Path) -> Iterator[tuple[Path, str]]:
    """Mappings with fields, below the top, that have a label of their own: the Japanese half of the title."""
    screens = {kind.label for kind in KINDS}
    for key, each in schema.get("properties", {}).items():
        label = str(each["title"]).rpartition(" / ")[2]
        if "properties" in each and above and label not in screens:
            yield (*above, key), label
        yield from _sections(each, (*above, key))


def compose_source(
    data: Mapping[str, Any], model: type[Document], *, schema: str | None = None, about: tuple[str, ...] = ()
) -> SourceFile:
    """`about` are lines for the head of the file, without `# `. Empty mappings are omitted."""
    modeline = (f"{MODELINE} $schema={schema}",) if schema else ()
    head = (*modeline, *(f"# {line}".rstrip() for line in about))
    return SourceFile(header=head, body=in_order(_block(data, ()), shape(model)))


def relative_schema_path(schema: FilePath, folder: FilePath) -> str | None:
    """From a manifest's folder. None where the schema is not there: an editor complains of a line that leads nowhere."""
    return FilePath(os.path.relpath(schema, folder)).as_posix() if schema.is_file() else None


def _block(data: Mapping[str, Any], above: Path) -> SourceMapping:
    entries = (_entry(key, value, (*above, key)) for key, value in data.items() if value != {})
    return SourceMapping(entries=tuple(entry for entry in entries if entry.value != SourceMapping()))


def _entry(key: str, value: Any, path: Path) -> SourceEntry:
    held = _block(value, path) if isinstance(value, Mapping) else cast("Scalar", value)
    return SourceEntry(key=key, value=held, trailing=note_of(path))


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
