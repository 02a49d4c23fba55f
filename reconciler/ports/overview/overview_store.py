"""The store as pages see it: aggregates and single pages of long lists, none of which reads the whole store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from reconciler.core.findings.drift_metrics import WaitingAlerts
from reconciler.core.findings.finding import Finding, FindingClass
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.closures import Closure, ClosureDay
from reconciler.core.overview.drift_trend import DriftPoint
from reconciler.core.overview.fleet_overview import HealFigures, LookLine
from reconciler.core.overview.onboarding_page import OnboardingQuery, OnboardingRows
from reconciler.core.overview.review_overview import ReviewLine
from reconciler.core.overview.shop_rows import ShopPage, ShopQuery, ShopRow, ShopState
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from reconciler.ports.leases import LeaseInfo


@frozen
class StateCounts:
    """Shops by state, and when the one was compared that was compared longest ago."""

    states: Mapping[ShopState, int] = field(default_factory=dict)
    oldest: str | None = None


@frozen
class FindingCounts:
    """Findings that are present: those unsettled and accepted by severity, those unsettled by class, and all their owners."""

    unsettled: Mapping[FindingSeverity, int] = field(default_factory=dict)
    accepted: Mapping[FindingSeverity, int] = field(default_factory=dict)
    classes: Mapping[FindingClass, int] = field(default_factory=dict)
    owners: tuple[str, ...] = ()


class OverviewStore(Protocol):
    """One snapshot, for reading only. All methods raise SetupError. A fleet does not see another one's findings; runs and
    their closures are those of the whole store.
    """

    def state_counts(self, fleet: str) -> StateCounts: ...

    def shop_page(self, fleet: str, query: ShopQuery) -> ShopPage: ...

    def shop_row(self, fleet: str, shop: ShopKey) -> ShopRow | None:
        """None where no look has tried to compare the shop, and no finding is about it."""
        ...

    def finding_counts(self, fleet: str) -> FindingCounts: ...

    def findings_of(self, fleet: str, shop: ShopKey, *, resolved: int) -> Sequence[Finding]:
        """Those that are not resolved, the most severe first, then the latest `resolved` ones that are."""
        ...

    def onboarding_rows(self, fleet: str, query: OnboardingQuery) -> OnboardingRows:
        """Of the last onboarding status."""
        ...

    def drift_points(self, fleet: str, moments: Sequence[str]) -> Sequence[DriftPoint]:
        """One for each moment. `moments` are in their order."""
        ...

    def looks(self, fleet: str, *, limit: int) -> Sequence[LookLine]:
        """Newest first."""
        ...

    def last_complete_look(self, fleet: str) -> str | None: ...

    def waiting_alerts(self, fleet: str) -> Mapping[str, WaitingAlerts]:
        """By channel."""
        ...

    def closure_days(self, since: datetime) -> Sequence[ClosureDay]:
        """The days on which closures ended, oldest first."""
        ...

    def closures(
        self,
        *,
        since: datetime | None = None,
        run: str | None = None,
        shop: ShopKey | None = None,
        longest_first: bool = False,
        limit: int,
    ) -> Sequence[Closure]:
        """Newest first, if not the longest."""
        ...

    def closed_time(self, run: str) -> tuple[int, float]:
        """How many closures of the run ended, and the seconds of all."""
        ...

    def heal_figures(self, fleet: str, since: str) -> HealFigures:
        """Without the latest heals."""
        ...

    def watch_states(self, fleet: str) -> Mapping[str, tuple[str, str]]:
        """What a watcher keeps: name → (value, time)."""
        ...

    def lease_of(self, shop: ShopKey) -> LeaseInfo | None:
        """Of a shop, or of a duty. None where no process holds it now."""
        ...

    def reviewed_plans(self, fleet: str, *, limit: int) -> Sequence[ReviewLine]:
        """The latest of each pull request, newest first."""
        ...

    def run_shops(self, run: str, *, page: int) -> Sequence[ShopKey]:
        """A page of the shops that the run started or refused: those in which something went wrong first, then by shop."""
        ...

    def count_run_shops(self, run: str) -> int: ...


class OverviewStores(Protocol):
    def open(self) -> AbstractContextManager[OverviewStore | None]:
        """None where nothing was ever stored: looking makes no store. Raises SetupError."""
        ...
