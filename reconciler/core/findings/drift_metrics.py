"""The state of drift in numbers, at one moment: what is open and how old it is, how long ago each shop was compared.

In: stored findings, looks and totals, and the time. Out: `DriftMetrics`, without the name of any shop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from itertools import accumulate
from typing import Final

from reconciler.core.findings.finding import Finding, FindingClass, FindingState
from reconciler.core.findings.metric_totals import Increments
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import seconds_between

QUANTILES: Final = (0.5, 0.9, 1.0)

FindingCounts = Mapping[tuple[FindingSeverity, FindingClass], int]


@frozen
class WaitingAlerts:
    """How many alerts of one channel wait to be sent, and how many were given up."""

    queued: int
    failed: int


@frozen
class StoredMetrics:
    """What the store knows beside the findings. `compared` counts shops by the time when they were last compared, oldest first;
    `unread` are those that the last look at them could not compare.
    """

    totals: Increments = field(default_factory=dict)
    last_look: str | None = None
    last_complete_look: str | None = None
    compared: Sequence[tuple[str, int]] = ()
    unread: int = 0
    alerts: Mapping[str, WaitingAlerts] = field(default_factory=dict)


@frozen
class DriftMetrics:
    """`shop_ages` by quantile; empty where no shop was compared. `finding_ages` are those of `unsettled` ones, in seconds."""

    fleet: str
    stored: StoredMetrics
    unsettled: FindingCounts
    accepted: FindingCounts
    finding_ages: Mapping[FindingSeverity, Sequence[float]]
    drifted_shops: int
    shops: int
    shop_ages: Mapping[float, float]
    shop_age_sum: float


def measure_drift(fleet: str, findings: Iterable[Finding], stored: StoredMetrics, now: str) -> DriftMetrics:
    """`findings` are those that are not resolved."""
    unsettled, accepted = (
        Counter[tuple[FindingSeverity, FindingClass]](),
        Counter[tuple[FindingSeverity, FindingClass]](),
    )
    ages: dict[FindingSeverity, list[float]] = {severity: [] for severity in FindingSeverity}
    shops = set()
    for finding in findings:
        counted = (finding.severity, finding.key.kind)
        if finding.unsettled:
            unsettled[counted] += 1
            ages[finding.severity].append(max(0.0, seconds_between(finding.opened, now)))
            if finding.key.kind is not FindingClass.FOREIGN_ENDPOINT:
                shops.add(finding.key.shop)
        elif finding.present and finding.state is FindingState.ACCEPTED:
            accepted[counted] += 1
    return DriftMetrics(
        fleet=fleet,
        stored=stored,
        unsettled=unsettled,
        accepted=accepted,
        finding_ages=ages,
        drifted_shops=len(shops),
        shops=sum(count for _, count in stored.compared),
        shop_ages=_quantiles(stored.compared, now),
        shop_age_sum=sum(count * max(0.0, seconds_between(at, now)) for at, count in stored.compared),
    )


def _quantiles(compared: Sequence[tuple[str, int]], now: str) -> Mapping[float, float]:
    """By nearest rank: the age that so many of the shops do not exceed."""
    youngest_first = sorted(compared, reverse=True)
    reached = list(accumulate(count for _, count in youngest_first))
    if not reached:
        return {}
    found = {}
    for quantile in QUANTILES:
        at = next(
            at for (at, _), number in zip(youngest_first, reached, strict=True) if number >= quantile * reached[-1]
        )
        found[quantile] = max(0.0, seconds_between(at, now))
    return found
