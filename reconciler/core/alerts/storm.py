"""Many events of one look in one alert, with what they have in common.

In: events of one look for one channel. Out: the groups that become alerts. What resolved is counted apart from the news.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.core.alerts.alert import CommonCause
from reconciler.core.findings.finding import FindingEventKind, RecordedEvent
from reconciler.lib.frozen_class import frozen

MANY: Final = 20
"""More than these are a storm."""
SOME: Final = 10
"""From these on it is one if a cause is common."""
SHARE: Final = 60
"""Percent: more than these have to share a cause."""


@frozen
class EventGroup:
    """The events of one alert, the most severe first."""

    events: tuple[RecordedEvent, ...]
    storm: bool = False
    cause: CommonCause | None = None


def group_events(events: Iterable[RecordedEvent]) -> list[EventGroup]:
    """Those of one look. News come first."""
    resolved: list[RecordedEvent] = []
    news: list[RecordedEvent] = []
    for each in events:
        (resolved if each.event.kind is FindingEventKind.RESOLVED else news).append(each)
    return [*_groups(news), *_groups(resolved)]


def _ordered(events: Iterable[RecordedEvent]) -> tuple[RecordedEvent, ...]:
    return tuple(sorted(events, key=lambda each: (-each.event.finding.severity, each.number)))


def _groups(events: Sequence[RecordedEvent]) -> list[EventGroup]:
    ordered = _ordered(events)
    cause = common_cause(ordered)
    if len(ordered) > MANY or (len(ordered) >= SOME and cause is not None):
        return [EventGroup(events=ordered, storm=True, cause=cause)]
    return [EventGroup(events=(each,)) for each in ordered]


def common_cause(events: Sequence[RecordedEvent]) -> CommonCause | None:
    """What more than SHARE percent of the events share; of two causes the one that explains more, then the actor."""
    causes = (_most_common("actor", map(_actor, events)), _most_common("field", map(_field, events)))
    found = [cause for cause in causes if cause is not None and 100 * cause.count > SHARE * len(events)]
    return max(found, key=lambda cause: cause.count, default=None)


def _most_common(what: str, values: Iterable[str | None]) -> CommonCause | None:
    counted = Counter(value for value in values if value)
    if not counted:
        return None
    value, count = min(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return CommonCause(what=what, value=value, count=count)


def _actor(recorded: RecordedEvent) -> str | None:
    author = recorded.event.finding.author
    return None if author is None else author.actor


def _field(recorded: RecordedEvent) -> str:
    return recorded.event.finding.key.field
