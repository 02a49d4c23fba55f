"""jsonschema, made to judge exactly as the documents do.

`pattern` covers the whole text (`$` alone accepts a line end after it), a whole number is written without a point, and a number
is finite. Imported only once a file has failed: jsonschema takes longer to import than a small fleet to load.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.yaml.parsed import Path
from reconciler.core.values import full_match
from reconciler.lib.frozen_class import frozen


@frozen
class Violation:
    """One rule of the schema that a value breaks. `wanted` is what the rule names, `schema` is its schema.

    `of_a_name`: the value is a key of the mapping at `path`. `branches`: of `anyOf`, the violations of each choice.
    """

    rule: str
    path: Path
    value: Any
    expected: Any
    schema: Mapping[str, Any]
    is_key: bool = False
    branches: tuple[tuple[Violation, ...], ...] = ()


def violations(data: object, model: type[Document]) -> Iterator[Violation]:
    """All of them, in no order."""
    return map(_violation, _validator(model).iter_errors(data))


@cache
def _validator(model: type[Document]) -> Any:
    return _VALIDATOR(shape(model))


def _violation(error: ValidationError) -> Violation:
    branches: dict[object, list[Violation]] = {}
    for nearer in error.context or ():
        branches.setdefault(nearer.schema_path[0], []).append(_violation(nearer))
    steps = tuple(error.absolute_schema_path)
    return Violation(
        rule=str(error.validator),
        path=tuple(error.absolute_path),
        value=error.instance,
        expected=error.validator_value,
        schema=error.schema if isinstance(error.schema, dict) else {},
        is_key=len(steps) > 1 and steps[-2] == "propertyNames",
        branches=tuple(tuple(branch) for branch in branches.values()),
    )


def _pattern(_: object, pattern: str, instance: object, __: Mapping[str, Any]) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not full_match(pattern, instance):
        yield ValidationError("wrong form")


def _is_whole(_: object, instance: object) -> bool:
    return isinstance(instance, int) and not isinstance(instance, bool)


def _is_number(checker: object, instance: object) -> bool:
    return _is_whole(checker, instance) or (isinstance(instance, float) and math.isfinite(instance))


_VALIDATOR: Final[Any] = extend(  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    Draft202012Validator,
    {"pattern": _pattern},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many({"integer": _is_whole, "number": _is_number}),
)
