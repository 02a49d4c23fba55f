"""The pieces that the schemas of documents share: words, lists, findings, values, and the document around them.

In: schemas. Out: schemas.
"""

from __future__ import annotations

from typing import Any

from reconciler.core.diagnostics.diagnostic import Severity

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
FINGERPRINT: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}


def document_of(name: str, **parts: Schema) -> Schema:
    """Every part is there, save the request log, which is there on request."""
    shape = object_of(format={"const": f"reconciler/{name}"}, version={"const": 1}, **parts)
    request = object_of(method=TEXT, path=TEXT, status=or_null({"type": "integer"}))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"reconciler {name}",
        **shape,
        "properties": {**shape["properties"], "requests": array_of(request)},
        "$defs": {"finding": _finding(), "place": _place(), "value": _value()},
    }


def _finding() -> Schema:
    """`moved` is there where a field moved since the plan: what it was then, what it is, what it should become."""
    value = ref_to("value")
    shape = object_of(
        code={"type": "string", "pattern": "^[A-Z][0-9]{3}$"},
        slug=TEXT,
        severity=one_of(*(severity.name_lower for severity in Severity)),
        summary=TEXT,
        expected=or_null(TEXT),
        way_on=or_null(TEXT),
        shop=or_null(TEXT),
        subject=or_null(TEXT),
        place=or_null(ref_to("place")),
    )
    moved = object_of(planned=value, now=value, wanted=value)
    return {**shape, "properties": {**shape["properties"], "moved": moved}}


def _place() -> Schema:
    place: Schema = {"type": "integer", "minimum": 1}
    return object_of(file=TEXT, line=place, column=place)


def _value() -> Schema:
    """Null is: nothing there. A secret is an object that holds at most the reference it came from."""
    secret = {
        "type": "object",
        "properties": {"sensitive": {"const": True}, "source": TEXT, "digest": TEXT},
        "required": ["sensitive"],
        "additionalProperties": False,
    }
    return {"anyOf": [{"type": ["boolean", "string", "null"]}, array_of(TEXT), secret]}


def object_of(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def counts_of(*names: str) -> Schema:
    return object_of(**dict.fromkeys(names, COUNT))


def array_of(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def ref_to(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
