"""The schema of `reconciler.yaml` in the form that SchemaStore accepts: draft 07, which editors understand, at its own address.

In: our schema, of draft 2020-12. Out: the same rules. It uses no keyword that draft 07 does not have; a new one is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

ADDRESS: Final = "https://www.schemastore.org/reconciler-settings.json"
_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_LATER: Final = frozenset(
    {
        "$defs", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "dependentRequired", "dependentSchemas",
        "maxContains", "minContains", "prefixItems", "unevaluatedItems", "unevaluatedProperties",
    }
)  # fmt: skip


def for_schemastore(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError where the schema says what draft 07 cannot."""
    later = sorted(set(_keywords(schema)) & _LATER)
    if later:
        raise ValueError(f"draft 07 has no {', '.join(later)}")
    return {**schema, "$schema": _DRAFT, "$id": ADDRESS}


def _keywords(schema: object) -> Iterator[str]:
    """Also the names of properties, none of which is written like one of those keywords."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            yield key
            yield from _keywords(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from _keywords(each)
