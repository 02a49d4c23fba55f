"""Whether a desired value and an observed one are the same, by the field's policy."""

from __future__ import annotations

from typing import assert_never

from reconciler.core.policy import Compare
from reconciler.core.values import PRE_SET, Scalar, SealedSecret, Secret, SecretRef


def same(how: Compare, want: Scalar, have: Scalar) -> bool:
    """A secret is held against its seal. An unresolved reference cannot be compared: resolving comes first."""
    if isinstance(want, SecretRef):
        raise TypeError(f"the reference {want.uri} was not resolved before comparing")
    match how:
        case Compare.EXACT:
            return want == have
        case Compare.TEXT:
            return _unified(want) == _unified(have)
        case Compare.SEALED:
            return _sealed(want, have)
        case _:
            assert_never(how)


def _sealed(want: Scalar, have: Scalar) -> bool:
    if isinstance(want, Secret) and isinstance(have, SealedSecret):
        return have.matches(want)
    return want == have and not isinstance(want, Secret)


def touches_pre_set(want: Scalar, have: Scalar) -> bool:
    """Either side is the token that must never be changed, so the two are not compared at all."""
    return want is PRE_SET or have is PRE_SET


def _unified(value: Scalar) -> Scalar:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value
