"""A field's value written down, with the name of its type, and read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.field_codecs import FieldCodec, NewerVersion, _flag, _text, require_keys
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
    """With the name of its type: canonical JSON alone does not tell `open` the state from `open` the text."""
    match value:
        case Secret() | SealedSecret() | SecretDigest():
            return {"is": "secret", "value": to_canonical(value, key)}
        case SecretRef():
            return {"is": "reference", "value": to_canonical(value, key)}
        case bool():
            return {"is": "flag", "value": value}
        case Unset() | Absent():
            return {"is": type(value).__name__.lower(), "value": None}
        case Enum():
            return {"is": _WORDS_OF[type(value)], "value": to_canonical(value, key)}
        case str():
            written = to_canonical(str(value), key)
            return {"is": "text" if isinstance(written, str) else "secret", "value": written}
    raise TypeError(f"{type(value).__name__} is not a value")


def _read_value(document: Any) -> Scalar | Unset:
    parts = require_keys(document, "is", "value")
    read = _VALUES.get(_text(parts["is"]))
    if read is None:
        raise NewerVersion(msg("a value of type {name} is not known to this version", name=parts["is"]))
    return read(parts["value"])


def _read_secret(document: Any) -> SecretDigest:
    marker = _sensitive(document, *(name for name in ("source", "digest") if name in document))
    return SecretDigest(marker.get("source"), marker.get("digest"))


def _read_reference(document: Any) -> SecretRef:
    return SecretRef(_sensitive(document, "source")["source"])


def _sensitive(document: Any, *names: str) -> dict[str, str]:
    """The texts of a marker, `sensitive` set aside."""
    parts = require_keys(document, "sensitive", *names)
    if parts["sensitive"] is not True:
        raise ValueError("not marked")
    return {name: _text(parts[name]) for name in names}


def _nothing(value: Absent | Unset) -> Callable[[Any], Absent | Unset]:
    def read(document: Any) -> Absent | Unset:
        if document is not None:
            raise TypeError("not nothing")
        return value

    return read


VALUE: Final = FieldCodec(write=_write_value, read=_read_value)


_WORDS: Final[Mapping[str, type[PreSet | StorefrontStatus | Registration | CommerceCreator | ApiStatus]]] = {
    "pre-set": PreSet,
    "storefront-status": StorefrontStatus,
    "registration": Registration,
    "commerce-creator": CommerceCreator,
    "api-status": ApiStatus,
}


_WORDS_OF: Final[Mapping[type, str]] = {words: name for name, words in _WORDS.items()}


_VALUES: Final[Mapping[str, Callable[[Any], Scalar | Unset]]] = {
    "flag": _flag,
    "text": _text,
    "secret": _read_secret,
    "reference": _read_reference,
    "absent": _nothing(ABSENT),
    "unset": _nothing(UNSET),
    **_WORDS,
}
