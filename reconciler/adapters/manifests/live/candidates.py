"""What can be written at a cursor: keys that are not there yet, and the values that a field may have.

In: lines, a cursor, the document that the file should be. Out: candidates. Groups and the schemes of secrets are what the fleet
has, and are handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from reconciler.adapters.manifests.documents.base import FORM_KEYWORD, Document
from reconciler.adapters.manifests.documents.formats import SECRET_REFERENCE
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.excerpts.schema_words import Schema, schema_at, types_of
from reconciler.adapters.manifests.live.cursor import Cursor, siblings
from reconciler.adapters.manifests.live.schema_texts import field_texts
from reconciler.core.model.formats import TOKEN_DECLARATION
from reconciler.core.values import PRE_SET
from reconciler.lib.frozen_class import frozen
from reconciler.ports.editor.live_fleet import Candidate, CandidateKind
from reconciler.ports.editor.text_places import TextPlace, TextSpan

_INDENT: Final = 2
_SECRET_FORMS: Final = frozenset({TOKEN_DECLARATION.name, SECRET_REFERENCE.name})


@frozen
class CandidateSource:
    """`stem` is what the file's name says its shop is; None where it is no shop's file."""

    model: type[Document]
    groups: Sequence[str] = ()
    schemes: Sequence[str] = ()
    stem: str | None = None


def candidates_at(lines: Sequence[str], at: TextPlace, cursor: Cursor, source: CandidateSource) -> Iterator[Candidate]:
    if cursor.in_value:
        yield from _values(lines, at, cursor, source)
    else:
        yield from _keys(lines, at, cursor, source)


def _keys(lines: Sequence[str], at: TextPlace, cursor: Cursor, source: CandidateSource) -> Iterator[Candidate]:
    schema = schema_at(shape(source.model), cursor.above)
    there = siblings(lines, at.line, cursor.above)
    line, entry = lines[at.line], cursor.entry
    end = len(line.rstrip()) if entry is None else entry.key_end
    span = TextSpan(TextPlace(at.line, cursor.indent), TextPlace(at.line, max(end, at.character)))
    for key, field in _properties(schema):
        if key in there:
            continue
        section = "object" in types_of(field)
        behind = f":\n{' ' * (cursor.indent + _INDENT)}" if section else ": "
        yield Candidate(
            label=key,
            text=key if entry is not None else f"{key}{behind}",
            span=span,
            kind=CandidateKind.SECTION if section else CandidateKind.KEY,
            texts=field_texts(key, field),
        )


def _properties(schema: Schema | None) -> Iterator[tuple[str, Schema]]:
    for branch in () if schema is None else (schema, *schema.get("anyOf", ())):
        yield from branch.get("properties", {}).items()


def _values(lines: Sequence[str], at: TextPlace, cursor: Cursor, source: CandidateSource) -> Iterator[Candidate]:
    entry, field = cursor.entry, schema_at(shape(source.model), cursor.path)
    if entry is None or field is None:
        return
    colon = lines[at.line].index(":", entry.key_end) + 1
    start = max(colon, min(entry.value_at, at.character))
    lead = " " if start == colon else ""
    span = TextSpan(TextPlace(at.line, start), TextPlace(at.line, max(start, entry.value_end, at.character)))
    for word, kind in _words(cursor.path, field, source):
        yield Candidate(label=word, text=f"{lead}{word}", span=span, kind=kind)


def _words(path: tuple[str, ...], field: Schema, source: CandidateSource) -> Iterator[tuple[str, CandidateKind]]:
    if path == ("group",):
        yield from ((group, CandidateKind.GROUP) for group in source.groups)
    elif path == ("shop",) and source.stem is not None:
        yield source.stem, CandidateKind.VALUE
    for branch in (field, *field.get("anyOf", ())):
        yield from ((str(word), CandidateKind.VALUE) for word in branch.get("enum", ()) if word is not None)
        form: Any = branch.get(FORM_KEYWORD)
        if form in _SECRET_FORMS:
            yield from ((f"ref+{scheme}://", CandidateKind.REFERENCE) for scheme in source.schemes)
        if form == TOKEN_DECLARATION.name:
            yield PRE_SET.value, CandidateKind.VALUE
    if "boolean" in types_of(field):
        yield from ((word, CandidateKind.VALUE) for word in ("true", "false"))
