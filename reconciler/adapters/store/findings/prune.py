"""Deletes what is old of looks and findings.

In: a store and a time. Out: how many rows. What is open stays with its whole history, and so does the last look of each fleet at
everything: it says when the shops were last seen.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.finding_tables import finding_events, findings, looks
from reconciler.core.findings.finding import FindingState


def prune_findings(store: Store, before: str) -> tuple[int, int]:
    """Looks that ended before, and findings that were resolved before, with their events. `before` is UTC text."""
    newest = select(func.max(looks.c.number)).where(looks.c.complete).group_by(looks.c.fleet)
    old = (findings.c.state == FindingState.RESOLVED.value, findings.c.since < before)
    with store.writing() as connection:
        resolved = select(findings.c.id).where(*old)
        connection.execute(delete(finding_events).where(finding_events.c.finding.in_(resolved)))
        gone = _delete(connection, findings, *old)
        seen = _delete(connection, looks, looks.c.started < before, looks.c.number.not_in(newest))
    return seen, gone


def _delete(connection: Connection, table: Table, *which: ColumnElement[Any]) -> int:
    return connection.execute(delete(table).where(*which)).rowcount
