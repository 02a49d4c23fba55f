"""Reads events of findings, each with the key of its finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from reconciler.adapters.store.db.finding_tables import finding_events, findings
from reconciler.adapters.store.findings.finding_rows import read_finding_event
from reconciler.core.findings.finding import RecordedEvent


def event_query() -> Select[Any]:
    """All of them, oldest first; to be narrowed by columns of `finding_events`."""
    named = (findings.c.shop, findings.c.field, findings.c.kind.label("finding_kind"))
    return (
        select(finding_events, *named)
        .join(findings, findings.c.id == finding_events.c.finding)
        .order_by(finding_events.c.number)
    )


def read_events(connection: Connection, query: Select[Any]) -> Sequence[RecordedEvent]:
    return [read_finding_event(row) for row in connection.execute(query).mappings()]
