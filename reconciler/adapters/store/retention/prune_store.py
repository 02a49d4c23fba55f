"""Deletes what is older than a time, all of it in one transaction.

In: a store and the times. Out: the counts of each kind. Only rows that nothing waits for are deleted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.retention.prune_alerts import findings_of_kept_alerts, prune_alerts
from reconciler.adapters.store.retention.prune_findings import prune_findings, prune_looks
from reconciler.adapters.store.retention.prune_fleet_runs import prune_fleet_runs
from reconciler.adapters.store.retention.prune_heals import prune_heals
from reconciler.adapters.store.retention.prune_onboarding import prune_onboarding
from reconciler.adapters.store.retention.prune_reviews import prune_deferred, prune_plans
from reconciler.adapters.store.retention.prune_runs import prune_runs
from reconciler.lib.utc import format_utc
from reconciler.ports.journal import PrunedRows

ABANDONED: Final = timedelta(days=30)
"""After so long, a run or a check that has not ended was killed: no soak and no window lasts longer."""
DISPUTE: Final = timedelta(days=7)
"""For so long heals stay in any case: how long the next one waits, and whether two sides fight, follows from the earlier ones."""


def prune_rows(store: Store, before: datetime, now: datetime, *, dry_run: bool = False) -> PrunedRows:
    """`dry_run` deletes and takes it back: what it counts is what a prune would delete at this moment. Raises StoreError."""
    abandoned = min(before, now - ABANDONED)
    with store.writing() as connection:
        deferred = prune_deferred(connection, before)
        shown = findings_of_kept_alerts(connection, format_utc(before))
        pruned = PrunedRows(
            runs=prune_runs(connection, before, abandoned) + prune_fleet_runs(connection, before),
            looks=prune_looks(connection, format_utc(before), format_utc(abandoned)),
            findings=prune_findings(connection, format_utc(before), shown),
            alerts=prune_alerts(connection, format_utc(before)),
            heals=prune_heals(connection, format_utc(min(before, now - DISPUTE))),
            plans=prune_plans(connection, before),
            deferred=deferred,
            onboarding=prune_onboarding(connection, format_utc(before)),
        )
        if dry_run:
            connection.rollback()
    return pruned
