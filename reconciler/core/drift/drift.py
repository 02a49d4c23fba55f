"""Where the live backend differs from Git, field by field, and which of the two changed; without a plan to fix it.

In: one shop's desired, observed and last applied values. Out: entries, each with the place that declares it. Accepting a drift
and overwriting one are done elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, sort_diagnostics
from reconciler.core.drift.audit import AuditEntry, last_change
from reconciler.core.drift.foreign_endpoints import ForeignEndpoints
from reconciler.core.drift.label import DriftLabel, change_label, drift_label
from reconciler.core.drift.missed_notifications import NotificationState
from reconciler.core.drift.payment_problems import PLANNED_CODES, PaymentFinding, PaymentProblem, payment_findings
from reconciler.core.drift.severity import field_severity, raised_severity
from reconciler.core.drift.switched_off import switched_off_finding
from reconciler.core.drift.unmanaged import UnmanagedShops
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.model.state import Desired, FieldRef, Observed, Unknown
from reconciler.core.planning.cascade import ENABLED_FIELD, derived_values
from reconciler.core.planning.change import Change
from reconciler.core.planning.field_diff import comparable, declared_values, diff, involves_preset
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.planning.secret_changes import uncompared_fields
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.values import UNSET, Origin, Scalar, ShopKey, Unset
from reconciler.lib.frozen_class import frozen


@frozen
class DriftEntry:
    """`applied` is UNSET where nothing was. `changed` is the last change of the field in the backend's trail, if it was asked.
    `accepted_until` is the last day of an acceptance that covers the observed value.
    """

    ref: FieldRef
    desired: Scalar
    observed: Scalar
    label: DriftLabel
    origin: Origin
    applied: Scalar | Unset = UNSET
    changed: AuditEntry | None = None
    accepted_until: str | None = None

    @property
    def informational(self) -> bool:
        """Nothing differs any more."""
        return self.label is DriftLabel.CONVERGED

    @property
    def settled(self) -> bool:
        """Nothing has to be done."""
        return self.informational or self.accepted_until is not None


@frozen
class ShopDrift:
    """`findings` say why a shop could not be compared, or what a person should know. `notifications` is None where no sidecar
    ran; `missed_notifications`: captures completed and nothing arrived. `foreign_endpoints`: endpoints that are certainly not
    ours are in the seller's list, which this shop speaks for. `problems`: what keeps payments from working in it, with a critical
    finding each. `labels` and `group` are those of its manifest. `unread_kinds` are the parts of the
    shop that could not be read.
    """

    shop: ShopKey
    origin: Origin
    entries: tuple[DriftEntry, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    notifications: NotificationState | None = None
    missed_notifications: bool = False
    foreign_endpoints: bool = False
    problems: tuple[PaymentProblem, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    unread_kinds: frozenset[str] = frozenset()

    @property
    def unknown(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings) and not self.entries

    @property
    def uncompared(self) -> tuple[str, ...]:
        """The places of fields whose secret was not available to compare them."""
        return uncompared_fields(self.findings)

    @property
    def drifted(self) -> bool:
        return not all(entry.settled for entry in self.entries)

    @property
    def differs(self) -> bool:
        """Whether anything about the shop has to be corrected, also where each field is as Git says."""
        return self.drifted or bool(self.problems) or self.missed_notifications or self.foreign_endpoints

    @property
    def backend_moved(self) -> bool:
        """Whether it is worth asking who changed the shop."""
        return any(entry.label is not DriftLabel.PENDING for entry in self.entries)

    @property
    def severity(self) -> FindingSeverity | None:
        """Of the worst that is wrong in it; None where nothing but Git moved."""
        severities = [entry_severity(entry, self.labels) for entry in self.entries]
        if self.problems or self.foreign_endpoints:
            severities.append(FindingSeverity.CRITICAL)
        if self.missed_notifications:
            severities.append(raised_severity(FindingSeverity.HIGH, self.labels))
        return max((severity for severity in severities if severity is not None), default=None)


@frozen
class Drift:
    """`hidden` counts the fields that differ and were not asked for. `unmanaged` is None where the backend's shops were not
    listed. `foreign` are endpoints that are certainly of no shop; `sellers` are those whose lists were read now,
    completely enough to know that.
    """

    shops: tuple[ShopDrift, ...]
    findings: tuple[Diagnostic, ...] = ()
    unmanaged: UnmanagedShops | None = None
    hidden: int = 0
    foreign: tuple[ForeignEndpoints, ...] = ()
    sellers: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def shops_with_entries(self) -> tuple[ShopDrift, ...]:
        """The shops with something to report: in a fleet nearly always a few, and often none."""
        return tuple(shop for shop in self.shops if shop.entries or shop.findings)

    @property
    def drifted(self) -> tuple[ShopDrift, ...]:
        return tuple(shop for shop in self.shops_with_entries if shop.drifted)

    @property
    def differs(self) -> bool:
        """Whether anything has to be corrected in any shop."""
        return any(shop.differs for shop in self.shops_with_entries)

    @property
    def all_findings(self) -> tuple[Diagnostic, ...]:
        """The critical ones first."""
        found = (*self.findings, *(finding for shop in self.shops_with_entries for finding in shop.findings))
        return tuple(sorted(sort_diagnostics(found), key=lambda one: one.severity is not Severity.CRITICAL))


def drift_of(desired: Desired, observed: Observed, plan: ShopPlan, past: LastApplied | None = None) -> ShopDrift:
    """`plan` is the shop's plan: what it found applies here as well, save what it says of payments after an apply. The most
    severe entries come first.
    """
    found = (*_declared_entries(desired, observed, past or LastApplied()), *_derived_entries(desired, observed))
    entries = most_severe_entries_first(found, desired.labels)
    payments = (*payment_findings(desired, observed), *_switched_off(desired, observed, entries))
    planned = (finding for finding in plan.findings if finding.code not in PLANNED_CODES)
    return ShopDrift(
        shop=desired.shop,
        origin=desired.origin,
        entries=entries,
        findings=sort_diagnostics((*planned, *(each.diagnostic for each in payments))),
        problems=tuple(each.problem for each in payments if each.problem is not None),
        labels=desired.labels,
        group=desired.group,
        unread_kinds=frozenset(kind for kind, read in observed.reads.items() if isinstance(read, Unknown)),
    )


def entry_severity(entry: DriftEntry, labels: Mapping[str, str]) -> FindingSeverity | None:
    """None for what needs no attention: Git moved alone, nothing differs any more, or the difference is accepted."""
    if entry.settled or entry.label is DriftLabel.PENDING:
        return None
    return field_severity(entry.ref, labels)


def _switched_off(desired: Desired, observed: Observed, entries: Iterable[DriftEntry]) -> Iterator[PaymentFinding]:
    """Nothing where only Git moved: what is not applied yet was not switched off."""
    for entry in entries:
        if entry.ref == ENABLED_FIELD and entry.desired is True and entry.label is not DriftLabel.PENDING:
            was_on = entry.label in (DriftLabel.DRIFTED, DriftLabel.CONFLICT)
            yield switched_off_finding(desired, observed, was_on=was_on)


def most_severe_entries_first(entries: Iterable[DriftEntry], labels: Mapping[str, str]) -> tuple[DriftEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: -(entry_severity(entry, labels) or 0)))


def most_severe_first(shops: Iterable[ShopDrift]) -> tuple[ShopDrift, ...]:
    """Shops in which payments do not work, then the others by severity; among equals in the order of the keys."""
    return tuple(sorted(shops, key=lambda shop: (not shop.problems, -(shop.severity or 0), shop.shop)))


def with_audit(shop: ShopDrift, observed: Observed, trail: Sequence[AuditEntry]) -> ShopDrift:
    """The same drift, each entry with its last change."""
    entries = (replace(entry, changed=last_change(trail, entry.ref, observed)) for entry in shop.entries)
    return replace(shop, entries=tuple(entries))


def _declared_entries(desired: Desired, observed: Observed, past: LastApplied) -> Iterator[DriftEntry]:
    changes = {change.ref: change for change in diff(desired, observed)}
    for ref, want in declared_values(desired):
        if ref in changes:
            yield _entry(changes[ref], change_label(changes[ref], past), past)
        elif _converged(ref, want, observed.value(ref), past):
            yield DriftEntry(
                ref=ref,
                desired=want,
                observed=want,
                label=DriftLabel.CONVERGED,
                origin=desired.origin_of(ref.manifest_path),
                applied=past.value(ref),
            )


def _entry(change: Change, named: DriftLabel, past: LastApplied) -> DriftEntry:
    return DriftEntry(
        ref=change.ref,
        desired=change.after,
        observed=change.before,
        label=named,
        origin=change.origin,
        applied=past.value(change.ref),
    )


def _converged(ref: FieldRef, want: Scalar, have: Scalar | Unset, past: LastApplied) -> bool:
    if have is UNSET or involves_preset(want, have) or not comparable(want, have):
        return False
    return drift_label(agree=True, git=past.matches(ref, want), backend=past.matches(ref, have)) is DriftLabel.CONVERGED


def _derived_entries(desired: Desired, observed: Observed) -> Iterator[DriftEntry]:
    for ref, should, have in derived_values(observed):
        if have is not UNSET and have != should:
            yield DriftEntry(
                ref=ref,
                desired=should,
                observed=have,
                label=DriftLabel.NOT_FOLLOWING,
                origin=desired.origin_of(FieldRef("amazon_settings", "enabled").manifest_path),
            )
