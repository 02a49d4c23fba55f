"""Alerts that were sent, wait, or were given up."""

from __future__ import annotations

from typing import Final

from reconciler.console.elements import ConsolePage, Element, FilterForm, GridCell, Section
from reconciler.console.parts.cells import plain_cell, shop_cell
from reconciler.console.parts.filters import choice_filter, filter_form
from reconciler.console.parts.grids import choices_of, older_pager, table_grid
from reconciler.console.visit import PageVisit
from reconciler.core.alerts.alert import AlertState
from reconciler.core.alerts.words import ALERT_STATES
from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.lists import AlertsOverview, AlertsQuery
from reconciler.core.results.table_result import NamedCell
from reconciler.views.html.elements import Tone

ALERT_PARTS: Final = frozenset({"state", "channel", "before"})
_TONES: Final[dict[str, Tone]] = {
    AlertState.QUEUED.value: "plain",
    AlertState.SENDING.value: "plain",
    AlertState.SENT.value: "good",
    AlertState.FAILED.value: "bad",
}


def alerts_query(visit: PageVisit) -> AlertsQuery:
    """Raises BadQueryError."""
    query = visit.query
    state = query.one_of("state", choices_of(AlertState))
    return AlertsQuery(state=state, channel=query.text("channel"), before=query.text("before"))


def alerts_page(found: AlertsOverview, _query: AlertsQuery, visit: PageVisit) -> ConsolePage:
    pager = older_pager(found.alerts, "before", visit)
    table = table_grid(found.alerts.table, msg("Alerts"), visit, {"state": _state, "shop": _shop})
    contents: tuple[Element, ...] = (_filter(found, visit), table, *pager)
    return ConsolePage(
        title=visit.say(msg("Alerts")), place="alerts", sections=(Section(name="alerts", title="", contents=contents),)
    )


def _state(cell: object, visit: PageVisit) -> GridCell:
    if not isinstance(cell, NamedCell):
        return plain_cell(str(cell))
    return GridCell(text=visit.say(cell.title), tone=_TONES.get(cell.key, ""))


def _shop(cell: object, _visit: PageVisit) -> GridCell:
    return shop_cell(str(cell))


def _filter(found: AlertsOverview, visit: PageVisit) -> FilterForm:
    channels = sorted({*found.channels, *filter(None, [visit.query.text("channel")])})
    fields = (
        choice_filter("state", msg("State"), [(each.value, ALERT_STATES[each]) for each in AlertState], visit),
        choice_filter("channel", msg("Channel"), [(each, each) for each in channels], visit),
    )
    return filter_form("/alerts", msg("Filter alerts"), fields, visit, place="before")
