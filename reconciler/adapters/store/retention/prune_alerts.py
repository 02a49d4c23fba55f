"""Deletes old alerts.

In: a transaction and a time. Out: how many. An alert that waits to be sent stays. Whether another one was sent makes no
difference. The findings that an alert shows stay as long as it: it can be sent again. A channel still knows of the findings that
are open.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, delete, or_, select

from reconciler.adapters.store.db.alert_tables import alerted_findings, alerts
from reconciler.adapters.store.db.finding_tables import findings
from reconciler.core.alerts.alert import AlertState

_WAITING: Final = (AlertState.QUEUED.value, AlertState.SENDING.value)


def prune_alerts(connection: Connection, before: str) -> int:
    """Those that were queued before, which is UTC text. To be called after findings were pruned."""
    known = select(findings.c.id)
    connection.execute(delete(alerted_findings).where(alerted_findings.c.finding.not_in(known)))
    old = (alerts.c.created < before, alerts.c.state.not_in(_WAITING))
    return connection.execute(delete(alerts).where(*old)).rowcount


def findings_of_kept_alerts(connection: Connection, before: str) -> frozenset[str]:
    """The ids of those that the alerts show which `prune_alerts` leaves."""
    kept = or_(alerts.c.created >= before, alerts.c.state.in_(_WAITING))
    entries = connection.execute(select(alerts.c.entries).where(kept)).scalars()
    return frozenset(finding for shown in entries for _number, finding, *_more in shown)
