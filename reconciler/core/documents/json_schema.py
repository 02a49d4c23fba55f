"""The pieces of a JSON Schema (2020-12) that codecs put together.

In: the schemas of parts. Out: the schema of the whole. It does not know what is written: each codec states that itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Schema = dict[str, Any]
Definitions = dict[str, Schema]
"""Schemas by name, collected while the schemas that refer to them are made."""
SchemaMaker = Callable[[Definitions], Schema]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def closed_object(properties: Mapping[str, Schema]) -> Schema:
    """Exactly these keys."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def constant(keywords: Schema) -> SchemaMaker:
    """A schema that refers to nothing; a copy each time, so that a caller may add to it."""
    return lambda _: dict(keywords)


def named_schema(name: str, schema: SchemaMaker) -> SchemaMaker:
    """A reference to a definition, which may refer to itself."""

    def refer(definitions: Definitions) -> Schema:
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = schema(definitions)
        return {"$ref": f"#/$defs/{name}"}

    return refer


def published(title: str, schema: SchemaMaker) -> Schema:
    """The schema of a whole document, with all that it refers to."""
    definitions: Definitions = {}
    shape = schema(definitions)
    return {"$schema": DIALECT, "title": title, **shape, "$defs": definitions}
