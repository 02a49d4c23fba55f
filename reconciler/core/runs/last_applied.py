"""What `canonical` wrote of a field, read back: the last applied values of a journal, the words of an audit trail.

In: a field and its JSON. Out: the scalar, of the type that the field's kind declares. A secret comes back as `SecretDigest`.
The JSON does not say its type, so it is read by a field that is known today; what must outlive its field, or is a document of
its own (events, saved plans), is written with its type by `documents.value_codec`.

What the journal last wrote of a field, compared with a present value.

In: canonical JSON, in which a secret is a keyed digest, and a scalar. Out: whether they agree, or None if that is unknown.

Git has a secret in plaintext, the backend shows a seal of it: each has its own digest, and a journal keeps both, `digest` and
`seal`. `key` names the key of both. Older records have only the first one; without the key there are none.

Values that match without a write of ours: recorded as applied, so that the next drift is compared with them.

In: one shop's desired, observed and recorded values. Out: an event for the journal, or None if it would add nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from reconciler.core.model.canonical import DigestKey, Json, to_canonical
from reconciler.core.model.kinds import kind_named
from reconciler.core.model.state import SECRET_FIELDS, Desired, FieldRef, Observed
from reconciler.core.planning.field_diff import declared_values, involves_preset, values_equal
from reconciler.core.runs.events import ShopInSync
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    UNSET,
    Absent,
    PreSet,
    Scalar,
    SealedSecret,
    Secret,
    SecretDigest,
    SecretRef,
    Unset,
)
from reconciler.lib.frozen_class import frozen


def from_canonical(ref: FieldRef, document: Json) -> Scalar:
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


def _digested(ref: FieldRef, document: dict[str, Json]) -> SecretDigest:
    source, digest = document.get("source"), document.get("digest")
    known = set(document) <= {"sensitive", "source", "digest", "seal", "key"} and document.get("sensitive") is True
    if not (known and isinstance(source, str | None) and isinstance(digest, str | None)):
        raise ValueError(f"{ref} holds something that is no value")
    return SecretDigest(source, digest)


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


_WRITTEN_AS_THEY_ARE: Final = frozenset({bool, str})
"""A text that is stored unchanged need not be checked for credentials."""


def stored_value(value: Scalar, seal: SealedSecret | SecretDigest | None, key: DigestKey | None) -> Json:
    """`value` as it is remembered; `seal` is what the backend shows of it, where it is a secret."""
    written, shown = to_canonical(value, key), None if seal is None else to_canonical(seal, key)
    if not (isinstance(written, dict) and key is not None and "digest" in written):
        return written
    seals: dict[str, Json] = {"seal": shown["digest"]} if isinstance(shown, dict) and "digest" in shown else {}
    return {**written, **seals, "key": key.key_id}


@frozen
class LastApplied:
    """One shop's last applied values by field (`kind.field`), and the key of their digests. Empty: nothing was ever applied."""

    applied: Mapping[str, Json] = field(default_factory=dict)
    key: DigestKey | None = None

    def matches(self, ref: FieldRef, value: Scalar) -> bool | None:
        """Whether `value` is the one that was last applied."""
        if str(ref) not in self.applied:
            return None
        last = self.applied[str(ref)]
        if type(value) in _WRITTEN_AS_THEY_ARE and type(last) is type(value) and last == value:
            return True
        if isinstance(last, dict) and isinstance(to_canonical(value), dict):
            return _is_same_secret(last, value, self.key)
        recalled = self.value(ref)
        if recalled is UNSET:
            return None
        if ref.spec.policy.secret:
            return value == recalled  # at most one of the two is a secret: their other content distinguishes them
        return values_equal(ref.spec.policy.compare, value, recalled)

    def references(self) -> dict[FieldRef, SecretRef]:
        """Where each secret was last applied from, as far as that is known."""
        values = ((ref, self.value(ref)) for ref in SECRET_FIELDS)
        return {
            ref: SecretRef(value.source) for ref, value in values if isinstance(value, SecretDigest) and value.source
        }

    @property
    def incomparable(self) -> int:
        """How many secrets were digested with a key that is not known here."""
        known = () if self.key is None else tuple(key.key_id for key in self.key.all_keys)
        return sum(
            1 for value in self.applied.values() if isinstance(value, dict) and value.get("key", "") not in ("", *known)
        )

    def value(self, ref: FieldRef) -> Scalar | Unset:
        """The value as it may be shown, without digests; UNSET if there is none that the field could have today."""
        if str(ref) not in self.applied:
            return UNSET
        try:
            recalled = from_canonical(ref, self.applied[str(ref)])
        except ValueError:
            return UNSET
        return SecretDigest(recalled.source) if isinstance(recalled, SecretDigest) else recalled


def _is_same_secret(last: Mapping[str, Json], value: Scalar, key: DigestKey | None) -> bool | None:
    """Under the key of the digest, where it is known here. A digest that names no key proves only that two are equal: under
    another key equal secrets differ as well.
    """
    keys = () if key is None else key.all_keys
    named = last.get("key")
    answers = [_same_digest(last, to_canonical(value, one)) for one in keys if named in (None, one.key_id)]
    if True in answers:
        return True
    return False if named is not None and False in answers else None


def _same_digest(last: Mapping[str, Json], now: Json) -> bool | None:
    """A digest with a source is of the clear text, one without of a seal. Where the text came from does not matter."""
    assert isinstance(now, dict)  # of a secret
    other = now.get("digest")
    one = last.get("digest") if ("source" in now) == ("source" in last) else last.get("seal")
    return None if one is None or other is None else one == other


def in_sync_event(desired: Desired, observed: Observed, past: LastApplied) -> ShopInSync | None:
    """The declared values that agree and are remembered otherwise, or not at all. A pre-set token is never compared."""
    news = [(ref, want, have) for ref, want, have in _agreeing(desired, observed) if _is_news(ref, want, have, past)]
    if not news:
        return None
    return ShopInSync(
        shop=desired.shop,
        values=tuple((ref, want) for ref, want, _ in news),
        seals=tuple((ref, have) for ref, _, have in news if isinstance(have, SealedSecret)),
    )


def _agreeing(desired: Desired, observed: Observed) -> Iterator[tuple[FieldRef, Scalar, Scalar]]:
    for ref, want in declared_values(desired):
        have = observed.value(ref)
        if have is UNSET or involves_preset(want, have) or isinstance(want, SecretRef):
            continue
        if values_equal(ref.spec.policy.compare, want, have):
            yield ref, want, have


def _is_news(ref: FieldRef, want: Scalar, have: Scalar, past: LastApplied) -> bool:
    seal = have if isinstance(have, SealedSecret) else None
    return str(ref) not in past.applied or past.applied[str(ref)] != stored_value(want, seal, past.key)
