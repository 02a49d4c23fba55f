"""Deletes old alerts.

In: a store and a time. Out: how many. Whether they were sent makes no difference: the events that they show are deleted as well.
A channel still knows of the findings that are open.
"""

from __future__ import annotations

from sqlalchemy import delete, select

from reconciler.adapters.store.db.alert_tables import alerted_findings, alerts
from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.finding_tables import findings


def prune_alerts(store: Store, before: str) -> int:
    """Those that were queued before, which is UTC text. To be called after findings were pruned."""
    with store.writing() as connection:
        known = select(findings.c.id)
        connection.execute(delete(alerted_findings).where(alerted_findings.c.finding.not_in(known)))
        return connection.execute(delete(alerts).where(alerts.c.created < before)).rowcount
