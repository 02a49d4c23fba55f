"""A field's value written down, with the name of its type, and read back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.codec import FieldCodec, defined, enum_of, require_keys
from reconciler.core.documents.field_codecs import FLAG, TEXT, NewerVersion
from reconciler.core.documents.json_schema import Definitions, Schema, SchemaMaker, closed_object, constant
from reconciler.core.model.canonical import DigestKey, Json, to_canonical
from reconciler.core.values import (
    ABSENT,
    UNSET,
    Absent,
    ApiStatus,
    CommerceCreator,
    PreSet,
    Registration,
    Scalar,
    SealedSecret,
    Secret,
    SecretDigest,
    SecretRef,
    StorefrontStatus,
    Unset,
)


def _write_value(value: Scalar | Unset, key: DigestKey | None) -> Json:
    """With the name of its type: canonical JSON alone does not distinguish `open` the state from `open` the text."""
    name = _NAMES.get(type(value)) or _name_of_text(value)
    if name != "text":
        return {"is": name, "value": None if value is UNSET else to_canonical(value, key)}
    written = to_canonical(str(value), key)
    # A text in the form of a credential is written as a secret is.
    return {"is": "text" if isinstance(written, str) else "secret", "value": written}


def _name_of_text(value: Any) -> str:
    if isinstance(value, str) and not isinstance(value, Enum):
        return "text"
    raise TypeError(f"{type(value).__name__} is not a value")


def _read_value(document: Any) -> Scalar | Unset:
    parts = require_keys(document, "is", "value")
    form = _FORMS.get(TEXT.read(parts["is"]))
    if form is None:
        raise NewerVersion(msg("unknown value type {name}", name=parts["is"]))
    read: Scalar | Unset = form.read(parts["value"])
    return read


def _read_secret(document: Any) -> SecretDigest:
    marker = _sensitive(document, *(name for name in ("source", "digest") if name in document))
    return SecretDigest(marker.get("source"), marker.get("digest"))


def _read_reference(document: Any) -> SecretRef:
    return SecretRef(_sensitive(document, "source")["source"])


def _sensitive(document: Any, *names: str) -> dict[str, str]:
    """The texts of a marker, without `sensitive`."""
    parts = require_keys(document, "sensitive", *names)
    if parts["sensitive"] is not True:
        raise ValueError("not marked")
    return {name: TEXT.read(parts[name]) for name in names}


def _marker_schema(*required: str) -> SchemaMaker:
    """Of `source` and `digest`, those that are not required may be missing."""
    names = required or ("source", "digest")
    schema = closed_object({"sensitive": {"const": True}, **{name: {"type": "string"} for name in names}})
    return constant({**schema, "required": ["sensitive", *required]})


def _nothing(value: Absent | Unset) -> FieldCodec:
    def read(document: Any) -> Absent | Unset:
        if document is not None:
            raise TypeError("not nothing")
        return value

    return FieldCodec(write=lambda _value, _: None, read=read, schema=constant({"type": "null"}))


_WORDS: Final[Mapping[str, type[PreSet | StorefrontStatus | Registration | CommerceCreator | ApiStatus]]] = {
    "pre-set": PreSet,
    "storefront-status": StorefrontStatus,
    "registration": Registration,
    "commerce-creator": CommerceCreator,
    "api-status": ApiStatus,
}
_NAMES: Final[Mapping[type, str]] = {
    bool: "flag",
    str: "text",
    Secret: "secret",
    SealedSecret: "secret",
    SecretDigest: "secret",
    SecretRef: "reference",
    Absent: "absent",
    Unset: "unset",
    **{words: name for name, words in _WORDS.items()},
}
"""The name under which a value of that type is written."""

_FORMS: Final[Mapping[str, FieldCodec]] = {
    "flag": FLAG,
    "text": TEXT,
    "secret": FieldCodec(write=to_canonical, read=_read_secret, schema=_marker_schema()),
    "reference": FieldCodec(write=to_canonical, read=_read_reference, schema=_marker_schema("source")),
    "absent": _nothing(ABSENT),
    "unset": _nothing(UNSET),
    **{name: enum_of(words) for name, words in _WORDS.items()},
}
"""By the name of the type. A value is written by `_write_value`, which finds the name."""


def _one_of(names: Collection[str]) -> SchemaMaker:
    """Each with the name of its type."""

    def schema(definitions: Definitions) -> Schema:
        return {
            "anyOf": [
                closed_object({"is": {"const": name}, "value": _FORMS[name].schema(definitions)}) for name in names
            ]
        }

    return schema


_SCALARS: Final = [name for name in _FORMS if name != "unset"]
SCALAR_OR_UNSET: Final = FieldCodec(write=_write_value, read=_read_value, schema=_one_of(_FORMS))
SCALAR: Final = defined("value", replace(SCALAR_OR_UNSET, schema=_one_of(_SCALARS)))
VALUES: Final = {
    Scalar: SCALAR,
    Scalar | Unset: SCALAR_OR_UNSET,
    SealedSecret | SecretDigest: replace(SCALAR_OR_UNSET, schema=_one_of(["secret"])),
}
"""Codecs by the type of what they write. All read alike; the schema says what each of them writes."""
