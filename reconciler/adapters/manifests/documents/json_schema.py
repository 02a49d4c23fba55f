"""The JSON Schemas, made from the documents: for editors, and for explaining a file that a document refuses.

In: pydantic models. Out: one self-contained schema each (draft 2020-12), references written out, since a reader of the schema
and a message about it both want the whole field in one place. Nothing is stated here that a document does not state.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from reconciler.adapters.manifests.documents.base import FORM_KEYWORD, Document
from reconciler.adapters.manifests.documents.shop import SharedDocument, ShopDocument

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def shop_schema() -> Schema:
    """`schemas/shop.schema.json`: one shop's file."""
    return published_schema(
        ShopDocument,
        name="shop",
        title="A shop / 店舗",
        description="Desired Amazon settings of one shop. 1店舗のAmazon設定の宣言。",
    )


def shared_schema() -> Schema:
    """`schemas/shared.schema.json`: `_defaults.yaml` and the files in `_groups`."""
    return published_schema(
        SharedDocument,
        name="shared",
        title="What shops share / 店舗の共通設定",
        description="Values that shops inherit. 各店舗が継承する値。",
    )


def published_schema(model: type[Document], *, name: str, title: str, description: str) -> Schema:
    """The schema as it is written to a file, with its id and its title."""
    head = {"$schema": DIALECT, "$id": f"urn:reconciler:v1:{name}", "title": title, "description": description}
    return {**head, **_without_forms(shape(model))}


@cache
def shape(model: type[Document]) -> Schema:
    """The schema of a document, forms named. Shared by its callers, so not to be changed."""
    schema = model.model_json_schema()
    return _plain(schema, schema.get("$defs", {}))


def _plain(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    """References written out, `X or null` as one type, maps by the form of their names."""
    if "$ref" in schema:
        # A field's own title and description are beside the reference; the model's are its class name and docstring.
        target = definitions[schema["$ref"].rpartition("/")[2]]
        return {**_plain(target, definitions), **{key: value for key, value in schema.items() if key != "$ref"}}
    own = {key: value for key, value in schema.items() if key not in _REWRITTEN}
    if (schema.get("type") == "object" and "additionalProperties" in schema) or "properties" in schema:
        own.pop("title", None)
        own.pop("description", None)
    if "const" in schema:
        own["enum"] = [schema["const"]]
    if "properties" in schema:
        own["properties"] = {name: _plain(field, definitions) for name, field in schema["properties"].items()}
    if "items" in schema:
        own["items"] = _plain(schema["items"], definitions)
    if "patternProperties" in schema:
        own |= _map(schema, definitions)
    return own | _union(schema.get("anyOf", ()), definitions)


_REWRITTEN: Final = frozenset({"$defs", "anyOf", "const", "default", "properties", "patternProperties"})


def _map(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    ((pattern, values),) = schema["patternProperties"].items()
    return {
        "propertyNames": {**schema.get("propertyNames", {}), "pattern": pattern},
        "additionalProperties": _plain(values, definitions),
    }


def _union(choices: tuple[Schema, ...] | list[Schema], definitions: dict[str, Schema]) -> Schema:
    branches = [_plain(choice, definitions) for choice in choices if choice != _NULL]
    if not branches:
        return {}
    if len(branches) > 1:
        return {"anyOf": [*branches, _NULL] if _NULL in choices else branches}
    (branch,) = branches
    if _NULL in choices:
        branch["type"] = [branch["type"], "null"]
        if "enum" in branch:
            branch["enum"] = [*branch["enum"], None]
    return branch


_NULL: Final[Schema] = {"type": "null"}


def _without_forms(schema: Any) -> Any:
    match schema:
        case dict():
            return {key: _without_forms(value) for key, value in schema.items() if key != FORM_KEYWORD}
        case list():
            return [_without_forms(item) for item in schema]
        case _:
            return schema
