"""Which transitions of findings a fleet must have had, worked out from what happened in the world alone.

It shares no code with the tool: the states, classes and severities are written down here once more, from docs/findings.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulation.world_log import (
    EMAIL,
    ENABLED,
    FIELDS,
    LABEL,
    PAYMENT,
    PRE_ORDER,
    SETTINGS,
    STOREFRONT,
    TEXTS,
    Applied,
    Declared,
    Labelled,
    LedgerEntry,
    Log,
    Looked,
    Revoked,
    SetAtBackend,
    Value,
)

SEVERITIES = {EMAIL: "medium", PRE_ORDER: "medium", LABEL: "low", ENABLED: "high", "": "critical"}
RANK = ("low", "medium", "high", "critical")
PART_OF = {EMAIL: {SETTINGS}, ENABLED: {SETTINGS}, PRE_ORDER: {PAYMENT}, LABEL: {TEXTS}, "": {SETTINGS, STOREFRONT}}
REFUSED = "credentials-refused"
A_DAY = timedelta(days=1)
TRAILS = 50
"""Of so many shops at most a check asks who changed them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One transition that must have been reported. `look` counts the recorded looks from 0. `actor` changed the value last.
    `detected` are the seconds since that change, if no look knew of it before; `lasted` those since the finding was opened.
    """

    look: int
    at: datetime
    shop: str
    field: str
    kind: str
    to: str
    severity: str
    labels: Mapping[str, str]
    actor: str | None = None
    by: str | None = None
    detected: float | None = None
    lasted: float | None = None

    @property
    def what(self) -> tuple[str, str, str, str, str]:
        return self.shop, self.field, self.kind, self.to, self.severity


@dataclass(slots=True)
class Trouble:
    """One thing that is wrong, as the looks so far saw it."""

    state: str
    value: Value | None
    desired: Value | None
    severity: str
    labels: Mapping[str, str]
    seen: datetime
    moved: datetime
    opened: datetime
    actor: str | None
    openings: list[datetime] = field(default_factory=list)
    there: bool = True
    until: str | None = None
    applied_before: int = 0

    @property
    def unsettled(self) -> bool:
        return self.there and self.state != "accepted"


@dataclass(slots=True)
class ShopFacts:
    live: dict[str, Value] = field(default_factory=dict)
    git: dict[str, Value] = field(default_factory=dict)
    applied: dict[str, Value] = field(default_factory=dict)
    by: dict[str, str] = field(default_factory=dict)
    set_at: dict[str, datetime] = field(default_factory=dict)
    known: dict[str, datetime] = field(default_factory=dict)
    """By field: the change that a look knew of."""
    labels: Mapping[str, str] = field(default_factory=dict)
    revoked: bool = False
    accepted: dict[str, tuple[Value, str]] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    """By field: the number of the last entry at which an apply wrote it."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """The field and the class of what is wrong now."""
        for name in FIELDS:
            live, git = self.live[name], self.git[name]
            if live == git:
                continue
            known = name in self.applied
            if known and self.applied[name] == live:
                continue  # only Git moved: it waits for an apply
            conflict = known and self.applied[name] != git
            yield name, "conflict" if conflict else "drifted"
        if self.revoked and self.live[ENABLED] is True:
            yield "", REFUSED

    @property
    def asked_about(self) -> bool:
        """Whether a check asks who changed it: what was changed on both sides alike counts as well."""
        return any(self.live[name] != self.applied.get(name) for name in FIELDS)


class FindingsJudge:
    """Reads the log once. `moved` are the transitions, `looks` those that were recorded, `drift_seconds` the time that shops had
    something unsettled, by the clock of the looks; time that a clock repeats counts once.
    """

    def __init__(self, log: Log) -> None:
        self.moved: list[Moved] = []
        self.troubles: dict[str, dict[tuple[str, str], Trouble]] = {}
        """By shop, field and class."""
        self.looks: list[Looked] = []
        self.drift_seconds = 0.0
        self._counted: datetime | None = None
        self._shops: dict[str, ShopFacts] = {}
        for number, entry in enumerate(log):
            self._take(number, entry)

    def at_look(self, look: int) -> list[Moved]:
        return [each for each in self.moved if each.look == look]

    def _take(self, number: int, entry: object) -> None:
        match entry:
            case SetAtBackend(shop=shop, field=name, value=value, by=by):
                facts = self._facts(shop)
                facts.live[name], facts.by[name], facts.set_at[name] = value, by, entry.at
                if by == "reconciler":
                    facts.written[name] = number
            case Declared(shop=shop, field=name, value=value):
                self._facts(shop).git[name] = value
            case Labelled(shop=shop, labels=labels):
                self._facts(shop).labels = labels
            case Applied(shop=shop):
                facts = self._facts(shop)
                assert facts.live == facts.git, f"{shop} was applied, and differs: {facts}"
                facts.applied = dict(facts.git)
            case Revoked(shop=shop, revoked=revoked):
                self._facts(shop).revoked = revoked
            case LedgerEntry(shop=shop, field=name, value=value, until=until):
                facts = self._facts(shop)
                facts.accepted.pop(name, None)
                if value is not None and until is not None:
                    facts.accepted[name] = value, until
            case Looked() if entry.recorded:
                self._look(number, entry)

    def _facts(self, shop: str) -> ShopFacts:
        return self._shops.setdefault(shop, ShopFacts())

    def _look(self, number: int, look: Looked) -> None:
        self.looks.append(look)
        assert sum(facts.asked_about for facts in self._shops.values()) <= TRAILS, "too much changed to know who did it"
        self._count_time(look.at)
        for shop, facts in self._shops.items():
            hidden = look.hidden.get(shop, frozenset())
            now = set(facts.problems())
            for place, kind in sorted(now.union(self.troubles.get(shop, ()))):
                if PART_OF[place] & hidden:
                    continue  # the look could not see it: nothing begins, nothing ends
                self._judge(number, look, (shop, place, kind), there=(place, kind) in now)

    def _judge(self, number: int, look: Looked, key: tuple[str, str, str], *, there: bool) -> None:
        shop, place, kind = key
        facts, old = self._shops[shop], self.troubles.get(shop, {}).get((place, kind))
        at = look.at if old is None else max(look.at, old.seen, old.moved)
        if not there:
            if old is not None and old.state != "resolved":
                self._gone(number, key, old, at)
            return
        severity = max(SEVERITIES[place], facts.labels.get("severity", "low"), key=RANK.index)
        value, desired, actor = facts.live.get(place), facts.git.get(place), facts.by.get(place)
        accepted = place in facts.accepted and facts.accepted[place][0] == value and at < _end(facts.accepted[place][1])
        until = facts.accepted[place][1] if accepted else None
        fresh = old is None or old.state == "resolved"
        new = Trouble(
            state="open", value=value, desired=desired, severity=severity, labels=facts.labels, seen=at, moved=at, opened=at,
            actor=actor, until=until, applied_before=number,
        )  # fmt: skip
        if old is not None:
            new.openings = [each for each in old.openings if each > at - A_DAY] if fresh else old.openings
            new.moved, new.opened = (at, at) if fresh else (old.moved, old.opened)
        if fresh:
            new.openings = [*new.openings, at][-3:]
        to = self._news(old, new, facts, place, at, accepted=accepted, fresh=fresh)
        self.troubles.setdefault(shop, {})[place, kind] = new
        detected = self._detected(facts, place, look.at, to)
        if to is not None:
            self._report(key, new, to, at, detected=detected)

    def _detected(self, facts: ShopFacts, place: str, at: datetime, to: str | None) -> float | None:
        if not place:
            return None
        changed = facts.set_at[place]
        new = facts.known.get(place) != changed
        facts.known[place] = changed
        return max(0.0, (at - changed).total_seconds()) if new and to in ("opened", "changed", "flapping") else None

    def _count_time(self, at: datetime) -> None:
        drifted = sum(any(each.unsettled for each in some.values()) for some in self.troubles.values())
        if self._counted is not None:
            self.drift_seconds += drifted * max(0.0, (at - self._counted).total_seconds())
        self._counted = at if self._counted is None else max(at, self._counted)

    def _news(
        self,
        old: Trouble | None,
        new: Trouble,
        facts: ShopFacts,
        place: str,
        at: datetime,
        *,
        accepted: bool,
        fresh: bool,
    ) -> str | None:
        """What is to be said of something that is there; sets the state."""
        before = None if old is None else old.state
        if accepted:
            new.state = "accepted"
            return None if before == "accepted" else "accepted"
        if fresh or old is None:
            new.state = "flapping" if len(new.openings) >= 3 else "open"
            return "flapping" if new.state == "flapping" else "opened"
        if before == "flapping":
            return self._still_flapping(old, new, at)
        if old.value != new.value:
            new.state = "changed"
            return "changed"
        if before == "accepted":
            ended = place in facts.accepted or _end(old.until or "2000-01-01") <= at
            new.state = "expired" if ended else "open"
            return "expired" if ended else "opened"
        new.state = str(before)
        return "worsened" if RANK.index(new.severity) > RANK.index(old.severity) else None

    def _still_flapping(self, old: Trouble, new: Trouble, at: datetime) -> str | None:
        """Silent until nothing moved for a day."""
        new.state = "flapping"
        if not old.there or old.value != new.value:
            new.moved = at
            return None
        if at < old.moved + A_DAY:
            return None
        new.state, new.openings = "open", []
        return "opened"

    def _gone(self, number: int, key: tuple[str, str, str], old: Trouble, at: datetime) -> None:
        if old.state == "flapping":
            if old.there:
                old.there, old.moved = False, at
                return
            if at < old.moved + A_DAY:
                return
            old.openings = []
        by = self._cause(key, old)
        lasted = None if old.state == "accepted" else (at - old.opened).total_seconds()
        old.state, old.there, old.moved, old.until = "resolved", False, at, None
        self._report(key, old, "resolved", at, by=by, lasted=lasted)

    def _cause(self, key: tuple[str, str, str], old: Trouble) -> str:
        shop, place, _ = key
        facts = self._shops[shop]
        writes = [at for name, at in facts.written.items() if place in ("", name)]
        if any(at > old.applied_before for at in writes):
            return "apply"
        return "git" if place and facts.git[place] != old.desired else "hand"

    def _report(self, key: tuple[str, str, str], it: Trouble, to: str, at: datetime, **more: Any) -> None:
        shop, place, kind = key
        self.moved.append(
            Moved(
                look=len(self.looks) - 1, at=at, shop=shop, field=place, kind=kind, to=to, severity=it.severity,
                labels=it.labels, actor=it.actor if place else None, **more,
            )
        )  # fmt: skip


def _end(day: str) -> datetime:
    """Of a day in Japan."""
    return datetime.fromisoformat(f"{day}T15:00:00").replace(tzinfo=UTC)
