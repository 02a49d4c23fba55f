"""How a value is written down for hashing, saving and comparing: one way, the same bytes in every process.

Only this module decides it. Scalars become JSON values; a secret becomes the reference it came from and, where a key is
given, a keyed digest, and so does a text that has the form of one; what is UNSET cannot be written.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from enum import Enum
from typing import Final

from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.values import ABSENT, PRE_SET, UNSET, Scalar, SealedSecret, Secret, SecretDigest, SecretRef, Unset
from reconciler.lib.frozen_class import frozen

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

SENSITIVE = "(sensitive value)"
_LONGEST_SHOWN = 200


@frozen(kw_only=False)
class DigestKey:
    """The key of the digests that stand for secrets. It lives outside the repository. `older` are keys that it replaced: nothing
    is digested with them any more, but what was can still be compared.
    """

    key: bytes
    older: tuple[bytes, ...] = ()

    @property
    def key_id(self) -> str:
        """Names the key without disclosing it."""
        return hmac.new(self.key, b"reconciler key id", hashlib.sha256).hexdigest()[:16]

    @property
    def all_keys(self) -> tuple[DigestKey, ...]:
        """The key itself and the older ones, newest first."""
        return (self, *(DigestKey(key) for key in self.older))

    @property
    def oldest(self) -> DigestKey:
        """The one that a rotation leaves where it is."""
        return self.all_keys[-1]

    def __repr__(self) -> str:
        return "DigestKey(sensitive value)"

    def digest(self, text: str) -> str:
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


def to_canonical(value: Scalar | Unset | tuple[str, ...], key: DigestKey | None = None) -> Json:
    """A scalar as JSON. ABSENT is null; a pre-set token is the word that manifests use."""
    if type(value) is str:  # this and flags are by far the most common, and each class pattern costs a call
        return _text(value, key)
    if value is True or value is False:
        return value
    return _canonical(value, key)


def _canonical(value: Scalar | Unset | tuple[str, ...], key: DigestKey | None) -> Json:
    match value:
        case bool():
            return value
        case Enum() if value is ABSENT:
            return None
        case Enum() if value is PRE_SET:
            return "pre-set"
        case Enum() if value is UNSET:
            raise ValueError("UNSET is not a value: what is not mentioned is not written down")
        case Enum():
            return str(value.value)
        case str():
            return _text(value, key)
        case Secret():
            return _secret(value.source.uri, key.digest(value.reveal()) if key else None)
        case SecretRef():
            return _secret(value.uri, None)
        case SealedSecret():
            return _secret(None, key.digest(f"{value.salt}:{value.digest}") if key else None)
        case SecretDigest():
            return _secret(value.source, value.digest)
        case tuple():
            return [SENSITIVE if contains_credential(item) else item for item in value]
    raise TypeError(f"{type(value).__name__} has no written form")


def _text(value: str, key: DigestKey | None) -> Json:
    """A credential that the backend has in an ordinary field is stored like a secret in its own field."""
    return _secret(None, key.digest(value) if key else None) if contains_credential(value) else value


# Made once: `json.dumps` with arguments makes one for each call.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)

_WORDS: Final = {None: "null", True: "true", False: "false"}


def dumps(document: Json) -> str:
    """Compact, keys sorted, UTF-8 text."""
    if (
        document is None or document is True or document is False
    ):  # half of what is stored, and the encoder's slowest case
        return _WORDS[document]
    return _ENCODER.encode(document)


def object_text(parts: Mapping[str, str]) -> str:
    """The canonical text of an object, from those of its parts: large ones are written once."""
    return "{" + ",".join(f"{dumps(name)}:{text}" for name, text in sorted(parts.items())) + "}"


def fingerprint(document: Json) -> str:
    """`sha256:` and 64 hexadecimal digits over the canonical text."""
    return text_fingerprint(dumps(document))


def text_fingerprint(canonical: str) -> str:
    """`fingerprint` of what `canonical` is the text of."""
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _secret(source: str | None, digest: str | None) -> Json:
    known: dict[str, Json] = {"sensitive": True}
    if source is not None:
        known["source"] = source
    if digest is not None:
        known["digest"] = digest
    return known


def display_canonical(value: Scalar) -> str:
    """A scalar as one word for people, within a sentence; a secret as a placeholder, a long text as its beginning."""
    written = to_canonical(value)
    if isinstance(written, dict):
        return SENSITIVE
    if isinstance(written, str) and len(written) > _LONGEST_SHOWN:
        return f"{dumps(written[:_LONGEST_SHOWN])}..."
    return "(not set)" if written is None else dumps(written)
