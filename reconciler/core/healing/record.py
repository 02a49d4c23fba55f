"""What was healed before, and what follows from it: how long to wait, and whether two sides fight.

A heal counts as long as it is of the present dispute: Git still declares the same value, and the finding was never quiet for
a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final

from reconciler.core.findings.finding import Finding, same_stored_value
from reconciler.core.model.canonical import Json
from reconciler.lib.backoff import backoff
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import seconds_between, shifted_utc

DAY: Final = 86_400
FIRST_WAIT: Final = 60.0
LONGEST_WAIT: Final = 6 * 3600.0
ROUNDS: Final = 3
"""So many heals that one side undid within a day are a fight."""


class HealOutcome(Enum):
    HEALED = "healed"
    FAILED = "failed"
    """Refused, or not known."""


@frozen
class Heal:
    """One heal of a finding: `actor` changed the field before, `desired` is what Git wanted."""

    at: str
    outcome: HealOutcome
    actor: str
    desired: Json


@frozen
class Fight:
    """`actor` undid each heal from `since` to `last`, `heals` times; `period` are the seconds from one heal to the next, on
    average.
    """

    actor: str
    since: str
    last: str
    heals: int
    period: float


def present_dispute(finding: Finding, heals: Sequence[Heal], now: str) -> Sequence[Heal]:
    """The heals that count, oldest first: `heals` are all of the finding, oldest first."""
    return tuple(reversed(tuple(_backwards(finding, heals, now))))


def _backwards(finding: Finding, heals: Sequence[Heal], now: str) -> Iterator[Heal]:
    later = min(finding.opened, now) if finding.unsettled else now
    for heal in reversed(heals):
        if seconds_between(heal.at, later) >= DAY or not same_stored_value(heal.desired, finding.desired):
            return
        yield heal
        later = heal.at


def next_heal(finding: Finding, heals: Sequence[Heal], now: str) -> str:
    """When the finding may be healed again."""
    counted = present_dispute(finding, heals, now)
    if not counted:
        return now
    wait = backoff(len(counted), first=FIRST_WAIT, longest=LONGEST_WAIT, factor=3)
    return shifted_utc(counted[-1].at, wait)


def find_fight(finding: Finding, heals: Sequence[Heal], now: str) -> Fight | None:
    """Whether the one who changed the field now has undone the last heals, within a day. A fight lasts as long as its dispute:
    until Git moves, or the field has what Git declares for a day.
    """
    author = finding.author
    if author is None or not is_looked_at(finding, heals):
        return None
    undone = [heal for heal in present_dispute(finding, heals, now) if heal.outcome is HealOutcome.HEALED]
    mine = [heal for heal in undone if heal.actor == author.actor]
    recent = [heal for heal in mine if seconds_between(heal.at, max(finding.opened, mine[-1].at)) < DAY]
    if len(recent) < ROUNDS:
        return None
    first, last = recent[0].at, recent[-1].at
    period = seconds_between(first, last) / (len(recent) - 1)
    return Fight(actor=author.actor, since=first, last=last, heals=len(recent), period=period)


def is_looked_at(finding: Finding, heals: Sequence[Heal]) -> bool:
    """Whether a look saw the finding after its last heal: before, it is unknown whether that one was undone."""
    return not heals or heals[-1].at < finding.last_seen
