"""What `canonical` wrote of a field, read back: the last applied values of a journal, the words of an audit trail.

In: a field and its JSON. Out: the scalar, of the type that the field's kind declares. A secret comes back as `Digested`. The JSON
does not say its type, so it is read by a field that is known today; what must outlive its field, or is a document of its own
(events, saved plans), is written with its type by `event_parts`.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from reconciler.core.canonical import Json
from reconciler.core.kinds import kind_named
from reconciler.core.state import FieldRef
from reconciler.core.values import ABSENT, PRE_SET, Absent, Digested, PreSet, Scalar, Secret, Unset


def read(ref: FieldRef, document: Json) -> Scalar:
    """Raises ValueError where the field cannot have such a value."""
    types = _types(ref.kind, ref.field)
    if document is None:
        return ABSENT
    if isinstance(document, dict) and Secret in types:
        return _digested(ref, document)
    if document == PRE_SET.value and PreSet in types:
        return PRE_SET
    if isinstance(document, bool) and bool in types:
        return document
    if isinstance(document, str):
        return _word(ref, document, types)
    raise ValueError(f"{ref} cannot be {type(document).__name__}")


def _word(ref: FieldRef, text: str, types: frozenset[type]) -> Scalar:
    for choice in types:
        if issubclass(choice, Enum) and choice not in (Absent, PreSet, Unset):
            return choice(text)  # type: ignore[return-value]  # the kind's own enum is a scalar
    if str in types:
        return text
    raise ValueError(f"{ref} cannot be text")


def _digested(ref: FieldRef, document: dict[str, Json]) -> Digested:
    source, digest = document.get("source"), document.get("digest")
    known = set(document) <= {"sensitive", "source", "digest", "seal"} and document.get("sensitive") is True
    if not (known and isinstance(source, str | None) and isinstance(digest, str | None)):
        raise ValueError(f"{ref} holds something that is no value")
    return Digested(source, digest)


@cache
def _types(kind: str, field: str) -> frozenset[type]:
    """The types a field's scalar can have; of a map field, those of its entries."""
    hint = get_type_hints(kind_named(kind).model)[field]
    return frozenset(_flat(hint))


def _flat(hint: Any) -> list[type]:
    if get_origin(hint) in (Union, UnionType):
        return [one for part in get_args(hint) for one in _flat(part)]
    if get_origin(hint) is not None:  # Mapping[str, X] or tuple[X, ...]: what its entries are
        return [one for part in get_args(hint)[-1:] if part is not Ellipsis for one in _flat(part)]
    return [hint] if isinstance(hint, type) else []
