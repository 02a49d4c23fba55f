"""Counters in the store. They are written in the transaction of what they count, and nothing deletes or decreases them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, func, select

from reconciler.adapters.store.db.alert_tables import alerts
from reconciler.adapters.store.db.finding_tables import findings, metric_totals
from reconciler.adapters.store.db.run_tables import insert
from reconciler.core.alerts.alert import AlertState
from reconciler.core.findings.drift_metrics import WaitingAlerts
from reconciler.core.findings.finding import FindingClass, FindingState
from reconciler.core.findings.metric_totals import Increments, Series, Total
from reconciler.lib.utc import format_utc, parse_utc

_KEY: Final = ("fleet", "metric", "labels")
_COUNTED_UNTIL: Final = "drift_counted_until"
"""The end of the time that the seconds of drift include, in seconds since 1970."""


def add_totals(connection: Connection, fleet: str, increments: Increments) -> None:
    rows = [
        {"fleet": fleet, "metric": total.value, "labels": json.dumps(labels), "value": float(value)}
        for (total, labels), value in sorted(increments.items(), key=lambda each: (each[0][0].value, each[0][1]))
    ]
    if not rows:
        return
    added = insert(connection.dialect.name, metric_totals)
    connection.execute(
        added.on_conflict_do_update(index_elements=_KEY, set_={"value": metric_totals.c.value + added.excluded.value}),
        rows,
    )


def read_totals(connection: Connection, fleet: str) -> Mapping[Series, float]:
    known = {each.value: each for each in Total}
    rows = connection.execute(select(metric_totals).where(metric_totals.c.fleet == fleet))
    return {(known[row.metric], tuple(json.loads(row.labels))): row.value for row in rows if row.metric in known}


def drifted_shops(connection: Connection, fleet: str) -> int:
    """How many shops have a finding that is not settled. An endpoint belongs to a seller, not to a shop."""
    unsettled = (
        findings.c.present,
        findings.c.state.not_in([FindingState.ACCEPTED.value, FindingState.RESOLVED.value]),
        findings.c.kind != FindingClass.FOREIGN_ENDPOINT.value,
    )
    query = select(func.count(findings.c.shop.distinct())).where(findings.c.fleet == fleet, *unsettled)
    return int(connection.execute(query).scalar_one())


def counted_until(connection: Connection, fleet: str) -> str | None:
    of = (metric_totals.c.fleet == fleet, metric_totals.c.metric == _COUNTED_UNTIL)
    moment = connection.execute(select(metric_totals.c.value).where(*of)).scalar()
    return None if moment is None else format_utc(datetime.fromtimestamp(moment, UTC))


def count_until(connection: Connection, fleet: str, at: str) -> None:
    """It never goes back."""
    moment = parse_utc(at).timestamp()
    row = insert(connection.dialect.name, metric_totals)
    row = row.values(fleet=fleet, metric=_COUNTED_UNTIL, labels="[]", value=moment)
    later = metric_totals.c.value < moment
    connection.execute(row.on_conflict_do_update(index_elements=_KEY, set_={"value": moment}, where=later))


def waiting_alerts(connection: Connection, fleet: str) -> Mapping[str, WaitingAlerts]:
    """By channel, of each one that has alerts in the outbox."""
    query = select(alerts.c.channel, alerts.c.state, func.count()).where(alerts.c.fleet == fleet)
    counts: dict[str, dict[AlertState, int]] = {}
    for channel, state, count in connection.execute(query.group_by(alerts.c.channel, alerts.c.state)):
        counts.setdefault(channel, {})[AlertState(state)] = count
    return {
        channel: WaitingAlerts(
            queued=of.get(AlertState.QUEUED, 0) + of.get(AlertState.SENDING, 0), failed=of.get(AlertState.FAILED, 0)
        )
        for channel, of in counts.items()
    }
