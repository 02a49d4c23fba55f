"""What a drift check says of findings: those that it saw, and what it could have seen.

In: a drift. Out: sightings and a scope. What only Git changed is pending, and no sighting; what converged is none either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift, entry_severity
from reconciler.core.drift.finding_id import field_place
from reconciler.core.drift.label import DriftLabel
from reconciler.core.drift.payment_problems import PaymentProblem
from reconciler.core.drift.severity import raised_severity
from reconciler.core.findings.finding import CLASS_SEVERITIES, ChangeAuthor, FindingClass, FindingKey, Sighting
from reconciler.core.findings.scope import LookScope
from reconciler.core.model.canonical import DigestKey, to_canonical
from reconciler.core.model.kinds import KINDS
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

LABEL_CLASSES: Final = {
    DriftLabel.DRIFTED: FindingClass.DRIFTED,
    DriftLabel.DIFFERS: FindingClass.DRIFTED,
    DriftLabel.CONFLICT: FindingClass.CONFLICT,
    DriftLabel.NOT_FOLLOWING: FindingClass.NOT_FOLLOWING,
}
"""Where nothing was applied yet, it is not known that the backend changed; it differs all the same."""
_PROBLEM_CLASSES: Final = {
    PaymentProblem.CREDENTIALS_REFUSED: FindingClass.CREDENTIALS_REFUSED,
    PaymentProblem.BUTTONS_HIDDEN: FindingClass.BUTTONS_HIDDEN,
}
"""利用設定 that was switched off is a finding of that field."""

OWNER_LABEL: Final = "owner"
_ALL_KINDS: Final = frozenset(kind.name for kind in KINDS)


@frozen
class SightingContext:
    """`key` is that of digests. `owner_of` is the owner of a manifest, by the name that people call the file. `journal`: runs are
    recorded here. `complete`: everything was checked.
    """

    fleet: str
    key: DigestKey | None = None
    owner_of: Callable[[str], str | None] = lambda _file: None
    left_closed: Collection[ShopKey] = ()
    journal: bool = False
    complete: bool = False


def shop_owner(shop: ShopDrift, owner_of: Callable[[str], str | None]) -> str | None:
    """The code owner of the manifest, else the label `owner`."""
    return owner_of(shop.origin.file) or shop.labels.get(OWNER_LABEL)


def sightings_of(drift: Drift, context: SightingContext) -> Iterator[Sighting]:
    for shop in drift.shops:
        if shop.entries or shop.problems or shop.missed_notifications or shop.shop in context.left_closed:
            owner = shop_owner(shop, context.owner_of)
            for entry in shop.entries:
                if entry.label in LABEL_CLASSES:
                    yield _of_entry(shop, entry, owner, context)
            for kind in _of_shop(shop, context):
                yield _whole(shop, kind, owner, context)
    yield from _foreign(drift, context)
    yield from _unmanaged(drift, context)


def _of_entry(shop: ShopDrift, entry: DriftEntry, owner: str | None, context: SightingContext) -> Sighting:
    severity = entry_severity(entry, shop.labels)
    assert severity is not None  # of a label with a class
    changed = entry.changed
    return Sighting(
        key=FindingKey(
            fleet=context.fleet, shop=shop.shop, field=field_place(entry.ref), kind=LABEL_CLASSES[entry.label]
        ),
        severity=severity,
        owner=owner,
        file=shop.origin.file,
        desired=to_canonical(entry.desired, context.key),
        observed=to_canonical(entry.observed, context.key),
        author=None
        if changed is None
        else ChangeAuthor(actor=changed.actor, actor_type=changed.actor_type, at=changed.at),
        labels=shop.labels,
        group=shop.group,
    )


def _of_shop(shop: ShopDrift, context: SightingContext) -> Iterator[FindingClass]:
    yield from (_PROBLEM_CLASSES[problem] for problem in shop.problems if problem in _PROBLEM_CLASSES)
    if shop.missed_notifications:
        yield FindingClass.SILENT_NOTIFICATIONS
    if shop.shop in context.left_closed:
        yield FindingClass.LEFT_CLOSED


def _whole(shop: ShopDrift, kind: FindingClass, owner: str | None, context: SightingContext) -> Sighting:
    return Sighting(
        key=FindingKey(fleet=context.fleet, shop=shop.shop, field="", kind=kind),
        severity=raised_severity(CLASS_SEVERITIES[kind], shop.labels),
        owner=owner,
        file=shop.origin.file,
        labels=shop.labels,
        group=shop.group,
    )


def _foreign(drift: Drift, context: SightingContext) -> Iterator[Sighting]:
    """One for each seller; its owner, labels and group are those of the first shop that has the seller."""
    shops = {shop.shop: shop for shop in drift.shops} if drift.foreign else {}
    for each in drift.foreign:
        shop = shops.get(each.shop)
        yield Sighting(
            key=FindingKey(fleet=context.fleet, shop=each.seller, field="", kind=FindingClass.FOREIGN_ENDPOINT),
            severity=CLASS_SEVERITIES[FindingClass.FOREIGN_ENDPOINT],
            owner=None if shop is None else shop_owner(shop, context.owner_of),
            file=None if shop is None else shop.origin.file,
            labels={} if shop is None else shop.labels,
            group=None if shop is None else shop.group,
            observed=to_canonical(each.urls, context.key),
        )


def _unmanaged(drift: Drift, context: SightingContext) -> Iterator[Sighting]:
    """A shop that never had a manifest is only counted."""
    for each in drift.unmanaged.shops if drift.unmanaged is not None else ():
        if each.applied is not None:
            yield Sighting(
                key=FindingKey(fleet=context.fleet, shop=each.shop, field="", kind=FindingClass.UNMANAGED),
                severity=CLASS_SEVERITIES[FindingClass.UNMANAGED],
            )


def scope_of(drift: Drift, context: SightingContext) -> LookScope:
    """With a manifest that cannot be read, the other shops are not all that are declared."""
    unread = frozenset(str(shop.shop) for shop in drift.shops_with_entries if shop.unread_kinds >= _ALL_KINDS)
    readable = not any(finding.blocking for finding in drift.findings)
    return LookScope(
        compared=frozenset(str(shop.shop) for shop in drift.shops) - unread,
        unread=unread,
        complete=context.complete and readable,
        uncompared=frozenset((shop.shop, place) for shop in drift.shops_with_entries for place in shop.uncompared),
        unread_kinds=frozenset(
            (shop.shop, kind)
            for shop in drift.shops_with_entries
            if shop.shop not in unread
            for kind in shop.unread_kinds
        ),
        sellers=drift.sellers,
        heard=frozenset(str(shop.shop) for shop in drift.shops if shop.notifications is not None) - unread,
        journal=context.journal,
        listed=drift.unmanaged is not None,
    )
