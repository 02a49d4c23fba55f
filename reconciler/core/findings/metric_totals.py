"""What is counted about drift for ever: how much each look adds. `docs/metrics.md` defines every metric.

In: the findings before a look, what it made of them, and the look. Out: increments, never negative, also where a clock was set
back. They are stored together with what they count, so that they survive the process and the deletion of old findings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

from reconciler.core.findings.finding import Finding, FindingEventKind, FindingState
from reconciler.core.findings.transition import Transition
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import seconds_between

MINUTE, HOUR, DAY = 60, 3600, 86_400
FINDING_SECONDS: Final = (
    *(MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR),
    *(DAY, 3 * DAY, 7 * DAY, 30 * DAY),
)
"""Upper limits of the buckets of times that findings take."""
LOOK_SECONDS: Final = (1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200)
REST: Final = "+Inf"
"""The bucket of everything above the last limit."""


class Total(Enum):
    """A counter, or one part of a histogram, by its name in the store."""

    LOOKS = "looks"
    """By scope: complete or partial."""
    LOOK_REQUESTS = "look_requests"
    LOOK_BUCKET = "look_seconds_bucket"
    LOOK_SUM = "look_seconds_sum"
    EVENTS = "finding_events"
    DRIFT_SECONDS = "drift_seconds"
    DETECT_BUCKET = "time_to_detect_seconds_bucket"
    DETECT_SUM = "time_to_detect_seconds_sum"
    RESOLVE_BUCKET = "time_to_resolve_seconds_bucket"
    RESOLVE_SUM = "time_to_resolve_seconds_sum"
    ALERTS = "alerts"
    """By channel and outcome."""
    HEALS = "heals"
    """By outcome."""
    FIGHTS = "fights"


class AlertOutcome(Enum):
    """What became of one attempt to send an alert."""

    SENT = "sent"
    RETRIED = "retried"
    FAILED = "failed"


COMPLETE: Final = "complete"
PARTIAL: Final = "partial"
PROPOSED: Final = "proposed"
"""Beside the outcomes of heals: a plan was saved for a person."""

Series = tuple[Total, tuple[str, ...]]
"""A total with the values of its labels."""
Increments = Mapping[Series, float]

_DETECTING: Final = frozenset({FindingEventKind.OPENED, FindingEventKind.CHANGED, FindingEventKind.FLAPPING})


@frozen
class LookCounts:
    """`drifted` shops had a difference until the look; `since` is the end of the time that was counted before, None: none was."""

    at: str
    seconds: float
    requests: int
    complete: bool
    drifted: int
    since: str | None


def look_increments(look: LookCounts, stored: Mapping[str, Finding], transitions: Iterable[Transition]) -> Increments:
    """`stored` are the findings before the look, by id."""
    added: Counter[Series] = Counter()
    for series, value in (*_of_look(look), *_of_transitions(look.at, stored, transitions)):
        added[series] += value  # type: ignore[assignment]  # a Counter adds any number
    return {series: value for series, value in added.items() if value}


def _of_look(look: LookCounts) -> Iterator[tuple[Series, float]]:
    yield (Total.LOOKS, (COMPLETE if look.complete else PARTIAL,)), 1
    yield (Total.LOOK_REQUESTS, ()), look.requests
    yield (Total.LOOK_BUCKET, (bucket_of(look.seconds, LOOK_SECONDS),)), 1
    yield (Total.LOOK_SUM, ()), look.seconds
    if look.since is not None:
        yield (Total.DRIFT_SECONDS, ()), look.drifted * max(0.0, seconds_between(look.since, look.at))


def _of_transitions(
    at: str, stored: Mapping[str, Finding], transitions: Iterable[Transition]
) -> Iterator[tuple[Series, float]]:
    known = {_change(finding) for finding in stored.values()}
    for each in transitions:
        if each.event is None:
            continue
        before, after = stored.get(each.finding.key.id), each.finding
        yield (Total.EVENTS, (each.event.kind.value,)), 1
        changed = None if each.event.kind not in _DETECTING else _change_seen_first(known, after)
        if changed is not None:
            yield from _observed((Total.DETECT_BUCKET, Total.DETECT_SUM), seconds_between(changed, at))
        if each.event.kind is FindingEventKind.RESOLVED and before is not None and not _is_accepted(before):
            yield from _observed(
                (Total.RESOLVE_BUCKET, Total.RESOLVE_SUM), seconds_between(after.opened, each.event.at)
            )


def _change(finding: Finding) -> tuple[str, str, str | None]:
    return finding.key.shop, finding.key.field, None if finding.author is None else finding.author.at or None


def _change_seen_first(known: Collection[tuple[str, str, str | None]], after: Finding) -> str | None:
    """The time of the change at the backend, if no look knew of it before: also not as a finding of another class."""
    return None if _change(after) in known else _change(after)[2]


def _is_accepted(finding: Finding) -> bool:
    return finding.state is FindingState.ACCEPTED


def _observed(histogram: tuple[Total, Total], seconds: float) -> Iterator[tuple[Series, float]]:
    bucket, total = histogram
    value = max(0.0, seconds)
    yield (bucket, (bucket_of(value, FINDING_SECONDS),)), 1
    yield (total, ()), value


def bucket_of(value: float, limits: Sequence[int]) -> str:
    """The limit of the first bucket that holds the value."""
    return next((str(limit) for limit in limits if value <= limit), REST)
