"""What the sidecar received from Amazon: counts, notifications with their verdicts, rejected messages, mails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.console.elements import ConsolePage, FilterForm, Grid, GridCell, Section
from reconciler.console.http.query import page_address
from reconciler.console.pages.runs import shop_named
from reconciler.console.parts.cells import plain_cell, shop_cell
from reconciler.console.parts.filters import choice_filter, filter_form, text_filter
from reconciler.console.parts.grids import CellMaker, older_pager, page_section, table_grid
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.overview.lists import InboxOverview, InboxQuery
from reconciler.core.overview.table_page import TablePage
from reconciler.core.results.table_result import NamedCell, TableResult
from reconciler.views.html.elements import Sentences, Tone

INBOX_PARTS: Final = frozenset({"shop", "status", "words", "before", "refused-before", "mails-before"})
INBOX_STATUS_WORDS: Final[dict[str, Message]] = {
    "waiting": msg("waiting"),
    "parked": msg("parked"),
    "done": msg("processed"),
    "sample": msg("test notification"),
    "unused": msg("not used"),
}
_TONES: Final[dict[str, Tone]] = {
    "waiting": "plain",
    "parked": "warn",
    "done": "good",
    "sample": "quiet",
    "unused": "quiet",
}


def inbox_query(visit: PageVisit) -> InboxQuery:
    """Raises BadQueryError."""
    query = visit.query
    shop = query.text("shop")

    def number(name: str) -> int | None:
        return None if query.text(name) is None else query.number(name, 0, most=10**15)

    return InboxQuery(
        shop=None if shop is None else str(shop_named(shop)),
        status=query.one_of("status", tuple(INBOX_STATUS_WORDS)),
        words=query.text("words"),
        before=number("before"),
        refused_before=number("refused-before"),
        mails_before=number("mails-before"),
    )


def inbox_page(found: InboxOverview, query: InboxQuery, visit: PageVisit) -> ConsolePage:
    sections = tuple(each for each in _sections(found, visit) if each.contents)
    nothing = msg("No sidecar of this fleet stored anything. `reconciler serve ipn` starts one.")
    empty = Section(name="nothing", title="", contents=(Sentences(texts=(visit.say(nothing),)),))
    filtered = query.shop is not None or query.status is not None or query.words is not None
    return ConsolePage(
        title=visit.say(msg("Inbox: notifications that match") if filtered else msg("Inbox")),
        place="inbox",
        sections=sections if found.messages is not None else (empty,),
    )


def _sections(found: InboxOverview, visit: PageVisit) -> Iterator[Section]:
    if found.messages is None:
        return
    yield page_section("messages", msg("Notifications from Amazon"), _messages(found.messages, visit), visit)
    if found.refused is not None:
        refused = table_grid(found.refused.table, msg("Rejected messages"), visit, {"shop": _shop})
        yield page_section(
            "refused", msg("Rejected messages"), (refused, *older_pager(found.refused, "refused-before", visit)), visit
        )
    if found.mails is not None:
        mails = table_grid(found.mails.table, msg("Mails about failed payments"), visit, {"shop": _shop})
        yield page_section(
            "mails",
            msg("Mails about failed payments"),
            (mails, *older_pager(found.mails, "mails-before", visit)),
            visit,
        )
    if found.counts is not None:
        yield page_section("counts", msg("Counts"), (table_grid(found.counts, msg("Counts"), visit),), visit)


def _messages(page: TablePage, visit: PageVisit) -> Iterator[FilterForm | Grid | Sentences]:
    yield _filter(visit)
    yield notification_grid(page.table, msg("Notifications from Amazon"), visit)
    yield from older_pager(page, "before", visit)  # type: ignore[misc]


def notification_grid(table: TableResult, caption: Message, visit: PageVisit) -> Grid:
    """Each number leads to its notification."""
    return table_grid(table, caption, visit, NOTIFICATION_CELLS)


def _number(cell: object, _visit: PageVisit) -> GridCell:
    return GridCell(text=str(cell), href=page_address(("inbox", str(cell))))


def _shop(cell: object, _visit: PageVisit) -> GridCell:
    return shop_cell(str(cell))


def _status(cell: object, visit: PageVisit) -> GridCell:
    if not isinstance(cell, NamedCell):
        return plain_cell(str(cell))
    return GridCell(text=visit.say(cell.title), tone=_TONES.get(cell.key, ""))


NOTIFICATION_CELLS: Final[dict[str, CellMaker]] = {
    "number": _number,
    "shop": _shop,
    "status": _status,
    "standing": _status,
}


def _filter(visit: PageVisit) -> FilterForm:
    fields = (
        text_filter("words", msg("Id, reference or order number"), visit),
        text_filter("shop", msg("Shop key"), visit),
        choice_filter("status", msg("Status"), INBOX_STATUS_WORDS.items(), visit),
    )
    return filter_form("/inbox", msg("Filter notifications"), fields, visit, place="before")
