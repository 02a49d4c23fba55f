"""Whether healing kept to its policy, worked out from what happened in the world alone.

In: the log, and the policy as the test wrote it. Out: nothing, or an AssertionError. It shares no code with the tool: the classes
of findings and the rules of healing are written down here once more, from docs/healing.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.simulation.watched.watch_log import (
    STATUS,
    Alerted,
    Approved,
    Compared,
    Killed,
    Started,
    StepBegan,
    StepEnded,
    TakenBack,
    Tick,
    Wrote,
)
from tests.simulation.world_log import Applied, Declared, LedgerEntry, Log, SetAtBackend, Value

JAPAN = timedelta(hours=9)
ONE_DAY = timedelta(days=1)
DAY = 86_400.0
ROUNDS = 3
ANNOUNCED_WITHIN = 3600.0
"""Seconds from the look that saw a fight."""
PERSON = "reconciler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One rule of the policy, as the test knows it. `hours` are the window in Japan; `heals` False: it only proposes."""

    name: str
    field: str
    hours: tuple[int, int] | None = None
    heals: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    permissions: tuple[Permission, ...]
    max_per_look: int
    max_share: float

    def of(self, name: str) -> Permission | None:
        return next((each for each in self.permissions if each.field == name), None)


@dataclass(frozen=True, slots=True)
class Undone:
    """A heal: when it really was, by the clock, and who had changed the field before."""

    true: float
    at: datetime
    actor: str


@dataclass(slots=True)
class FieldFacts:
    live: Value
    git: Value
    applied: Value | None = None
    by: str = "seed"
    set_at: float = 0.0
    accepted: tuple[Value, str] | None = None
    known: bool = False
    """A recorded look compared the shop since the field was changed."""
    heals: list[Undone] = field(default_factory=list)
    either: int = 0
    """Writes that may have been heals, or of an approved plan."""
    fighting: bool = False
    """The three heals that a fight takes were undone, and a look saw it."""

    @property
    def drifted(self) -> bool:
        return self.live != self.git and self.applied == self.git


