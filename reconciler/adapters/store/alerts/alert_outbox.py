"""Implements ports.alerts.AlertOutbox over the store of the findings.

In: plans of alerts, claims and what came of them. Out: alerts. What a channel knows, its position among the events and its alerts
are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, func, or_, select, update

from reconciler.adapters.store.alerts.alert_rows import (
    alert_row,
    content_row,
    error_columns,
    read_alert,
    read_planned,
    read_stored,
    shown_events,
)
from reconciler.adapters.store.db.alert_tables import alerted_findings, alerts
from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.finding_tables import finding_events, finding_readers
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.db.run_tables import insert
from reconciler.adapters.store.findings.event_query import event_query, read_events
from reconciler.adapters.store.metrics.totals import add_totals
from reconciler.core.alerts.alert import AlertKind, AlertState
from reconciler.core.alerts.outcome import DeliveryProblem
from reconciler.core.alerts.queueing import AlertPlan, ChannelBacklog
from reconciler.core.alerts.retries import ATTEMPTS, FURTHEST_DIGEST, LEASE, LONGEST_WAIT, AttemptEnd
from reconciler.core.findings.finding import RecordedEvent
from reconciler.core.findings.metric_totals import AlertOutcome, Total
from reconciler.lib.utc import shifted_utc
from reconciler.ports.alerts.outbox import AlertQuery, ClaimedAlert, PlanAlerts, QueuedAlerts, StoredAlert

_QUEUE_LOCK: Final = 0x7265636D  # of PostgreSQL's advisory locks; any otherwise unused number
_OF: Final = alerts.c
_QUEUED: Final = _OF.state == AlertState.QUEUED.value
_SENDING: Final = _OF.state == AlertState.SENDING.value
_DIGEST: Final = _OF.kind == AlertKind.DIGEST.value
_OUTCOMES: Final = {
    AlertState.SENT: AlertOutcome.SENT,
    AlertState.QUEUED: AlertOutcome.RETRIED,
    AlertState.FAILED: AlertOutcome.FAILED,
}
"""What metrics count of an attempt, by the state that the alert comes to."""


class StoreAlerts:
    """All of it raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def queue(self, fleet: str, channel: str, now: str, plan: PlanAlerts) -> QueuedAlerts:
        reader = (fleet, f"alerts {channel}")
        with self._store.reading() as connection:
            position = _position(connection, reader)
            if position is not None and position >= _last_event(connection, fleet):
                return QueuedAlerts()
        with self._store.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_QUEUE_LOCK)))
            position, last = _position(connection, reader), _last_event(connection, fleet)
            if position is None:
                _advance(connection, reader, last)
                return QueuedAlerts(baseline=True)
            unread = (finding_events.c.fleet == fleet, finding_events.c.number > position)
            events = read_events(connection, event_query().where(*unread))
            if not events:
                return QueuedAlerts()
            planned = plan(_backlog(connection, fleet, channel, now, events))
            _write_plan(connection, planned, fleet, channel, now)
            _advance(connection, reader, events[-1].number)
        return QueuedAlerts(events=len(events), alerts=len(planned.made) + len(planned.extended))

    def claim(self, fleet: str, channel: str, now: str, skip: Collection[str] = ()) -> ClaimedAlert | None:
        mine = (_OF.fleet == fleet, _OF.channel == channel)
        with self._store.reading() as connection:
            claimable = select(_OF.number).where(*mine, or_(_is_due(now), _held_too_long(now)))
            if connection.execute(claimable.limit(1)).first() is None:
                return None
        with self._store.writing() as connection:
            _count(connection, fleet, channel, AlertOutcome.FAILED, _end_claims(connection, mine, now))
            due = select(alerts).where(*mine, _is_due(now), _OF.id.not_in(sorted(skip)))
            due = due.order_by(_OF.due, _OF.number).limit(1).with_for_update(skip_locked=True)
            row = connection.execute(due).mappings().first()
            return None if row is None else _claimed(connection, row, now)

    def mark(self, claim: ClaimedAlert, end: AttemptEnd) -> None:
        this = [_OF.id == claim.alert.id, _OF.state != AlertState.SENT.value]
        if end.state is not AlertState.SENT:
            this += [_SENDING, _OF.attempts == claim.attempt]
        values: dict[str, Any] = {"state": end.state.value, "answer": end.answer, **error_columns(end.error)}
        values |= {"due": end.due} if end.due is not None else {"ended": end.at}
        with self._store.writing() as connection:
            if connection.execute(update(alerts).where(*this).values(values)).rowcount:
                _count(connection, claim.alert.fleet, claim.alert.channel, _OUTCOMES[end.state])

    def alerts(self, fleet: str, query: AlertQuery) -> Sequence[StoredAlert]:
        wanted = [_OF.fleet == fleet]
        if query.states:
            wanted.append(_OF.state.in_(sorted(state.value for state in query.states)))
        if query.channel is not None:
            wanted.append(_OF.channel == query.channel)
        if query.before is not None:
            wanted.append(_OF.number < select(_OF.number).where(_OF.id == query.before).scalar_subquery())
        return self._stored(wanted, query.limit)

    def find(self, fleet: str, start: str) -> Sequence[StoredAlert]:
        return self._stored([_OF.fleet == fleet, _OF.id.startswith(start, autoescape=True)], 2)

    def resend(self, fleet: str, ids: Collection[str], now: str) -> int:
        again = {"state": AlertState.QUEUED.value, "attempts": 0, "due": now, "ended": None, "answer": None}
        ended = _OF.state.in_((AlertState.SENT.value, AlertState.FAILED.value))
        count = 0
        with self._store.writing() as connection:
            for some in portions(sorted(ids)):
                these = update(alerts).where(_OF.fleet == fleet, _OF.id.in_(some), ended)
                count += connection.execute(these.values(again | error_columns(None))).rowcount
        return count

    def counts(self, fleet: str) -> Mapping[tuple[str, AlertState], int]:
        query = select(_OF.channel, _OF.state, func.count()).where(_OF.fleet == fleet).group_by(_OF.channel, _OF.state)
        with self._store.reading() as connection:
            return {(channel, AlertState(state)): count for channel, state, count in connection.execute(query)}

    def _stored(self, wanted: Sequence[ColumnElement[bool]], limit: int | None) -> Sequence[StoredAlert]:
        query = select(alerts).where(*wanted).order_by(_OF.number.desc()).limit(limit)
        with self._store.reading() as connection:
            rows = connection.execute(query).mappings().all()
            events = shown_events(connection, rows)
        return [read_stored(row, events) for row in rows]


