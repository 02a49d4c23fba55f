"""What one look at the fleet makes of the findings: new states, and at most one event for each finding.

In: the stored findings, what a look saw and could see, the acceptances, the time. Out: findings and events. Pure: the same look
twice gives no second event. What a look could not see stays as it is, and ages.

A clock that was set back is not followed: the times of a finding never decrease.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Final

from reconciler.core.findings.acceptance import Acceptance, end_of_day
from reconciler.core.findings.finding import (
    Finding,
    FindingEvent,
    FindingEventKind,
    FindingState,
    ResolvedBy,
    Sighting,
    same_stored_value,
)
from reconciler.core.findings.scope import LookScope
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import shifted_utc

DAY: Final = 86_400
OPENINGS: Final = 3
"""So many openings within a day are flapping."""


@frozen
class LookObservation:
    """What one look saw, by the id of the finding, and what it could see. `causes` says what resolved a finding that is not seen
    any more; without an entry it was a change at the backend.
    """

    at: str
    scope: LookScope
    sightings: Mapping[str, Sighting]
    acceptances: Sequence[Acceptance] = ()
    causes: Mapping[str, ResolvedBy] = field(default_factory=dict)


@frozen
class Transition:
    """`event` is None where only the sighting is newer."""

    finding: Finding
    event: FindingEvent | None = None


def fold_look(stored: Iterable[Finding], look: LookObservation) -> Iterator[Transition]:
    """The findings that the look says something of."""
    known = {finding.key.id: finding for finding in stored}
    for name, seen in look.sightings.items():
        yield _seen(known.get(name), seen, look)
    for name, finding in known.items():
        if name not in look.sightings and look.scope.knows(finding.key):
            gone = _gone(finding, look.causes.get(name, ResolvedBy.HAND), _later(look.at, finding))
            if gone is not None:
                yield gone


def _later(at: str, finding: Finding) -> str:
    return max(at, finding.last_seen, finding.since, finding.flipped)


def _seen(stored: Finding | None, seen: Sighting, look: LookObservation) -> Transition:
    acceptance = next((one for one in look.acceptances if one.names(seen.key)), None)
    at = look.at if stored is None else _later(look.at, stored)
    accepted = acceptance is not None and acceptance.covers(seen.observed, at)
    until = acceptance.until if acceptance is not None and accepted else None
    if stored is None or stored.state is FindingState.RESOLVED:
        return _opened(stored, seen, at, until)
    after = _updated(stored, seen, at)
    if stored.state is FindingState.FLAPPING and not accepted:
        return _flapping(stored, after, at)
    kind = _event_kind(stored, seen, acceptance, at, accepted=accepted)
    return _moved(after, kind, at, until)


def _opened(stored: Finding | None, seen: Sighting, at: str, until: str | None) -> Transition:
    recent = () if stored is None else tuple(each for each in stored.openings if each > shifted_utc(at, -DAY))
    openings = (*recent, at)
    first = Finding(
        key=seen.key,
        state=FindingState.OPEN,
        severity=seen.severity,
        owner=seen.owner,
        file=seen.file,
        desired=seen.desired,
        observed=seen.observed,
        author=seen.author,
        labels=seen.labels,
        group=seen.group,
        first_seen=at if stored is None else stored.first_seen,
        opened=at,
        last_seen=at,
        since=at,
        flipped=at,
        openings=openings[-OPENINGS:],
    )
    if until is not None:
        return _moved(first, FindingEventKind.ACCEPTED, at, until)
    flapping = len(openings) >= OPENINGS
    return _moved(first, FindingEventKind.FLAPPING if flapping else FindingEventKind.OPENED, at, None)


def _updated(stored: Finding, seen: Sighting, at: str) -> Finding:
    """An author that was read earlier is kept while the value is the same."""
    same = same_stored_value(stored.observed, seen.observed)
    return replace(
        stored,
        severity=seen.severity,
        owner=seen.owner,
        file=seen.file,
        desired=seen.desired,
        observed=seen.observed,
        author=seen.author or (stored.author if same else None),
        labels=seen.labels,
        group=seen.group,
        last_seen=at,
        present=True,
    )


def _flapping(stored: Finding, after: Finding, at: str) -> Transition:
    """A value that changes moves as well."""
    if not stored.present or not same_stored_value(stored.observed, after.observed):
        return Transition(finding=replace(after, flipped=at))
    if at < shifted_utc(stored.flipped, DAY):
        return Transition(finding=after)
    return _moved(replace(after, openings=()), FindingEventKind.OPENED, at, None)


def _event_kind(
    stored: Finding, seen: Sighting, acceptance: Acceptance | None, at: str, *, accepted: bool
) -> FindingEventKind | None:
    before = stored.state is FindingState.ACCEPTED
    if accepted:
        return None if before else FindingEventKind.ACCEPTED
    if not same_stored_value(stored.observed, seen.observed):
        return FindingEventKind.CHANGED
    if before:
        ended = acceptance is not None or (
            stored.accepted_until is not None and at >= end_of_day(stored.accepted_until)
        )
        return FindingEventKind.EXPIRED if ended else FindingEventKind.OPENED
    return FindingEventKind.WORSENED if seen.severity > stored.severity else None


def _gone(stored: Finding, cause: ResolvedBy, at: str) -> Transition | None:
    if stored.state is FindingState.RESOLVED:
        return None
    if stored.state is FindingState.FLAPPING:
        if stored.present:
            return Transition(finding=replace(stored, present=False, flipped=at))
        if at < shifted_utc(stored.flipped, DAY):
            return None
        stored = replace(stored, openings=())
    resolved = replace(stored, present=False, resolved_by=cause, flipped=at)
    return _moved(resolved, FindingEventKind.RESOLVED, at, None)


_STATES: Final = {
    FindingEventKind.OPENED: FindingState.OPEN,
    FindingEventKind.CHANGED: FindingState.CHANGED,
    FindingEventKind.ACCEPTED: FindingState.ACCEPTED,
    FindingEventKind.EXPIRED: FindingState.EXPIRED,
    FindingEventKind.RESOLVED: FindingState.RESOLVED,
    FindingEventKind.FLAPPING: FindingState.FLAPPING,
}


def _moved(after: Finding, kind: FindingEventKind | None, at: str, until: str | None) -> Transition:
    """A finding that became worse keeps its state."""
    if kind is None:
        return Transition(finding=replace(after, accepted_until=until))
    state = _STATES.get(kind, after.state)
    since = after.since if state is after.state and kind is FindingEventKind.WORSENED else at
    finding = replace(after, state=state, since=since, accepted_until=until)
    return Transition(finding=finding, event=FindingEvent(kind=kind, at=at, finding=finding))
