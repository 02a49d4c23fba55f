"""How the live backend stands apart from Git, field by field, without a plan to mend it.

In: one shop's wish and what was observed. Out: entries, each with the place that declares it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from reconciler.core.cascade import derived_values
from reconciler.core.diagnostics import Diagnostic, Severity, in_order
from reconciler.core.diff import diff
from reconciler.core.plan import ShopPlan
from reconciler.core.state import Desired, FieldRef, Observed
from reconciler.core.values import UNSET, Origin, Scalar, ShopKey


class Label(Enum):
    DIFFERS = "differs"
    """The manifest declares it, and the backend has another value."""
    NOT_FOLLOWING = "not-following"
    """The backend should have made it follow another field, and it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    ref: FieldRef
    wanted: Scalar
    observed: Scalar
    label: Label
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDrift:
    """`findings` say why a shop could not be compared, or what a person should know."""

    shop: ShopKey
    origin: Origin
    entries: tuple[Entry, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def unknown(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings) and not self.entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    shops: tuple[ShopDrift, ...]
    findings: tuple[Diagnostic, ...] = ()

    @property
    def drifted(self) -> tuple[ShopDrift, ...]:
        return tuple(shop for shop in self.shops if shop.entries)

    @property
    def all_findings(self) -> tuple[Diagnostic, ...]:
        return in_order((*self.findings, *(finding for shop in self.shops for finding in shop.findings)))


def drift_of(desired: Desired, observed: Observed, plan: ShopPlan) -> ShopDrift:
    """`plan` is the shop's plan: what it found applies here as well."""
    return ShopDrift(
        shop=desired.shop,
        origin=desired.origin,
        entries=tuple(_entries(desired, observed)),
        findings=plan.findings,
    )


def _entries(desired: Desired, observed: Observed) -> Iterator[Entry]:
    for change in diff(desired, observed):
        yield Entry(
            ref=change.ref,
            wanted=change.after,
            observed=change.before,
            label=Label.DIFFERS,
            origin=change.origin,
        )
    for ref, should, have in derived_values(observed):
        if have is not UNSET and have != should:
            yield Entry(
                ref=ref,
                wanted=should,
                observed=have,
                label=Label.NOT_FOLLOWING,
                origin=desired.origin_of(FieldRef("amazon_settings", "enabled").declared),
            )
