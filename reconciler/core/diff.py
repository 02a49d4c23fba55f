"""Desired against observed: what the manifest wants otherwise. One generic differ; the policy on the fields steers it.

Not mentioned: not compared. Not readable: not compared (the plan names the unknown read). Derived and issued: never
here.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.change import Change, Reason
from reconciler.core.compare import same, touches_pre_set
from reconciler.core.kinds import KINDS
from reconciler.core.state import Desired, FieldRef, Known, Observed, scalars
from reconciler.core.values import ABSENT, UNSET, Scalar


def diff(desired: Desired, observed: Observed) -> tuple[Change, ...]:
    """In the order of kinds and fields, entries sorted."""
    return tuple(_differences(desired, observed))


def _differences(desired: Desired, observed: Observed) -> Iterator[Change]:
    for ref, want in declared(desired):
        if not isinstance(observed.reads[ref.kind], Known):
            continue
        have = observed.at(ref)
        before: Scalar = ABSENT if have is UNSET else have
        if touches_pre_set(want, before) or same(ref.spec.policy.compare, want, before):
            continue
        yield Change(ref=ref, before=before, after=want, reason=Reason.DECLARED, origin=desired.origin_of(ref.declared))


def declared(desired: Desired) -> Iterator[tuple[FieldRef, Scalar]]:
    """Every value the manifest mentions, kind by kind."""
    for kind in KINDS:
        if kind.name in desired.values:
            yield from scalars(kind, desired.values[kind.name])
