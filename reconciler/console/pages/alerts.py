"""Alerts that were sent, wait, or were given up."""

from __future__ import annotations

from typing import Final

from reconciler.console.elements import Choice, ConsolePage, Element, FilterField, FilterForm, GridCell, Section
from reconciler.console.parts.cells import plain_cell, shop_cell
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
    query = visit.query
    any_of = Choice(value="", label=visit.say(msg("any")))
    states = tuple(Choice(value=each.value, label=visit.say(ALERT_STATES[each])) for each in AlertState)
    channel = query.text("channel") or ""
    channels = tuple(Choice(value=each, label=each) for each in sorted({*found.channels, *filter(None, [channel])}))
    fields = (
        FilterField(
            name="state", label=visit.say(msg("State")), value=query.text("state") or "", choices=(any_of, *states)
        ),
        FilterField(name="channel", label=visit.say(msg("Channel")), value=channel, choices=(any_of, *channels)),
    )
    filtered = any(query.text(each.name) for each in fields)
    return FilterForm(
        action="/alerts",
        fields=fields,
        submit=visit.say(msg("Filter")),
        label=visit.say(msg("Filter alerts")),
        kept=tuple((name, value) for name in ("refresh",) if (value := query.text(name))),
        reset=visit.here(state=None, channel=None, before=None) if filtered else "",
        reset_label=visit.say(msg("Show all")),
    )
