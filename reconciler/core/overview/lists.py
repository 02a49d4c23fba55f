"""Pages that show one list or a few: the sidecar's inbox, one notification, alerts."""

from __future__ import annotations

from reconciler.core.overview.fleet_overview import FleetName
from reconciler.core.overview.table_page import TablePage
from reconciler.core.results.table_result import TableResult
from reconciler.lib.frozen_class import frozen


@frozen
class InboxQuery:
    """All that is given must hold. `status` is `waiting`, `parked`, `done`, `sample` or `unused`; `words` an id, a reference
    or an order number. `before`, `refused_before` and `mails_before` are numbers, for the next page of each list.
    """

    shop: str | None = None
    status: str | None = None
    words: str | None = None
    before: int | None = None
    refused_before: int | None = None
    mails_before: int | None = None


@frozen
class InboxOverview:
    """`counts` are those of `ipn stats`; `messages`, `refused` and `mails` the lists of `ipn list`, `ipn refused` and `ipn
    mails`, without addresses. All None where nothing was ever received.
    """

    name: FleetName
    counts: TableResult | None = None
    messages: TablePage | None = None
    refused: TablePage | None = None
    mails: TablePage | None = None


@frozen
class NotificationOverview:
    """`table` is that of `ipn show`: one row, people see it as a list of fields."""

    name: FleetName
    number: int
    table: TableResult


@frozen
class AlertsQuery:
    """`state` is `queued`, `sending`, `sent` or `failed`; `before` the id of an alert: older ones are listed."""

    state: str | None = None
    channel: str | None = None
    before: str | None = None


@frozen
class AlertsOverview:
    """`channels` are those that have alerts, for the filter."""

    name: FleetName
    alerts: TablePage
    channels: tuple[str, ...] = ()
