"""The events that a channel does not know yet → alerts, by its rules.

In: the events, what the channel was sent before, its waiting digests. Out: the alerts to store, and what the channel knows then.
Pure; it is called within the transaction that stores the result, so that each event is queued once.

A finding is in one place: a digest that waits, or among those that the channel was sent. What is in a waiting digest is replaced
by what happened to the same finding later: a digest shows each finding once, as it is then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from reconciler.core.alerts.alert import AlertKind, CommonCause, alert_id
from reconciler.core.alerts.rules import DAY, AlertRules, Delivery, next_digest
from reconciler.core.alerts.storm import EventGroup, group_events
from reconciler.core.findings.finding import FindingEventKind, RecordedEvent
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import shifted_utc

_SILENT: Final = FindingEventKind.ACCEPTED


@frozen
class AlertEntry:
    """One event of an alert, by its number, with what orders it."""

    number: int
    finding: str
    severity: FindingSeverity
    at: str


@frozen
class PlannedAlert:
    """`entries` are all its events, the most severe first."""

    id: str
    kind: AlertKind
    due: str
    entries: tuple[AlertEntry, ...]
    cause: CommonCause | None = None

    @property
    def severity(self) -> FindingSeverity:
        return self.entries[0].severity

    @property
    def at(self) -> str:
        return max(entry.at for entry in self.entries)


@frozen
class ChannelBacklog:
    """`events` in their order. `known`: the findings that are open as far as the channel knows, each with the alert that said so.
    `digests` were never sent, `closed` are the times of later digests that were.
    """

    fleet: str
    channel: str
    events: Sequence[RecordedEvent]
    known: Mapping[str, str]
    digests: Sequence[PlannedAlert] = ()
    closed: frozenset[str] = frozenset()


@frozen
class AlertPlan:
    """`made` are new alerts, `extended` waiting digests with other entries, `dropped` the ids of those that are empty now.
    `known` is what changed: None for what the channel does not have to hear of any more.
    """

    made: tuple[PlannedAlert, ...] = ()
    extended: tuple[PlannedAlert, ...] = ()
    dropped: frozenset[str] = frozenset()
    known: Mapping[str, str | None]


def plan_alerts(backlog: ChannelBacklog, rules: AlertRules, now: str) -> AlertPlan:
    queue = _Queue(backlog, now)
    for _, look in groupby(backlog.events, key=lambda each: each.look):
        at_once = [each for each in look if queue.route(each, rules)]
        for group in group_events(at_once):
            queue.send_at_once(group)
    return queue.plan()


class _Queue:
    """The alerts so far."""

    def __init__(self, backlog: ChannelBacklog, now: str) -> None:
        self._backlog = backlog
        self._now = now
        self._known: dict[str, str | None] = dict(backlog.known)
        self._at_once: list[PlannedAlert] = []
        self._digests = {digest.id: digest for digest in backlog.digests}
        self._waiting = {digest.id: {entry.finding: entry for entry in digest.entries} for digest in backlog.digests}

    def route(self, recorded: RecordedEvent, rules: AlertRules) -> bool:
        """Whether it is to be sent at once. One for a digest is put there; of others nothing is sent."""
        event = recorded.event
        if event.kind is _SILENT:
            return False
        name = event.finding.key.id
        earlier = self._known.get(name)
        if event.kind is FindingEventKind.RESOLVED:
            self._known[name] = None
            if earlier is None:
                return False
            if earlier in self._waiting:
                self._waiting[earlier][name] = _entry(recorded)
                return False
        rule = rules.rule_for(self._backlog.channel, event.finding)
        if rule is None:
            return False
        self._forget_waiting(name)
        if rule.delivery is Delivery.DIGEST and rule.digest_at is not None:
            self._add_to_digest(recorded, rule.digest_at)
            return False
        return True

    def send_at_once(self, group: EventGroup) -> None:
        entries = tuple(map(_entry, group.events))
        kind = AlertKind.STORM if group.storm else AlertKind.FINDING
        alert = PlannedAlert(id=self._id(kind, entries), kind=kind, due=self._now, entries=entries, cause=group.cause)
        self._at_once.append(alert)
        self._note(group.events, alert.id)

    def plan(self) -> AlertPlan:
        stored = {digest.id: digest for digest in self._backlog.digests}
        filled = {name: _filled(digest, self._waiting[name]) for name, digest in self._digests.items()}
        return AlertPlan(
            made=(*self._at_once, *(one for name, one in filled.items() if name not in stored and one.entries)),
            extended=tuple(
                one for name, one in filled.items() if name in stored and one.entries and one != stored[name]
            ),
            dropped=frozenset(name for name, one in filled.items() if name in stored and not one.entries),
            known={name: it for name, it in self._known.items() if it != self._backlog.known.get(name)},
        )

    def _add_to_digest(self, recorded: RecordedEvent, at: str) -> None:
        due = next_digest(at, self._now)
        while due in self._backlog.closed:
            due = shifted_utc(due, DAY)
        entry = _entry(recorded)
        name = next((digest.id for digest in self._digests.values() if digest.due == due), None)
        if name is None:
            name = self._id(AlertKind.DIGEST, (entry,), due)
            self._digests[name] = PlannedAlert(id=name, kind=AlertKind.DIGEST, due=due, entries=())
            self._waiting[name] = {}
        self._waiting[name][entry.finding] = entry
        self._note((recorded,), name)

    def _forget_waiting(self, finding: str) -> None:
        for waiting in self._waiting.values():
            waiting.pop(finding, None)

    def _note(self, events: Iterable[RecordedEvent], alert: str) -> None:
        for each in events:
            if each.event.kind is not FindingEventKind.RESOLVED:
                self._known[each.event.finding.key.id] = alert

    def _id(self, kind: AlertKind, entries: Iterable[AlertEntry], *more: str) -> str:
        return alert_id(self._backlog.fleet, self._backlog.channel, kind, (*more, *_named(entries)))


def _named(entries: Iterable[AlertEntry]) -> Iterator[str | int]:
    """Numbers alone would repeat in a new store."""
    for entry in entries:
        yield from (entry.number, entry.finding, entry.at)


def _entry(recorded: RecordedEvent) -> AlertEntry:
    event = recorded.event
    return AlertEntry(
        number=recorded.number, finding=event.finding.key.id, severity=event.finding.severity, at=event.at
    )


def _filled(digest: PlannedAlert, waiting: Mapping[str, AlertEntry]) -> PlannedAlert:
    ordered = sorted(waiting.values(), key=lambda entry: (-entry.severity, entry.number))
    return replace(digest, entries=tuple(ordered))
