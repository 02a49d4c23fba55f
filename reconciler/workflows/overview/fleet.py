"""The first page: the fleet in figures, and a page of its shops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from reconciler.core.overview.closures import ClosureDay, ClosureFigures
from reconciler.core.overview.drift_trend import DriftPoint, DriftTrend
from reconciler.core.overview.fleet_overview import FleetName, FleetOverview, HealFigures, WatcherStatus
from reconciler.core.overview.heal_lines import HealLine
from reconciler.core.overview.shop_rows import ShopState
from reconciler.lib.utc import format_utc
from reconciler.workflows.watch.leading import watch_duty

if TYPE_CHECKING:
    from reconciler.core.overview.shop_rows import ShopQuery
    from reconciler.core.values import ShopKey
    from reconciler.ports.findings.heals import StoredHeal
    from reconciler.ports.overview.overview_store import OverviewStore, OverviewStores
    from reconciler.workflows.session import Session

DAYS: Final = 30
_DAY: Final = timedelta(days=1)
_LOOKS: Final = 10
_CLOSURES: Final = 10
_HEALS: Final = 10


def name_fleet(session: Session) -> FleetName:
    target = session.target
    return FleetName(fleet=target.fleet_name, environment=target.environment, now=format_utc(session.clock.now()))


def fleet_overview(session: Session, stores: OverviewStores, query: ShopQuery) -> FleetOverview:
    """Raises SetupError where the store cannot be read."""
    now = session.clock.now()
    since = format_utc(now - DAYS * _DAY)
    with stores.open() as store:
        if store is None:
            nothing = ClosureFigures(since=since, days=_days(_first_day(now), now, ()))
            return FleetOverview(
                name=name_fleet(session), recorded=False, closures=nothing, heals=HealFigures(since=since)
            )
        overview = _recorded(session, store, query, now)
    return replace(
        overview,
        closures=replace(overview.closures, still_closed=_still_closed(session)),
        heals=replace(overview.heals, latest=latest_heals(session, limit=_HEALS)),
    )


def _recorded(session: Session, store: OverviewStore, query: ShopQuery, now: datetime) -> FleetOverview:
    fleet = session.target.fleet_name
    shops, findings = store.state_counts(fleet), store.finding_counts(fleet)
    earlier = store.drift_points(fleet, _earlier_moments(now))
    drifted = shops.states.get(ShopState.DRIFTED, 0)
    present = DriftPoint(at=format_utc(now), open=findings.unsettled, shops=drifted)
    return FleetOverview(
        name=name_fleet(session),
        states=shops.states,
        unsettled=findings.unsettled,
        accepted=findings.accepted,
        classes=findings.classes,
        owners=findings.owners,
        trend=DriftTrend(points=(*earlier, present), step=int(_DAY.total_seconds())),
        closures=_closures(store, now),
        looks=tuple(store.looks(fleet, limit=_LOOKS)),
        last_complete_look=store.last_complete_look(fleet),
        oldest_comparison=shops.oldest,
        alerts=store.waiting_alerts(fleet),
        heals=store.heal_figures(fleet, format_utc(now - DAYS * _DAY)),
        watcher=_watcher(store, fleet),
        page=store.shop_page(fleet, query),
    )


def _watcher(store: OverviewStore, fleet: str) -> WatcherStatus:
    states, held = store.watch_states(fleet), store.lease_of(watch_duty(fleet))
    if held is None:
        return WatcherStatus(states=states)
    return WatcherStatus(
        leader=held.owner, since=format_utc(held.taken), expires=format_utc(held.expires), states=states
    )


def _earlier_moments(now: datetime) -> Sequence[str]:
    """The same time of each day before."""
    return [format_utc(now - days * _DAY) for days in range(DAYS, 0, -1)]


def _first_day(now: datetime) -> datetime:
    return (now - (DAYS - 1) * _DAY).replace(hour=0, minute=0, second=0, microsecond=0)


def _closures(store: OverviewStore, now: datetime) -> ClosureFigures:
    since = _first_day(now)
    longest = store.closures(since=since, longest_first=True, limit=1)
    return ClosureFigures(
        since=format_utc(since),
        days=_days(since, now, store.closure_days(since)),
        latest=tuple(store.closures(since=since, limit=_CLOSURES)),
        longest=longest[0] if longest else None,
    )


def _days(first: datetime, last: datetime, found: Sequence[ClosureDay]) -> tuple[ClosureDay, ...]:
    """All of them, also those without a closure."""
    by_day: Mapping[str, ClosureDay] = {day.day: day for day in found}
    names = [(first + number * _DAY).date().isoformat() for number in range((last - first).days + 1)]
    return tuple(by_day.get(name, ClosureDay(day=name)) for name in names)


def _still_closed(session: Session) -> tuple[ShopKey, ...]:
    with session.store.history() as history:
        unfinished = () if history is None else history.unfinished()
    return tuple(sorted({left.shop for left in unfinished if left.closed}))


def latest_heals(session: Session, *, limit: int, shop: ShopKey | None = None) -> tuple[HealLine, ...]:
    """Newest first."""
    with session.heals.open(create=False) as store:
        found = () if store is None else store.latest_heals(session.target.fleet_name, limit=limit, shop=shop)
    return tuple(map(_heal_line, found))


def _heal_line(stored: StoredHeal) -> HealLine:
    healed, heal = stored.healed, stored.heal
    return HealLine(
        at=heal.at,
        shop=healed.shop,
        field=healed.field,
        finding=healed.finding,
        rule=healed.rule,
        outcome=heal.outcome,
        actor=heal.actor,
        run=stored.run,
    )
