"""The first page: a fleet in figures, and its table of shops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from reconciler.core.findings.drift_metrics import WaitingAlerts
from reconciler.core.findings.finding import FindingClass
from reconciler.core.healing.record import HealOutcome
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.closures import ClosureFigures
from reconciler.core.overview.drift_trend import DriftTrend
from reconciler.core.overview.heal_lines import HealLine
from reconciler.core.overview.shop_rows import ShopPage, ShopState
from reconciler.lib.frozen_class import frozen


@frozen
class FleetName:
    """`now` is when the page was made."""

    fleet: str
    environment: str
    now: str


@frozen
class LookLine:
    """A recorded look. `ended` is None for one that was killed or is still running; then nothing else is known of it."""

    number: int
    started: str
    ended: str | None = None
    seconds: float | None = None
    requests: int = 0
    complete: bool = False
    shops: int = 0
    unread: int = 0
    events: int = 0


@frozen
class HealFigures:
    """Heals since `since` by outcome, fights that were reported since then, plans that wait for a person, the latest heals."""

    since: str
    heals: Mapping[HealOutcome, int] = field(default_factory=dict)
    fights: int = 0
    proposals: int = 0
    latest: tuple[HealLine, ...] = ()


@frozen
class WatcherStatus:
    """`leader` is the process that watches, None: none does. `states` is what it recorded of itself: name → (value, time)."""

    leader: str | None = None
    since: str | None = None
    expires: str | None = None
    states: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@frozen
class FleetOverview:
    """`states` counts all shops, each once. `unsettled` and `accepted` count findings; `classes` those unsettled by their
    class. `owners` are all owners of unsettled and accepted findings, for the filter. `looks` newest first. `recorded` is
    False where nothing was ever recorded.
    """

    name: FleetName
    recorded: bool = True
    states: Mapping[ShopState, int] = field(default_factory=dict)
    unsettled: Mapping[FindingSeverity, int] = field(default_factory=dict)
    accepted: Mapping[FindingSeverity, int] = field(default_factory=dict)
    classes: Mapping[FindingClass, int] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    trend: DriftTrend = field(default_factory=DriftTrend)
    closures: ClosureFigures
    looks: tuple[LookLine, ...] = ()
    last_complete_look: str | None = None
    oldest_comparison: str | None = None
    alerts: Mapping[str, WaitingAlerts] = field(default_factory=dict)
    heals: HealFigures
    watcher: WatcherStatus = field(default_factory=WatcherStatus)
    page: ShopPage = field(default_factory=ShopPage)

    @property
    def shops(self) -> int:
        return sum(self.states.values())

    @property
    def findings(self) -> int:
        return sum(self.unsettled.values())
