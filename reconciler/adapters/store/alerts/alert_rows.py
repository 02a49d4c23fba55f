"""Alerts as rows, and back. An alert names its events by number: they are read when it is sent or listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping

from reconciler.adapters.store.db.finding_tables import finding_events
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.findings.event_query import event_query, read_events
from reconciler.core.alerts.alert import SHOWN, Alert, AlertKind, AlertState, CommonCause
from reconciler.core.alerts.outcome import DeliveryError, DeliveryProblem
from reconciler.core.alerts.queueing import AlertEntry, PlannedAlert
from reconciler.core.findings.finding import FindingEvent
from reconciler.core.model.canonical import Json
from reconciler.core.model.policy import FindingSeverity
from reconciler.ports.alerts.outbox import StoredAlert


def content_row(planned: PlannedAlert) -> dict[str, Any]:
    """What an alert is about: of a digest it changes until the first claim."""
    return {
        "severity": int(planned.severity),
        "at": planned.at,
        "entries": [[one.number, one.finding, int(one.severity), one.at] for one in planned.entries],
        "count": len(planned.entries),
    }


def alert_row(planned: PlannedAlert, fleet: str, channel: str, now: str) -> dict[str, Any]:
    cause = planned.cause
    return {
        "id": planned.id,
        "fleet": fleet,
        "channel": channel,
        "kind": planned.kind.value,
        "state": AlertState.QUEUED.value,
        "created": now,
        "due": planned.due,
        "cause": None if cause is None else [cause.what, cause.value, cause.count],
        "attempts": 0,
        **content_row(planned),
    }


def read_planned(row: RowMapping) -> PlannedAlert:
    entries = tuple(
        AlertEntry(number=number, finding=finding, severity=FindingSeverity(severity), at=at)
        for number, finding, severity, at in row["entries"]
    )
    return PlannedAlert(
        id=row["id"], kind=AlertKind(row["kind"]), due=row["due"], entries=entries, cause=_cause(row["cause"])
    )


def read_alert(row: RowMapping, events: Mapping[int, FindingEvent]) -> Alert:
    shown = (events.get(number) for number in _shown(row))
    return Alert(
        id=row["id"],
        fleet=row["fleet"],
        channel=row["channel"],
        kind=AlertKind(row["kind"]),
        at=row["at"],
        severity=FindingSeverity(row["severity"]),
        events=tuple(event for event in shown if event is not None),
        count=row["count"],
        cause=_cause(row["cause"]),
    )


def read_stored(row: RowMapping, events: Mapping[int, FindingEvent]) -> StoredAlert:
    return StoredAlert(
        id=row["id"],
        channel=row["channel"],
        kind=AlertKind(row["kind"]),
        state=AlertState(row["state"]),
        severity=FindingSeverity(row["severity"]),
        created=row["created"],
        due=row["due"],
        count=row["count"],
        attempts=row["attempts"],
        first=next((events[number] for number in _shown(row) if number in events), None),
        ended=row["ended"],
        error=_error(row),
        answer=row["answer"],
    )


def error_columns(error: DeliveryError | None) -> dict[str, Any]:
    return {
        "problem": None if error is None else error.problem.value,
        "status": None if error is None else error.status,
        "detail": None if error is None else error.text,
    }


def shown_events(connection: Connection, rows: Iterable[RowMapping]) -> dict[int, FindingEvent]:
    """By number: those that alerts of the rows show. What `store prune` deleted is missing."""
    numbers = sorted({number for row in rows for number in _shown(row)})
    found: dict[int, FindingEvent] = {}
    for some in portions(numbers):
        query = event_query().where(finding_events.c.number.in_(some))
        found.update((recorded.number, recorded.event) for recorded in read_events(connection, query))
    return found


def _shown(row: RowMapping) -> Sequence[int]:
    return [entry[0] for entry in row["entries"][:SHOWN]]


def _cause(stored: Json) -> CommonCause | None:
    if not isinstance(stored, list):
        return None
    what, value, count = stored
    return CommonCause(what=str(what), value=str(value), count=int(str(count)))


def _error(row: RowMapping) -> DeliveryError | None:
    if row["problem"] is None:
        return None
    return DeliveryError(problem=DeliveryProblem(row["problem"]), status=row["status"], text=row["detail"])
