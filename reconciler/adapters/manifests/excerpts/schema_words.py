"""What the schema of a document says about a place in it, and the words that files of its kind consist of.

In: the schema that `documents` derives. Out: the schema of one place; keys and choices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.json_schema import shape

Schema = Mapping[str, Any]


def schema_at(schema: Schema, path: Sequence[object]) -> Schema | None:
    """None where the schema does not know the place."""
    found: Schema | None = schema
    for step in path:
        found = None if found is None else _below(found, str(step))
    return found


def _below(schema: Schema, step: str) -> Schema | None:
    for branch in (schema, *schema.get("anyOf", ())):
        named = branch.get("properties", {}).get(step, branch.get("additionalProperties"))
        if isinstance(named, Mapping):
            return named
    return None


def types_of(schema: Schema) -> frozenset[str]:
    """The types that a value may have, `null` aside."""
    branches = (schema, *schema.get("anyOf", ()))
    named = (branch.get("type", ()) for branch in branches)
    return frozenset(each for types in named for each in ([types] if isinstance(types, str) else types)) - {"null"}


@cache
def known_keys(model: type[Document]) -> frozenset[str]:
    return frozenset(_keys(shape(model)))


def _keys(schema: Schema) -> Iterator[str]:
    for branch in (schema, *schema.get("anyOf", ())):
        for key, field in branch.get("properties", {}).items():
            yield key
            yield from _keys(field)
        others = branch.get("additionalProperties")
        if isinstance(others, Mapping):
            yield from _keys(others)


@cache
def known_choices(model: type[Document]) -> frozenset[str]:
    return frozenset(_choices(shape(model)))


def _choices(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        yield from (choice for choice in schema.get("enum", ()) if isinstance(choice, str))
        for below in schema.values():
            yield from _choices(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from _choices(below)
