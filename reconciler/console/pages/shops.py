"""All shops: filtered, sorted, in pages."""

from __future__ import annotations

from typing import Final

from reconciler.console.elements import (
    ConsolePage,
    FilterForm,
    Grid,
    GridCell,
    GridColumn,
    Order,
    Section,
)
from reconciler.console.parts.cells import (
    moment_cell,
    plain_cell,
    severity_grid_cell,
    shop_cell,
    shop_state_cell,
)
from reconciler.console.parts.filters import choice_filter, filter_form, text_filter
from reconciler.console.parts.grids import choices_of, numbered_pager
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.words import SEVERITY_NAMES
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.fleet_overview import FleetOverview
from reconciler.core.overview.shop_rows import PAGE_SIZE, ShopOrder, ShopQuery, ShopRow, ShopState
from reconciler.core.overview.words import SHOP_STATE_WORDS

SHOP_PARTS: Final = frozenset({"state", "severity", "owner", "words", "order", "reverse", "page"})
_COLUMNS: Final[tuple[tuple[Message, ShopOrder | None], ...]] = (
    (msg("Shop"), ShopOrder.SHOP),
    (msg("State"), ShopOrder.STATE),
    (msg("Severity"), ShopOrder.SEVERITY),
    (msg("Findings"), ShopOrder.FINDINGS),
    (msg("Accepted"), None),
    (msg("Last compared"), ShopOrder.COMPARED),
    (msg("Responsible"), ShopOrder.OWNER),
)
_NUMBERS: Final = frozenset({3, 4})
_DESCENDING: Final = frozenset({ShopOrder.SEVERITY, ShopOrder.FINDINGS})
"""Orders that start with the largest."""
NONE_COMPARED: Final = msg("No shop was compared yet. Run `reconciler drift`, or start `reconciler watch`.")


def shops_query(visit: PageVisit) -> ShopQuery:
    """Raises BadQueryError."""
    query = visit.query
    state = query.one_of("state", choices_of(ShopState))
    severities = [each.name.lower() for each in FindingSeverity]
    severity = query.one_of("severity", severities)
    order = query.one_of("order", choices_of(ShopOrder))
    return ShopQuery(
        state=None if state is None else ShopState(state),
        severity=None if severity is None else FindingSeverity[severity.upper()],
        owner=query.text("owner"),
        words=query.text("words") or "",
        order=ShopOrder.SEVERITY if order is None else ShopOrder(order),
        reverse=query.one_of("reverse", ("yes",)) is not None,
        page=query.number("page", 1),
    )


def shops_page(fleet: FleetOverview, query: ShopQuery, visit: PageVisit) -> ConsolePage:
    found = fleet.page
    table = shops_grid(found.rows, msg("Shops"), visit, query, empty=NONE_COMPARED if not fleet.shops else _NO_MATCH)
    pager = numbered_pager(found.page, found.pages, found.total, PAGE_SIZE, visit)
    return ConsolePage(
        title=visit.plural("{count} shop", "{count} shops", found.total),
        place="shops",
        sections=(Section(name="shops", title="", contents=(_filter(fleet, visit), *pager, table, *pager[:1])),),
    )


_NO_MATCH: Final = msg("No shop matches this filter.")


def shops_grid(
    rows: tuple[ShopRow, ...], caption: Message, visit: PageVisit, query: ShopQuery | None = None, *, empty: Message
) -> Grid:
    """`query`: the columns are links that sort."""
    columns = tuple(
        GridColumn(
            title=visit.say(title),
            number=at in _NUMBERS,
            sort="" if query is None or order is None else _sorted_by(order, query, visit),
            order="" if query is None or order is not query.order else _direction(query),
        )
        for at, (title, order) in enumerate(_COLUMNS)
    )
    return Grid(
        caption=visit.say(caption),
        columns=columns,
        rows=tuple(_row(each, visit) for each in rows),
        empty=visit.say(empty),
    )


def _row(row: ShopRow, visit: PageVisit) -> tuple[GridCell, ...]:
    state = shop_state_cell(row.state, visit)
    if row.unread is not None:
        state = GridCell(text=state.text, tone=state.tone, note=f"`{row.unread}`")
    return (
        shop_cell(row.shop),
        state,
        severity_grid_cell(row.severity, visit),
        plain_cell(row.findings or None),
        plain_cell(row.accepted or None),
        moment_cell(row.compared, visit, age=True),
        plain_cell(row.owner),
    )


def _sorted_by(order: ShopOrder, query: ShopQuery, visit: PageVisit) -> str:
    """The other direction where it is sorted by it already."""
    turned = order is query.order and not query.reverse
    named = None if order is ShopOrder.SEVERITY else order.value
    return visit.here(order=named, reverse="yes" if turned else None, page=None)


def _direction(query: ShopQuery) -> Order:
    descending = (query.order in _DESCENDING) is not query.reverse
    return "descending" if descending else "ascending"


def _filter(fleet: FleetOverview, visit: PageVisit) -> FilterForm:
    severities = [
        (each.name.lower(), msg("{severity} or worse", severity=SEVERITY_NAMES[each]))
        for each in sorted(FindingSeverity, reverse=True)
    ]
    owners = sorted({*fleet.owners, *filter(None, [visit.query.text("owner")])})
    fields = (
        text_filter("words", msg("Shop key contains"), visit),
        choice_filter("state", msg("State"), [(each.value, SHOP_STATE_WORDS[each]) for each in ShopState], visit),
        choice_filter("severity", msg("Severity"), severities, visit),
        choice_filter("owner", msg("Responsible"), [(each, each) for each in owners], visit),
    )
    kept = ("order", "reverse", "refresh")
    return filter_form("/shops", msg("Filter shops"), fields, visit, place="page", kept=kept)