def _is_due(now: str) -> ColumnElement[bool]:
    """An alert that was never tried waits for nothing, unless it is a digest. What is due later than anything can be was put off
    before the clock was set back.
    """
    far = or_(
        and_(_DIGEST, _OF.due > shifted_utc(now, FURTHEST_DIGEST)),
        and_(~_DIGEST, _OF.due > shifted_utc(now, LONGEST_WAIT)),
    )
    waiting = and_(_QUEUED, or_(_OF.due <= now, and_(_OF.attempts == 0, ~_DIGEST), far))
    return or_(waiting, and_(_SENDING, _OF.claimed_until <= now))


def _held_too_long(now: str) -> ColumnElement[bool]:
    return and_(_SENDING, _OF.claimed_until > shifted_utc(now, LEASE))


def _claimed(connection: Connection, row: RowMapping, now: str) -> ClaimedAlert:
    attempt = row["attempts"] + 1
    claim = {"state": AlertState.SENDING.value, "attempts": attempt, "claimed_until": shifted_utc(now, LEASE)}
    connection.execute(update(alerts).where(_OF.id == row["id"]).values(claim))
    return ClaimedAlert(alert=read_alert(row, shown_events(connection, [row])), attempt=attempt)


def _end_claims(connection: Connection, mine: tuple[ColumnElement[bool], ...], now: str) -> int:
    """A claim from before the clock was set back lasts no longer than a new one: its sender may still be at work. An alert that
    was interrupted too often is given up; returns how many.
    """
    until = shifted_utc(now, LEASE)
    connection.execute(update(alerts).where(*mine, _held_too_long(now)).values(claimed_until=until))
    over = (*mine, _SENDING, _OF.claimed_until <= now, _OF.attempts >= ATTEMPTS)
    failed = {"state": AlertState.FAILED.value, "ended": now, "problem": DeliveryProblem.INTERRUPTED.value}
    return connection.execute(update(alerts).where(*over).values(failed)).rowcount


