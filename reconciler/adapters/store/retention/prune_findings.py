"""Deletes what is old of looks and findings.

In: a transaction and the times. Out: how many rows. What is open stays with its whole history, and so does the last look of each
fleet at everything: it says when the shops were last seen.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, and_, delete, func, or_, select

from reconciler.adapters.store.db.finding_tables import finding_events, findings, looks
from reconciler.adapters.store.db.portions import portions
from reconciler.core.findings.finding import FindingState


def prune_findings(connection: Connection, before: str, kept: Collection[str]) -> int:
    """Findings that were resolved before, with their events; not those whose ids are in `kept`. `before` is UTC text."""
    resolved = and_(findings.c.state == FindingState.RESOLVED.value, findings.c.since < before)
    found = connection.execute(select(findings.c.id).where(resolved)).scalars()
    old = sorted(set(found).difference(kept))
    for some in portions(old):
        connection.execute(delete(finding_events).where(finding_events.c.finding.in_(some)))
        connection.execute(delete(findings).where(findings.c.id.in_(some)))
    return len(old)


def prune_looks(connection: Connection, before: str, abandoned: str) -> int:
    """Looks that ended before, and those that started before `abandoned` and have not ended."""
    newest = select(func.max(looks.c.number)).where(looks.c.complete).group_by(looks.c.fleet)
    old = or_(
        and_(looks.c.ended.is_not(None), looks.c.started < before),
        and_(looks.c.ended.is_(None), looks.c.started < abandoned),
    )
    return connection.execute(delete(looks).where(old, looks.c.number.not_in(newest))).rowcount
