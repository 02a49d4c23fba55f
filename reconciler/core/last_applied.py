"""What the journal last wrote of a field, held against a value of today.

In: canonical JSON, in which a secret is a keyed digest, and a scalar. Out: whether they agree, or None where that cannot be told.

Git has a secret in clear, the backend shows a seal of it: each has a digest of its own, and a journal keeps both, `digest` and
`seal`. Older records have the first one only; without the key there are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.core.canonical import DigestKey, Json, write
from reconciler.core.compare import same
from reconciler.core.recall import read
from reconciler.core.state import FieldRef
from reconciler.core.values import UNSET, Digested, Scalar, SealedSecret, Unset

_WRITTEN_AS_THEY_ARE: Final = frozenset({bool, str})
"""Of a text that stands as it is it need not be asked what it looks like."""


def record(value: Scalar, seal: SealedSecret | Digested | None, key: DigestKey | None) -> Json:
    """`value` as it is remembered; `seal` is what the backend shows of it, where it is a secret."""
    written, shown = write(value, key), None if seal is None else write(seal, key)
    if not (isinstance(written, dict) and isinstance(shown, dict) and "digest" in shown):
        return written
    return {**written, "seal": shown["digest"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One shop's last applied values by field (`kind.field`), and the key of their digests. Empty: nothing was ever applied."""

    applied: Mapping[str, Json] = field(default_factory=dict)
    key: DigestKey | None = None

    def agrees(self, ref: FieldRef, value: Scalar) -> bool | None:
        """Whether `value` is the one that was last applied."""
        if str(ref) not in self.applied:
            return None
        last = self.applied[str(ref)]
        if type(value) in _WRITTEN_AS_THEY_ARE and type(last) is type(value) and last == value:
            return True
        now = write(value, self.key)
        if isinstance(last, dict) and isinstance(now, dict):
            return _same_secret(last, now)
        recalled = self.last(ref)
        if recalled is UNSET:
            return None
        if ref.spec.policy.secret:
            return value == recalled  # at most one of the two is a secret: what stands there otherwise tells them apart
        return same(ref.spec.policy.compare, value, recalled)

    def last(self, ref: FieldRef) -> Scalar | Unset:
        """The value as it may be shown, digests left out; UNSET where there is none that the field could have today."""
        if str(ref) not in self.applied:
            return UNSET
        try:
            recalled = read(ref, self.applied[str(ref)])
        except ValueError:
            return UNSET
        return Digested(recalled.source) if isinstance(recalled, Digested) else recalled


def _same_secret(last: Mapping[str, Json], now: Mapping[str, Json]) -> bool | None:
    """A digest with a source is of the clear text, one without of a seal. Where the text came from does not matter."""
    other = now.get("digest")
    one = last.get("digest") if ("source" in now) == ("source" in last) else last.get("seal")
    return None if one is None or other is None else one == other