def _count(connection: Connection, fleet: str, channel: str, outcome: AlertOutcome, count: int = 1) -> None:
    if count:
        add_totals(connection, fleet, {(Total.ALERTS, (channel, outcome.value)): count})


def _position(connection: Connection, reader: tuple[str, str]) -> int | None:
    fleet, name = reader
    of = (finding_readers.c.fleet == fleet, finding_readers.c.reader == name)
    return connection.execute(select(finding_readers.c.event).where(*of)).scalar()


def _last_event(connection: Connection, fleet: str) -> int:
    query = select(func.max(finding_events.c.number)).where(finding_events.c.fleet == fleet)
    return connection.execute(query).scalar() or 0


def _advance(connection: Connection, reader: tuple[str, str], number: int) -> None:
    fleet, name = reader
    row = insert(connection.dialect.name, finding_readers).values(fleet=fleet, reader=name, event=number)
    later = row.on_conflict_do_update(index_elements=["fleet", "reader"], set_={"event": number})
    connection.execute(later)


def _backlog(
    connection: Connection, fleet: str, channel: str, now: str, events: Sequence[RecordedEvent]
) -> ChannelBacklog:
    mine = (_OF.fleet == fleet, _OF.channel == channel, _DIGEST)
    open_digest = and_(_QUEUED, _OF.claimed_until.is_(None))
    open_rows = connection.execute(
        select(alerts).where(*mine, open_digest).order_by(_OF.number).with_for_update()
    ).mappings()
    closed = select(_OF.due).where(*mine, ~open_digest, _OF.due > now)
    return ChannelBacklog(
        fleet=fleet,
        channel=channel,
        events=events,
        known=_known(connection, fleet, channel, {each.event.finding.key.id for each in events}),
        digests=tuple(map(read_planned, open_rows)),
        closed=frozenset(connection.execute(closed).scalars()),
    )


def _known(connection: Connection, fleet: str, channel: str, findings: Collection[str]) -> dict[str, str]:
    of = alerted_findings.c
    known: dict[str, str] = {}
    for some in portions(sorted(findings)):
        query = select(of.finding, of.alert).where(of.fleet == fleet, of.channel == channel, of.finding.in_(some))
        known.update((row.finding, row.alert) for row in connection.execute(query))
    return known


def _write_plan(connection: Connection, plan: AlertPlan, fleet: str, channel: str, now: str) -> None:
    if plan.made:
        connection.execute(alerts.insert(), [alert_row(each, fleet, channel, now) for each in plan.made])
    for each in plan.extended:
        connection.execute(update(alerts).where(_OF.id == each.id).values(content_row(each)))
    if plan.dropped:
        connection.execute(delete(alerts).where(_OF.id.in_(sorted(plan.dropped))))
    of = alerted_findings.c
    for some in portions(sorted(plan.known)):
        connection.execute(
            delete(alerted_findings).where(of.fleet == fleet, of.channel == channel, of.finding.in_(some))
        )
    rows = [
        {"fleet": fleet, "channel": channel, "finding": finding, "alert": alert}
        for finding, alert in sorted(plan.known.items())
        if alert is not None
    ]
    if rows:
        connection.execute(alerted_findings.insert(), rows)
