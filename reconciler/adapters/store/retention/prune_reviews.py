"""Deletes what is old of reviews.

In: a transaction and a time. Out: how many rows. A deferred apply stays until its approval has expired. The plans of its pull
request stay with it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, not_

from reconciler.adapters.store.db.review_tables import apply_reports, deferred_applies, reviewed_plans


def prune_deferred(connection: Connection, before: datetime) -> int:
    """Deferred applies whose approval expired before, dropped or not."""
    return connection.execute(delete(deferred_applies).where(deferred_applies.c.expires < before)).rowcount


def prune_plans(connection: Connection, before: datetime) -> int:
    """Plans created before, and what was reported of a pull request that has no other plan."""
    old = and_(reviewed_plans.c.created < before, not_(_same_request(reviewed_plans, deferred_applies)))
    newer = _same_request(apply_reports, reviewed_plans, reviewed_plans.c.created >= before)
    waiting = _same_request(apply_reports, deferred_applies)
    finished = and_(_same_request(apply_reports, reviewed_plans), not_(newer), not_(waiting))
    connection.execute(delete(apply_reports).where(finished))
    return connection.execute(delete(reviewed_plans).where(old)).rowcount


def _same_request(one: Table, other: Table, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    names = ("fleet", "place", "number")
    return exists().where(*(one.c[name] == other.c[name] for name in names), *which)
