"""The sidecar's inbox on pages: the lists of `ipn`, without the addresses of mails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.core.overview.lists import InboxOverview, NotificationOverview
from reconciler.core.overview.table_page import TablePage
from reconciler.core.results.table_result import TableResult
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import MessageStatus

if TYPE_CHECKING:
    from reconciler.core.overview.fleet_overview import FleetName
    from reconciler.core.overview.lists import InboxQuery
    from reconciler.ports.inbox_admin import InboxAccess

PAGE: Final = 50
_OF_A_SHOP: Final = 10
_ADDRESSES: Final = frozenset({"to"})


async def inbox_overview(inbox: InboxAccess, name: FleetName, query: InboxQuery) -> InboxOverview:
    """An unknown status or shop matches nothing. Raises SetupError, InboxUnavailable."""
    from reconciler.ipn.admin import count_messages
    from reconciler.ipn.mail_admin import MailListRequest, list_mails
    from reconciler.ipn.refused import RefusedRequest, list_refused

    shop, more = _shop(query.shop), PAGE + 1
    refused = await list_refused(inbox, RefusedRequest(shop=shop, before=query.refused_before, limit=more))
    mails = await list_mails(inbox, MailListRequest(shop=shop, before=query.mails_before, limit=more))
    return InboxOverview(
        name=name,
        counts=await count_messages(inbox),
        messages=await _messages(inbox, query, shop),
        refused=_page(refused),
        mails=_page(_without(mails, _ADDRESSES)),
    )


async def _messages(inbox: InboxAccess, query: InboxQuery, shop: ShopKey | None) -> TablePage:
    from reconciler.ipn.admin import ListRequest, list_messages

    status = query.status if query.status in frozenset(MessageStatus) else None
    request = ListRequest(shop=shop, status=status, words=query.words or None, before=query.before, limit=PAGE + 1)
    return _page(await list_messages(inbox, request))


async def shop_notifications(inbox: InboxAccess, shop: str) -> TablePage:
    """The latest of one shop. Raises SetupError, InboxUnavailable."""
    from reconciler.ipn.admin import ListRequest, list_messages

    table = await list_messages(inbox, ListRequest(shop=ShopKey(shop), limit=_OF_A_SHOP))
    return TablePage(table=replace(table, notices=()))


async def notification_overview(inbox: InboxAccess, name: FleetName, number: int) -> NotificationOverview | None:
    """None where there is no such notification. Raises SetupError, InboxUnavailable."""
    from reconciler.ipn.admin import show_notification

    shown = await show_notification(inbox, number)
    return NotificationOverview(name=name, number=number, table=shown) if isinstance(shown, TableResult) else None


def _shop(text: str | None) -> ShopKey | None:
    try:
        return None if text is None else ShopKey(text)
    except ValueError:
        return None


def _page(table: TableResult) -> TablePage:
    """`table` has one row more than a page where there are older ones. Its notices name commands that show the next page."""
    shown = table.rows[:PAGE]
    older = str(shown[-1][0]) if len(table.rows) > PAGE else None
    return TablePage(table=replace(table, rows=shown, notices=()), older=older)


def _without(table: TableResult, names: frozenset[str]) -> TableResult:
    kept = [number for number, (key, _) in enumerate(table.columns) if key not in names]
    return replace(
        table,
        columns=tuple(table.columns[number] for number in kept),
        rows=tuple(tuple(row[number] for number in kept) for row in table.rows),
    )
