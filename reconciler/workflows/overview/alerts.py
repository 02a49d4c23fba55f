"""The alerts that were sent, wait, or were given up: the list of `alerts list` in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.alerts.alert import AlertState
from reconciler.core.overview.lists import AlertsOverview, AlertsQuery
from reconciler.core.overview.table_page import TablePage
from reconciler.workflows.alerts.stored import AlertListRequest, alert_page
from reconciler.workflows.overview.fleet import name_fleet

if TYPE_CHECKING:
    from reconciler.ports.overview.overview_store import OverviewStores
    from reconciler.workflows.session import Session

PAGE = 50


def alerts_overview(session: Session, stores: OverviewStores, query: AlertsQuery) -> AlertsOverview:
    """An unknown state matches nothing. Raises SetupError, also for an unknown `before`."""
    state = next((each for each in AlertState if each.value == query.state), None)
    request = AlertListRequest(state=state, channel=query.channel, before=query.before, limit=PAGE)
    table, older = alert_page(session, request)
    with stores.open() as store:
        channels = () if store is None else sorted(store.waiting_alerts(session.target.fleet_name))
    return AlertsOverview(
        name=name_fleet(session), alerts=TablePage(table=table, older=older), channels=tuple(channels)
    )
