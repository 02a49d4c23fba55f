"""Whether a desired value and an observed one are the same, by the field's policy.

Desired compared with observed: what the manifest changes. One generic differ; the policy of the fields controls it.

Not mentioned: not compared. Not readable: not compared (the plan names the unknown read). Not offered by the backend: not
compared. Derived and issued: never
here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import Compare
from reconciler.core.model.state import Desired, FieldRef, Known, Observed, scalars
from reconciler.core.planning.change import Change, Reason
from reconciler.core.values import ABSENT, PRE_SET, UNSET, Scalar, SealedSecret, Secret, SecretRef, Unset


def values_equal(how: Compare, want: Scalar, have: Scalar) -> bool:
    """A secret is held against its seal. An unresolved reference cannot be compared: resolving comes first."""
    if isinstance(want, SecretRef):
        raise TypeError(f"the reference {want.uri} was not resolved before comparing")
    if how is Compare.EXACT:  # not `match`: this compares each field of each shop several times
        return want == have
    if how is Compare.TEXT:
        return _unified(want) == _unified(have)
    if how is Compare.SEALED:
        return _sealed(want, have)
    assert_never(how)


def _sealed(want: Scalar, have: Scalar) -> bool:
    if isinstance(want, Secret) and isinstance(have, SealedSecret):
        return have.matches(want)
    return want == have and not isinstance(want, Secret)


def involves_preset(want: Scalar, have: Scalar) -> bool:
    """Either side is the token that must never be changed, so the two are not compared at all."""
    return want is PRE_SET or have is PRE_SET


def _unified(value: Scalar) -> Scalar:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def diff(desired: Desired, observed: Observed) -> tuple[Change, ...]:
    """In the order of kinds and fields, entries sorted."""
    return tuple(_differences(desired, observed))


def _differences(desired: Desired, observed: Observed) -> Iterator[Change]:
    for ref, want in declared_values(desired):
        if not isinstance(observed.reads[ref.kind], Known):
            continue
        have = observed.value(ref)
        if have is UNSET and ref.spec.policy.optional:
            continue
        before: Scalar = ABSENT if have is UNSET else have
        if involves_preset(want, before) or not _known_to_differ(ref, want, before):
            continue
        yield Change(
            ref=ref, before=before, after=want, reason=Reason.DECLARED, origin=desired.origin_of(ref.manifest_path)
        )


def comparable(want: Scalar, have: Scalar | Unset) -> bool:
    """A secret that is not available cannot be held against the seal of another; that nothing is there can be seen."""
    return not isinstance(want, SecretRef) or have is ABSENT or have is UNSET


def _known_to_differ(ref: FieldRef, want: Scalar, before: Scalar) -> bool:
    if isinstance(want, SecretRef):
        return before is ABSENT
    return not values_equal(ref.spec.policy.compare, want, before)


def declared_values(desired: Desired) -> Iterator[tuple[FieldRef, Scalar]]:
    """Every value the manifest mentions, kind by kind."""
    for kind in KINDS:
        if kind.name in desired.values:
            yield from scalars(kind, desired.values[kind.name])
