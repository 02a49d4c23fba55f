"""The small values everything else is made of.

In: raw strings. Out: values that are checked once and then carried. This module knows nothing of kinds,
manifests or the backend.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from enum import Enum, StrEnum
from typing import Final, NoReturn

from reconciler.lib.frozen_class import frozen


class Unset(Enum):
    """Not mentioned, so not ours: never compared, never sent, never defaulted."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> NoReturn:
        raise TypeError("UNSET is neither true nor false: ask `is UNSET`")


class Absent(Enum):
    """Observed, and there is nothing there (an id that was never entered)."""

    ABSENT = "ABSENT"

    def __repr__(self) -> str:
        return "ABSENT"


class PreSet(Enum):
    """A token that Amazon holds for the shop (`Pre-Set_with_information_from_Amazon`).

    Must never be deleted or changed (domain: Amazon設定 screen, stated by the platform's manual).
    """

    PRE_SET = "pre-set"

    def __repr__(self) -> str:
        return "PRE_SET"


UNSET: Final = Unset.UNSET
ABSENT: Final = Absent.ABSENT
PRE_SET: Final = PreSet.PRE_SET
PRE_SET_LITERAL: Final = "Pre-Set_with_information_from_Amazon"


@frozen(kw_only=False, order=True)
class SecretRef:
    """Where a secret is to be found, as the manifest writes it: `ref+env://NAME`, `ref+file://PATH`. Not secret."""

    uri: str

    @property
    def scheme(self) -> str:
        return self.uri.removeprefix("ref+").partition("://")[0]

    @property
    def locator(self) -> str:
        return self.uri.partition("://")[2]


class Secret:
    """A value that cannot print itself.

    `reveal()` is the one way in, and is called only where the value goes onto the wire or is checked. `str()`,
    formatting, pickling and iteration are refused rather than masked: a place that would have printed it is a fault.
    """

    __slots__ = ("_value", "source")

    def __init__(self, value: str, source: SecretRef) -> None:
        object.__setattr__(self, "_value", value)
        object.__setattr__(self, "source", source)

    source: SecretRef
    _value: str

    def reveal(self) -> str:
        return self._value

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret does not change")

    def __repr__(self) -> str:
        return "Secret(sensitive value)"

    def __str__(self) -> NoReturn:
        raise TypeError("a secret has no str()")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("a secret has no format()")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]  # a hash of a short secret is an oracle


class SealedSecret:
    """What a backend discloses of a secret it holds: a salt and HMAC-SHA256(salt, value), both as hex.

    Enough to see whether a known secret is the one held; kept out of every output all the same. Not a dataclass, so that
    nothing that walks over dataclasses (`asdict`, a field-by-field view) takes it apart.
    """

    __slots__ = ("digest", "salt")

    def __init__(self, salt: str, digest: str) -> None:
        object.__setattr__(self, "salt", salt)
        object.__setattr__(self, "digest", digest)

    salt: str
    digest: str

    def matches(self, secret: Secret) -> bool:
        return hmac.compare_digest(seal_secret(secret, self.salt).digest, self.digest)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a seal does not change")

    def __repr__(self) -> str:
        return "SealedSecret(sensitive value)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a seal is not written down")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SealedSecret) and (self.salt, self.digest) == (other.salt, other.digest)

    def __hash__(self) -> int:
        return hash((self.salt, self.digest))


def seal_secret(secret: Secret, salt: str) -> SealedSecret:
    """The seal of `secret` under `salt` (hex)."""
    mac = hmac.new(bytes.fromhex(salt), secret.reveal().encode(), hashlib.sha256)
    return SealedSecret(salt, mac.hexdigest())


@frozen(kw_only=False)
class SecretDigest:
    """A secret in a saved plan or an old journal: its reference and a keyed digest, either of which may be missing. The secret
    cannot be recovered from it.
    """

    source: str | None = None
    digest: str | None = None


class StorefrontStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Registration(StrEnum):
    """Of 販売事業者様サイトURL in Seller Central."""

    REGISTERED = "registered"
    ABSENT = "absent"


class CommerceCreator(StrEnum):
    """コマースクリエイター 無効 / 有効 / 運用中(切替後)."""

    DISABLED = "disabled"
    ENABLED = "enabled"
    RUNNING = "running"


class ApiStatus(StrEnum):
    """What the platform last learned at Amazon about the Amazon API情報."""

    UNCHECKED = "unchecked"
    VALID = "valid"
    ERROR = "error"


Scalar = (
    bool
    | str
    | Secret
    | SecretRef
    | SealedSecret
    | SecretDigest
    | PreSet
    | Absent
    | StorefrontStatus
    | Registration
    | CommerceCreator
    | ApiStatus
)
"""One managed thing: the value of a field, or of one entry of a map field."""


class ShopKey(str):
    """店舗キー: 1 to 40 of `a-z`, `0-9` and `-`, starting and ending with a letter or digit. Also the file's name.

    The platform's own rule is not known; this one is safe as a file name, a path segment and a header value.
    """

    __slots__ = ()
    PATTERN: Final = r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
    _whole = re.compile(PATTERN).fullmatch  # once: a fleet makes its keys again and again

    def __new__(cls, text: str) -> ShopKey:
        if cls._whole(text) is None:
            raise ValueError(f"{text!r} is not a shop key")
        return super().__new__(cls, text)


@frozen(kw_only=False, order=True)
class Origin:
    """The place a value was written: file (as the user named it), line and column, both from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def full_match(pattern: str, text: str) -> bool:
    """Whether the whole of `text` has the form. `$` alone would accept a newline at the end."""
    return re.fullmatch(pattern, text) is not None
