"""Implements ports.overview.OverviewStore over one snapshot of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from reconciler.adapters.store.db.finding_tables import looks
from reconciler.adapters.store.db.heal_tables import watch_states
from reconciler.adapters.store.metrics.looked_shops import last_complete_look
from reconciler.adapters.store.metrics.totals import waiting_alerts
from reconciler.adapters.store.overview.drift_points import read_drift_points
from reconciler.adapters.store.overview.finding_figures import (
    read_finding_counts,
    read_findings_of,
    read_heal_figures,
)
from reconciler.adapters.store.overview.onboarding_rows import read_onboarding_rows
from reconciler.adapters.store.overview.reviewed_plans import read_reviewed_plans
from reconciler.adapters.store.overview.run_figures import (
    count_run_shops,
    read_closed_time,
    read_closure_days,
    read_closures,
    read_run_shops,
)
from reconciler.adapters.store.overview.shop_rows import read_shop_page, read_shop_row, read_state_counts
from reconciler.adapters.store.runs.leases import all_active_leases
from reconciler.adapters.store.runs.process_identity import this_process
from reconciler.core.findings.drift_metrics import WaitingAlerts
from reconciler.core.findings.finding import Finding
from reconciler.core.overview.closures import Closure, ClosureDay
from reconciler.core.overview.drift_trend import DriftPoint
from reconciler.core.overview.fleet_overview import HealFigures, LookLine
from reconciler.core.overview.onboarding_page import OnboardingQuery, OnboardingRows
from reconciler.core.overview.review_overview import ReviewLine
from reconciler.core.overview.shop_rows import ShopPage, ShopQuery, ShopRow
from reconciler.core.values import ShopKey
from reconciler.ports.leases import LeaseInfo
from reconciler.ports.overview.overview_store import FindingCounts, StateCounts

_MILLISECONDS: Final = 1000


class StoreOverview:
    """`now` is the time that all users of the store agree on."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def state_counts(self, fleet: str) -> StateCounts:
        return read_state_counts(self._connection, fleet)

    def shop_page(self, fleet: str, query: ShopQuery) -> ShopPage:
        return read_shop_page(self._connection, fleet, query)

    def shop_row(self, fleet: str, shop: ShopKey) -> ShopRow | None:
        return read_shop_row(self._connection, fleet, shop)

    def finding_counts(self, fleet: str) -> FindingCounts:
        return read_finding_counts(self._connection, fleet)

    def findings_of(self, fleet: str, shop: ShopKey, *, resolved: int) -> Sequence[Finding]:
        return read_findings_of(self._connection, fleet, shop, resolved)

    def onboarding_rows(self, fleet: str, query: OnboardingQuery) -> OnboardingRows:
        return read_onboarding_rows(self._connection, fleet, query)

    def drift_points(self, fleet: str, moments: Sequence[str]) -> Sequence[DriftPoint]:
        return read_drift_points(self._connection, fleet, moments)

    def looks(self, fleet: str, *, limit: int) -> Sequence[LookLine]:
        query = select(looks).where(looks.c.fleet == fleet).order_by(looks.c.number.desc()).limit(limit)
        return [
            LookLine(
                number=row.number,
                started=row.started,
                ended=row.ended,
                seconds=None if row.milliseconds is None else row.milliseconds / _MILLISECONDS,
                requests=row.requests or 0,
                complete=row.complete,
                shops=row.shops or 0,
                unread=row.unread or 0,
                events=row.events or 0,
            )
            for row in self._connection.execute(query)
        ]

    def last_complete_look(self, fleet: str) -> str | None:
        return last_complete_look(self._connection, fleet)

    def waiting_alerts(self, fleet: str) -> Mapping[str, WaitingAlerts]:
        return waiting_alerts(self._connection, fleet)

    def closure_days(self, since: datetime) -> Sequence[ClosureDay]:
        return read_closure_days(self._connection, since)

    def closures(
        self,
        *,
        since: datetime | None = None,
        run: str | None = None,
        shop: ShopKey | None = None,
        longest_first: bool = False,
        limit: int,
    ) -> Sequence[Closure]:
        return read_closures(
            self._connection, since=since, run=run, shop=shop, longest_first=longest_first, limit=limit
        )

    def closed_time(self, run: str) -> tuple[int, float]:
        return read_closed_time(self._connection, run)

    def heal_figures(self, fleet: str, since: str) -> HealFigures:
        return read_heal_figures(self._connection, fleet, since)

    def watch_states(self, fleet: str) -> Mapping[str, tuple[str, str]]:
        found = self._connection.execute(select(watch_states).where(watch_states.c.fleet == fleet))
        return {row.name: (row.value, row.at) for row in found}

    def lease_of(self, shop: ShopKey) -> LeaseInfo | None:
        held = all_active_leases(self._connection, self._now, this_process())
        return next((lease for lease in held if lease.shop == shop), None)

    def reviewed_plans(self, fleet: str, *, limit: int) -> Sequence[ReviewLine]:
        return read_reviewed_plans(self._connection, fleet, limit)

    def run_shops(self, run: str, *, page: int) -> Sequence[ShopKey]:
        return read_run_shops(self._connection, run, page)

    def count_run_shops(self, run: str) -> int:
        return count_run_shops(self._connection, run)
