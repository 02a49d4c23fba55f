"""Bodies, judged by the schemas of the published document."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema

from tests.second_backend.problems import Refusal, field

DOCUMENT: Final = Path(__file__).parents[2] / "schemas" / "backend.openapi.json"
DERIVED: Final = {
    "AmazonSettingsPatch": {"merchantSiteUrl", "buttonsVisible", "apiStatus"},
    "AmazonPayPatch": {"use", "regular"},
    "SystemPartsPatch": {"output"},
}
_ALONE: Final = ({"DERIVED_FIELD"}, {"UNKNOWN_PART"})
"""Codes that a refusal has as a whole if nothing else is wrong."""


def read_json(body: bytes) -> Any:
    """Raises Refusal for what is no JSON, has a key twice, or holds a text that is none."""
    try:
        found = json.loads(body, object_pairs_hook=_object, parse_constant=_constant)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refusal(
            "VALIDATION_ERROR", "the body is not JSON", [field("", "INVALID_JSON", "the body is not JSON")]
        ) from None
    return found


def require_shape(schema: str, value: Any) -> dict[str, Any]:
    """The value, if it has the shape of the named schema. Raises Refusal, which names each field that is wrong."""
    errors: list[dict[str, str]] = []
    for error in _validator(schema).iter_errors(value):
        place = ".".join(str(each) for each in error.absolute_path)
        errors.extend(_field_errors(schema, place, error))
    if errors:
        codes = {error["code"] for error in errors}
        code = errors[0]["code"] if codes in _ALONE else "VALIDATION_ERROR"
        raise Refusal(code, "the body has the wrong shape", errors)
    return dict(value)


def _field_errors(schema: str, place: str, error: jsonschema.ValidationError) -> list[dict[str, str]]:
    def at(name: str) -> str:
        return f"{place}.{name}" if place else name

    if error.validator == "additionalProperties":
        known = set(error.schema["properties"])
        derived = DERIVED.get(schema, set())
        return [
            field(at(key), "DERIVED_FIELD" if not place and key in derived else "UNKNOWN_KEY", "cannot be written")
            for key in error.instance
            if key not in known
        ]
    if error.validator == "required":
        return [field(at(key), "MISSING", "is missing") for key in error.validator_value if key not in error.instance]
    if error.validator == "enum" and place.endswith(".part"):
        return [field(place, "UNKNOWN_PART", "is no part")]
    return [field(place, "INVALID", f"does not fit `{error.validator}`")]


@cache
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    components = json.loads(DOCUMENT.read_text("utf-8"))["components"]
    return jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": components})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refusal("DUPLICATE_KEY", "a key occurs twice")
    return found


def _constant(text: str) -> Any:
    raise ValueError(text)