@dataclass(slots=True)
class HealingJudge:
    """Reads the log once. `healed` counts the heals, `fights` the announced ones, `refused` what was never to be healed."""

    log: Log
    policy: Policy
    hours: tuple[int, int]
    """The window of the shops."""
    healed: int = 0
    fights: list[tuple[str, str]] = field(default_factory=list)
    proposed: int = 0
    _fields: dict[tuple[str, str], FieldFacts] = field(default_factory=dict)
    _deferred: dict[str, Mapping[str, Value]] = field(default_factory=dict)
    _closed: dict[str, bool] = field(default_factory=dict)
    _true: float = 0.0
    _now: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    _in_step: bool = False
    _shops_now: set[str] = field(default_factory=set)
    _owed: dict[tuple[str, str], float] = field(default_factory=dict)
    """Fights without an alert yet, each with when it was seen first."""

    def check(self) -> None:
        for entry in self.log:
            self._now = entry.at
            self._take(entry)
        self._nothing_is_left()

    def _take(self, entry: object) -> None:
        """What the world did, or what the tool did."""
        if not self._take_act(entry):
            self._take_work(entry)

    def _take_act(self, entry: object) -> bool:
        match entry:
            case Tick(true=true):
                self._true = true
            case Declared(shop=shop, field=name, value=value):
                self._declare(shop, name, value)
            case SetAtBackend(shop=shop, field=name, value=value, by=by):
                self._set(shop, name, value, by)
            case LedgerEntry(shop=shop, field=name, value=value, until=until):
                accepted = (value, until) if value is not None and until is not None else None
                self._fields[shop, name].accepted = accepted
            case Applied(shop=shop):
                for facts in self._of(shop):
                    facts.applied = facts.git
            case Approved(shop=shop, values=values):
                self._deferred[shop] = values
            case TakenBack(shop=shop):
                self._deferred.pop(shop, None)
            case _:
                return False
        return True

    def _take_work(self, entry: object) -> None:
        match entry:
            case StepBegan():
                self._in_step, self._shops_now = True, set()
            case StepEnded() | Killed() | Started():
                self._in_step = False
                self._fights_are_announced(entry)
            case Compared(shops=shops):
                self._compare(shops)
            case Wrote() if self._in_step:
                self._wrote(entry)
            case Wrote(shop=shop, field=name, value=value):
                self._written_by_a_person(shop, name, value)
            case Alerted(event="fight"):
                self._announced(entry)
            case Alerted(event="proposed"):
                self._proposed(entry)

    def _of(self, shop: str) -> list[FieldFacts]:
        return [facts for (of, _), facts in self._fields.items() if of == shop]

    def _declare(self, shop: str, name: str, value: Value) -> None:
        facts = self._fields.setdefault((shop, name), FieldFacts(live=value, git=value))
        if facts.git != value:
            facts.git, facts.heals, facts.fighting = value, [], False

    def _set(self, shop: str, name: str, value: Value, by: str) -> None:
        facts = self._fields[shop, name]
        facts.live, facts.by, facts.set_at, facts.known = value, by, self._true, False

    def _written_by_a_person(self, shop: str, name: str, value: Value) -> None:
        if (shop, name) in self._fields:
            self._set(shop, name, value, PERSON)

    # What a heal has to keep to.

    def _wrote(self, entry: Wrote) -> None:
        deferred = self._deferred.get(entry.shop) if self._is_between(self.hours) else None
        if deferred is not None and (entry.field == STATUS or deferred.get(entry.field) == entry.value):
            self._carried_out(entry, deferred)
            return
        self._heal(entry)

    def _carried_out(self, entry: Wrote, deferred: Mapping[str, Value]) -> None:
        """The deferred judge examines it."""
        facts = self._fields.get((entry.shop, entry.field))
        if facts is not None:
            facts.either += 1
            facts.live, facts.by, facts.applied = entry.value, PERSON, entry.value
        else:
            self._closed[entry.shop] = entry.value == "CLOSED"
        shop = {name: each for (of, name), each in self._fields.items() if of == entry.shop}
        if not self._closed.get(entry.shop) and all(each.live == deferred[name] for name, each in shop.items()):
            del self._deferred[entry.shop]
            for each in shop.values():
                each.applied = each.git

    def _heal(self, entry: Wrote) -> None:
        what = f"{entry.shop} {entry.field} = {entry.value} at {entry.at}"
        assert entry.field != STATUS, f"healing opened or closed a shop: {what}"
        permission = self._healing(entry.field)
        assert permission is not None, f"no rule heals that field: {what}"
        facts = self._fields[entry.shop, entry.field]
        assert entry.value == facts.git, f"healed to another value than Git's: {what}"
        assert facts.applied == facts.git, f"a change that waits or a conflict was healed: {what}"
        assert facts.live != facts.git, f"healed twice: {what}"
        assert not self._accepted(facts), f"an accepted value was healed: {what}"
        assert facts.by.startswith(("merchant", "agency")), f"a change of {facts.by} was healed: {what}"
        assert self._open(permission), f"healed outside the rule's window: {what}"
        assert self._of_dispute(facts, facts.by) < ROUNDS, f"healed in a fight: {what}"
        self._many_are_left_alone(what)
        self._shops_now.add(entry.shop)
        assert len(self._shops_now) <= self.policy.max_per_look, f"more shops than a look may heal: {what}"
        facts.heals.append(Undone(self._true, entry.at, facts.by))
        facts.live, facts.by, facts.known = entry.value, PERSON, False
        self.healed += 1

    def _healing(self, name: str) -> Permission | None:
        permission = self.policy.of(name)
        return permission if permission is not None and permission.heals else None

    def _accepted(self, facts: FieldFacts) -> bool:
        if facts.accepted is None or facts.accepted[0] != facts.live:
            return False
        end = datetime.fromisoformat(f"{facts.accepted[1]}T15:00:00").replace(tzinfo=UTC)
        return self._now < end

    def _open(self, permission: Permission) -> bool:
        return permission.hours is None or self._is_between(permission.hours)

    def _is_between(self, hours: tuple[int, int]) -> bool:
        start, end = hours
        return start <= (self._now + JAPAN).hour < end

    def _of_dispute(self, facts: FieldFacts, actor: str) -> int:
        """How many heals that this actor undid are not a day old, by either clock."""
        recent = [each for each in facts.heals if self._true - each.true < DAY and self._age(each) < DAY]
        return sum(each.actor == actor for each in recent)

    def _at_most(self, facts: FieldFacts, actor: str) -> int:
        """How many heals that this actor undid are of the day up to the last one: a fight goes on without further heals."""
        mine = [each for each in facts.heals if each.actor == actor]
        return sum(mine[-1].true - each.true < DAY or abs(mine[-1].at - each.at) < ONE_DAY for each in mine)

    def _age(self, heal: Undone) -> float:
        return abs((self._now - heal.at).total_seconds())

    def _many_are_left_alone(self, what: str) -> None:
        """More shops than the policy allows at once wait for a person. Counted are those that nothing else holds back."""
        if self._shops_now:
            return  # the others were counted at the first heal of this look
        most = max(1, int(self.policy.max_share * len({shop for shop, _ in self._fields})))
        ready = {shop for (shop, name), facts in self._fields.items() if self._is_ready(shop, name, facts)}
        assert len(ready) <= most, f"{len(ready)} shops wait to be healed, more than {most}: {what}"

    def _is_ready(self, shop: str, name: str, facts: FieldFacts) -> bool:
        permission = self.policy.of(name)
        return (
            permission is not None and permission.heals and facts.drifted and facts.known and not facts.heals
            and not self._accepted(facts) and facts.by.startswith(("merchant", "agency")) and self._open(permission)
            and shop not in self._deferred
        )  # fmt: skip

    # Fights.

    def _compare(self, shops: frozenset[str]) -> None:
        for (shop, name), facts in self._fields.items():
            if shop not in shops:
                continue
            facts.known = True
            permission = self.policy.of(name)
            if permission is not None and permission.heals and self._is_fought(facts) and not facts.fighting:
                facts.fighting = True
                self._owed[shop, name] = self._true

    def _announced(self, entry: Alerted) -> None:
        key = (entry.shop, entry.field)
        facts = self._fields[key]
        count = self._at_most(facts, facts.by) + facts.either
        assert count >= ROUNDS, f"a fight was announced after {count} heals: {entry}"
        permission = self.policy.of(entry.field)
        assert permission is not None
        for side in (permission.name, facts.by):
            assert side in entry.text, f"the alert of a fight does not name {side}: {entry.text}"
        self._owed.pop(key, None)
        self.fights.append(key)

    def _fights_are_announced(self, entry: object) -> None:
        """With the end of a step: what failed in one is done in a later one. A fight that is over is owed no more."""
        self._owed = {key: since for key, since in self._owed.items() if self._is_fought(self._fields[key])}
        if isinstance(entry, StepEnded):
            late = {key: since for key, since in self._owed.items() if self._true - since >= ANNOUNCED_WITHIN}
            assert not late, f"a fight was not announced: {late}"

    def _is_fought(self, facts: FieldFacts) -> bool:
        return facts.drifted and not self._accepted(facts) and self._of_dispute(facts, facts.by) >= ROUNDS

    def _proposed(self, entry: Alerted) -> None:
        permission = self.policy.of(entry.field)
        assert permission is not None, f"proposed what no rule names: {entry}"
        assert not permission.heals, f"proposed what is to be healed: {entry}"
        self.proposed += 1

    # What healing has to do.

    def _nothing_is_left(self) -> None:
        """In the end, when nothing happened for days, all that may be healed is, unless too many shops wait at once."""
        ready = {shop for (shop, name), facts in self._fields.items() if self._is_ready(shop, name, facts)}
        most = max(1, int(self.policy.max_share * len({shop for shop, _ in self._fields})))
        left = {key for key, facts in self._fields.items() if self._waits_no_more(key, facts)}
        assert not left or len(ready | {shop for shop, _ in left}) > most, f"never healed: {sorted(left)}"

    def _waits_no_more(self, key: tuple[str, str], facts: FieldFacts) -> bool:
        permission = self.policy.of(key[1])
        return (
            permission is not None and permission.heals and facts.drifted and not self._accepted(facts)
            and facts.by.startswith(("merchant", "agency")) and key[0] not in self._deferred
            and self._true - facts.set_at > 2 * DAY and not facts.fighting
        )  # fmt: skip
