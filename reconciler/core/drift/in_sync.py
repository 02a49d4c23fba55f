"""Fast path of the drift check: True only if the full comparison would report nothing.

In: one shop's desired, observed and last applied values. Out: True if there is no change, no drift entry and no diagnostic.
False means nothing: such a shop is compared in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.core.drift.payment_problems import payment_findings
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import KindSpec
from reconciler.core.model.state import Desired, Known, Observed
from reconciler.core.planning.cascade import derived_values
from reconciler.core.planning.field_diff import declared_values
from reconciler.core.planning.rules import check_rules
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.values import UNSET, SealedSecret, Secret


def is_in_sync(desired: Desired, observed: Observed, past: LastApplied) -> bool:
    return (
        _agrees(desired, observed) and _follows(observed) and _remembered(desired, past) and _silent(desired, observed)
    )


def _agrees(desired: Desired, observed: Observed) -> bool:
    for kind in KINDS:
        read = observed.reads[kind.name]
        if not isinstance(read, Known):
            return False
        wanted = desired.values.get(kind.name)
        if wanted is not None and not _alike(kind, wanted, read.value):
            return False
    return True


def _alike(kind: KindSpec, wanted: Any, had: Any) -> bool:
    """Equal values agree by every policy, and a secret agrees with its seal. Everything else is compared in full."""
    for spec in kind.fields:
        want = getattr(wanted, spec.name)
        if want is UNSET:
            continue
        have = getattr(had, spec.name)
        if want != have and not _holds(have, want):
            return False
    return True


def _holds(have: Any, want: Any) -> bool:
    if isinstance(have, Mapping) and isinstance(want, Mapping):
        return want.items() <= have.items()
    return isinstance(have, SealedSecret) and isinstance(want, Secret) and have.matches(want)


def _follows(observed: Observed) -> bool:
    return all(have == should or have is UNSET for _, should, have in derived_values(observed))


def _remembered(desired: Desired, past: LastApplied) -> bool:
    """The desired values are the last applied ones, where there are any: for a pre-set token or a new line there are none."""
    return not past.applied or all(
        str(ref) not in past.applied or past.matches(ref, want) is True for ref, want in declared_values(desired)
    )


def _silent(desired: Desired, observed: Observed) -> bool:
    return (
        not payment_findings(desired, observed)
        and next(check_rules(RuleContext(desired=desired, observed=observed, after=observed, changes=())), None) is None
    )
