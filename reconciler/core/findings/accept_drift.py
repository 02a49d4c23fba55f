"""A drift check with what is accepted: such a difference is shown and counts no more.

In: a drift, the acceptances and the time. Out: the same drift, each covered entry with the last day of its acceptance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift, most_severe_entries_first, most_severe_first
from reconciler.core.drift.finding_id import field_place
from reconciler.core.drift.payment_problems import PaymentProblem
from reconciler.core.findings.acceptance import Acceptance
from reconciler.core.findings.sightings import LABEL_CLASSES
from reconciler.core.model.canonical import to_canonical
from reconciler.core.planning.cascade import ENABLED_FIELD


def accept_drift(drift: Drift, acceptances: Iterable[Acceptance], at: str) -> Drift:
    by_shop: dict[str, list[Acceptance]] = {}
    for each in acceptances:
        by_shop.setdefault(each.shop, []).append(each)
    if not by_shop:
        return drift
    return replace(drift, shops=most_severe_first(_accepted(shop, by_shop, at) for shop in drift.shops))


def _accepted(shop: ShopDrift, by_shop: Mapping[str, Sequence[Acceptance]], at: str) -> ShopDrift:
    """That 利用設定 was switched off is no problem where that is accepted."""
    if not shop.entries or shop.shop not in by_shop:
        return shop
    entries = [_with_acceptance(entry, by_shop[shop.shop], at) for entry in shop.entries]
    marked = replace(shop, entries=most_severe_entries_first(entries, shop.labels))
    if not any(entry.ref == ENABLED_FIELD and entry.accepted_until is not None for entry in entries):
        return marked
    return replace(
        marked,
        problems=tuple(problem for problem in marked.problems if problem is not PaymentProblem.SWITCHED_OFF),
        findings=tuple(each for each in marked.findings if each.code is not codes.SWITCHED_OFF),
    )


def _with_acceptance(entry: DriftEntry, acceptances: Sequence[Acceptance], at: str) -> DriftEntry:
    if entry.label not in LABEL_CLASSES:
        return entry
    place, observed = field_place(entry.ref), to_canonical(entry.observed)
    until = next((each.until for each in acceptances if each.field == place and each.covers(observed, at)), None)
    return replace(entry, accepted_until=until)
