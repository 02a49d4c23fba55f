"""A drift check narrowed to some findings: what is shown, counted and judged by the exit code.

In: a drift and a criterion. Out: the same drift without the other findings. Shops stay in it: they are still counted as checked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift, entry_severity
from reconciler.core.drift.finding_id import field_place
from reconciler.core.drift.label import DriftLabel
from reconciler.core.drift.payment_problems import PaymentProblem
from reconciler.core.drift.severity import field_severity, raised_severity
from reconciler.core.findings.finding import CLASS_SEVERITIES, FindingClass, FindingKey
from reconciler.core.findings.sightings import LABEL_CLASSES, shop_owner
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.planning.cascade import ENABLED_FIELD
from reconciler.lib.frozen_class import frozen

_PROBLEM_CODES: Final = {
    PaymentProblem.CREDENTIALS_REFUSED: codes.API_ERROR,
    PaymentProblem.BUTTONS_HIDDEN: codes.INCOMPLETE,
    PaymentProblem.SWITCHED_OFF: codes.SWITCHED_OFF,
}
_CLASS_OF_PROBLEM: Final = {
    PaymentProblem.CREDENTIALS_REFUSED: FindingClass.CREDENTIALS_REFUSED,
    PaymentProblem.BUTTONS_HIDDEN: FindingClass.BUTTONS_HIDDEN,
}


@frozen
class DriftCriterion:
    """`severity` is the least that counts. `owner` is one of the owners of the manifest. `ids` are the findings that count, None
    for all: what only Git changed is none of them.
    """

    fleet: str
    severity: FindingSeverity | None = None
    owner: str | None = None
    ids: frozenset[str] | None = None
    owner_of: Callable[[str], str | None] = lambda _file: None

    @property
    def narrows(self) -> bool:
        return self.severity is not None or self.owner is not None or self.ids is not None

    def counts(self, key: FindingKey, severity: FindingSeverity) -> bool:
        severe = self.severity is None or severity >= self.severity
        return severe and (self.ids is None or key.id in self.ids)

    def owns(self, shop: ShopDrift) -> bool:
        return self.owner is None or self.owner in (shop_owner(shop, self.owner_of) or "").split()


def narrow_drift(drift: Drift, criterion: DriftCriterion) -> Drift:
    """Errors that concern no single shop always stay."""
    shops = tuple(_narrow_shop(shop, criterion, drift) for shop in drift.shops)
    kept = tuple(each for each in drift.findings if _stays(each, criterion))
    foreign = tuple(each for each in drift.foreign if _foreign_counts(each.seller, criterion))
    hidden = 0 if criterion.ids is not None else _differing(drift.shops) - _differing(shops)
    return replace(drift, shops=shops, findings=kept, foreign=foreign, hidden=hidden)


def _differing(shops: Iterable[ShopDrift]) -> int:
    return sum(not entry.settled for shop in shops for entry in shop.entries)


def counted_closed(shops: Collection[str], criterion: DriftCriterion) -> frozenset[str]:
    """Of the shops that were left closed, those that count."""
    severity = CLASS_SEVERITIES[FindingClass.LEFT_CLOSED]
    return frozenset(
        shop for shop in shops if criterion.counts(_key(shop, "", FindingClass.LEFT_CLOSED, criterion), severity)
    )


def _stays(found: Diagnostic, criterion: DriftCriterion) -> bool:
    if found.blocking:
        return True
    if found.code is codes.MANIFEST_DELETED:
        key = _key(found.shop or "", "", FindingClass.UNMANAGED, criterion)
        return criterion.owner is None and criterion.counts(key, CLASS_SEVERITIES[FindingClass.UNMANAGED])
    return criterion.ids is None


def _narrow_shop(shop: ShopDrift, criterion: DriftCriterion, drift: Drift) -> ShopDrift:
    if not (shop.entries or shop.findings):
        return shop
    if not criterion.owns(shop):
        return ShopDrift(shop=shop.shop, origin=shop.origin, labels=shop.labels, group=shop.group)
    entries = tuple(entry for entry in shop.entries if _entry_counts(shop, entry, criterion))
    problems = tuple(problem for problem in shop.problems if _problem_counts(shop, problem, criterion))
    missed = shop.missed_notifications and _class_counts(shop, FindingClass.SILENT_NOTIFICATIONS, criterion)
    foreign = shop.foreign_endpoints and any(
        each.shop == shop.shop and _foreign_counts(each.seller, criterion) for each in drift.foreign
    )
    left = replace(shop, entries=entries, problems=problems, missed_notifications=missed, foreign_endpoints=foreign)
    if not left.differs:
        unknown = shop.findings if shop.unknown and criterion.ids is None else ()
        return replace(left, entries=(), findings=unknown)
    return replace(left, findings=tuple(each for each in shop.findings if _is_about(each, shop, left)))


def _is_about(found: Diagnostic, shop: ShopDrift, left: ShopDrift) -> bool:
    """Without the diagnostics of what does not count any more."""
    gone = {_PROBLEM_CODES[problem] for problem in shop.problems if problem not in left.problems}
    if shop.missed_notifications and not left.missed_notifications:
        gone.add(codes.SILENT)
    if shop.foreign_endpoints and not left.foreign_endpoints:
        gone.add(codes.FOREIGN_ENDPOINT)
    return found.code not in gone or found.severity is Severity.ERROR


def _entry_counts(shop: ShopDrift, entry: DriftEntry, criterion: DriftCriterion) -> bool:
    if entry.settled:
        return False
    if entry.label is DriftLabel.PENDING:
        severe = criterion.severity is None or field_severity(entry.ref, shop.labels) >= criterion.severity
        return severe and criterion.ids is None
    key = _key(shop.shop, field_place(entry.ref), LABEL_CLASSES[entry.label], criterion)
    return criterion.counts(key, entry_severity(entry, shop.labels) or FindingSeverity.LOW)


def _problem_counts(shop: ShopDrift, problem: PaymentProblem, criterion: DriftCriterion) -> bool:
    """That 利用設定 was switched off is a finding of that field."""
    if problem in _CLASS_OF_PROBLEM:
        return _class_counts(shop, _CLASS_OF_PROBLEM[problem], criterion)
    return any(entry.ref == ENABLED_FIELD and _entry_counts(shop, entry, criterion) for entry in shop.entries)


def _class_counts(shop: ShopDrift, kind: FindingClass, criterion: DriftCriterion) -> bool:
    severity = raised_severity(CLASS_SEVERITIES[kind], shop.labels)
    return criterion.counts(_key(shop.shop, "", kind, criterion), severity)


def _foreign_counts(seller: str, criterion: DriftCriterion) -> bool:
    kind = FindingClass.FOREIGN_ENDPOINT
    return criterion.counts(_key(seller, "", kind, criterion), CLASS_SEVERITIES[kind])


def _key(shop: str, field: str, kind: FindingClass, criterion: DriftCriterion) -> FindingKey:
    return FindingKey(fleet=criterion.fleet, shop=shop, field=field, kind=kind)
