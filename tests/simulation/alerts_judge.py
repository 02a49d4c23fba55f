"""Which messages each channel must have received, and when, worked out from what happened in the world alone.

In: the log and the rules as the test wrote them. Out: nothing, or an AssertionError. It shares no code with the tool.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.findings_judge import RANK, FindingsJudge, Moved
from tests.simulation.world_log import ChannelTurned, Died, Informed, Item, Log, Looked, Received, SendingEnded, Tried

JAPAN = timedelta(hours=9)
SHOWN = 20
MANY, SOME, SHARE = 20, 10, 0.6
LONGEST_WAIT = timedelta(hours=6)
IN_HAND = timedelta(minutes=5)
NEWS = frozenset({"opened", "changed", "worsened", "expired", "flapping"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`when`: `immediate`, `never`, or a time of day in Japan at which a digest is due."""

    when: str = "immediate"
    severity: str = "low"
    channels: frozenset[str] = frozenset()
    labels: frozenset[tuple[str, str]] = frozenset()

    def fits(self, channel: str, moved: Moved) -> bool:
        return (
            (not self.channels or channel in self.channels)
            and RANK.index(moved.severity) >= RANK.index(self.severity)
            and self.labels <= set(moved.labels.items())
        )


@dataclass(slots=True, kw_only=True)
class Wanted:
    """A message that has to come. `due` is the earliest time for it. `open`: a digest that can still change."""

    channel: str
    kind: str
    due: datetime
    moved: list[Moved]
    look: int
    open: bool = False

    @property
    def items(self) -> frozenset[Item]:
        return frozenset(item_of(each) for each in self.moved)

    def __str__(self) -> str:
        return f"{self.kind} to {self.channel} due {self.due:%m-%d %H:%M} of look {self.look}: {sorted(self.items)}"


def item_of(moved: Moved) -> Item:
    return moved.shop, moved.field, moved.kind, moved.to, f"{moved.at:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(slots=True)
class Channel:
    """What one channel knows: `known` are the findings that it heard of and that are not resolved, each with the message."""

    name: str
    looks: int | None = None
    known: dict[tuple[str, str, str], Wanted] = field(default_factory=dict)
    wanted: list[Wanted] = field(default_factory=list)


class AlertsJudge:
    """`wanted` are all messages that had to come, by channel."""

    def __init__(self, log: Log, findings: FindingsJudge, rules: Sequence[Rule], channels: Sequence[str]) -> None:
        self._log = log
        self._rules = rules
        self._moved: dict[int, list[Moved]] = defaultdict(list)
        for each in findings.moved:
            self._moved[each.look].append(each)
        self.channels = {name: Channel(name) for name in channels}
        self._expect()

    def _expect(self) -> None:
        looks = 0
        for entry in self._log:
            match entry:
                case Looked() if entry.recorded:
                    looks += 1
                case Informed():
                    self._inform(self.channels[entry.channel], looks, entry.at)
                case Tried() if entry.digest:
                    wanted = self.channels[entry.channel].wanted
                    due = [each for each in wanted if each.open and each.moved and each.due <= entry.at]
                    assert due, f"{entry.channel}: a digest was sent at {entry.at}, and none was due"
                    min(due, key=lambda each: each.due).open = False
                case _:
                    continue

    def _inform(self, channel: Channel, looks: int, now: datetime) -> None:
        """The first time is the baseline: nothing is said of what happened until then."""
        if channel.looks is None:
            channel.looks = looks
        for look in range(channel.looks, looks):
            at_once = [each for each in self._moved[look] if self._is_immediate(channel, each, look, now)]
            for news in (True, False):
                self._at_once(channel, look, now, [each for each in at_once if (each.to in NEWS) is news])
        channel.looks = looks

    def _is_immediate(self, channel: Channel, moved: Moved, look: int, now: datetime) -> bool:
        if moved.to == "accepted":
            return False
        name = (moved.shop, moved.field, moved.kind)
        before = channel.known.get(name)
        if moved.to == "resolved":
            channel.known.pop(name, None)
            if before is None:
                return False  # nobody heard that it was open
            if before.open:
                _replace(before, moved)
                return False
        when = next((rule.when for rule in self._rules if rule.fits(channel.name, moved)), "never")
        if when == "never":
            return False
        for each in channel.wanted:
            if each.open:  # a digest that was not started says of each finding the latest only
                each.moved = [other for other in each.moved if (other.shop, other.field, other.kind) != name]
        if when == "immediate":
            return True
        digest = self._digest(channel, when, look, now)
        digest.moved.append(moved)
        if moved.to != "resolved":
            channel.known[name] = digest
        return False

    def _digest(self, channel: Channel, time: str, look: int, now: datetime) -> Wanted:
        """A digest that was sent already is not sent again: what comes then waits a day more."""
        due = next_time(time, now)
        taken = {each.due: each for each in channel.wanted if each.kind == "digest"}
        while due in taken and not taken[due].open:
            due += timedelta(days=1)
        if due not in taken:
            made = Wanted(channel=channel.name, kind="digest", due=due, moved=[], look=look, open=True)
            channel.wanted.append(made)
            return made
        return taken[due]

    def _at_once(self, channel: Channel, look: int, now: datetime, moved: list[Moved]) -> None:
        storm = len(moved) > MANY or (len(moved) >= SOME and bool(common_causes(moved)))
        for some in [moved] if storm else [[each] for each in moved]:
            kind = "storm" if storm else "finding"
            made = Wanted(channel=channel.name, kind=kind, due=now, moved=some, look=look)
            channel.wanted.append(made)
            for each in some:
                if each.to != "resolved":
                    channel.known[each.shop, each.field, each.kind] = made

    # What came.

    def check(self) -> None:
        for channel in self.channels.values():
            came = [entry for entry in self._log if isinstance(entry, Received) and entry.channel == channel.name]
            self._check(channel, came)

    def _check(self, channel: Channel, came: Sequence[Received]) -> None:
        by_key: dict[str, list[Received]] = defaultdict(list)
        for each in came:
            by_key[each.key].append(each)
        for key, some in by_key.items():
            said = {(each.kind, each.items, each.count, each.cause) for each in some}
            assert len(said) == 1, f"{channel.name}: the message {key} said different things: {said}"
            taken = sum(each.confirmed for each in some)
            assert taken <= 1, f"{channel.name}: the message {key} was sent {taken} times: {some[0].items}"
        left = {key: some[0] for key, some in by_key.items()}
        lacking: list[Wanted] = []
        for wanted in channel.wanted:
            if wanted.moved:
                found = next((key for key, one in left.items() if _is_that(one, wanted)), None)
                if found is None:
                    lacking.append(wanted)
                else:
                    del left[found]
                    self._check_one(wanted, by_key[found])
        assert not lacking, (
            f"{len(lacking)} messages did not come, the first: {min(lacking, key=lambda each: each.due)}"
        )
        assert not left, (
            f"{len(left)} messages were not to come, the first: {min(left.values(), key=lambda each: each.at)}"
        )

    def _check_one(self, wanted: Wanted, came: Sequence[Received]) -> None:
        first = came[0]
        assert any(each.confirmed for each in came), f"never confirmed: {wanted}"
        early = wanted.kind == "digest" and first.at < wanted.due  # of others the clock may have been set back since
        assert not early, f"it came too early, at {first.at}: {wanted}"
        assert len(first.items) == min(SHOWN, first.count), f"{len(first.items)} of {first.count} are shown: {wanted}"
        ranks = [RANK.index(severity) for severity in first.severities]
        assert ranks == sorted(ranks, reverse=True), f"the most severe is not first: {first}"
        if wanted.kind == "storm":
            _check_cause(first, wanted)
        self._check_in_time(wanted, came)

    def _check_in_time(self, wanted: Wanted, came: Sequence[Received]) -> None:
        """It comes with the first sending after it is due; after a failure, within the longest wait."""
        arrived = next(each for each in came if each.confirmed)
        earliest, up, seen = wanted.due, True, False
        informed = 0
        for entry in self._log:
            match entry:
                case Looked() if entry.recorded:
                    informed += 1
                case ChannelTurned() if entry.channel == wanted.channel:
                    up = entry.up
                case Informed() if entry.channel == wanted.channel and informed > wanted.look:
                    seen = True
                case Received() if entry is arrived:
                    return
                case Received() if entry.key == arrived.key:
                    earliest = entry.at + LONGEST_WAIT
                case Tried() if entry.channel == wanted.channel and not up:
                    earliest = max(earliest, entry.at + LONGEST_WAIT)
                case Died():
                    earliest = max(earliest, entry.at + IN_HAND)
                case SendingEnded() if up and seen and entry.at > earliest:
                    raise AssertionError(f"{wanted} had to come by {entry.at}, and came at {arrived.at}")
                case _:
                    continue


def next_time(time: str, now: datetime) -> datetime:
    """The first moment after `now` at which a clock in Japan shows `time`."""
    hours, minutes = map(int, time.split(":"))
    there = now + JAPAN
    due = there.replace(hour=hours, minute=minutes, second=0, microsecond=0) - JAPAN
    return due if due > now else due + timedelta(days=1)


def common_causes(moved: Sequence[Moved]) -> dict[tuple[str, str], int]:
    """The persons and fields behind more than SHARE of what happened."""
    counted = Counter([("actor", each.actor) for each in moved if each.actor])
    counted += Counter([("field", each.field) for each in moved if each.field])
    return {cause: count for cause, count in counted.items() if count > SHARE * len(moved)}


def _check_cause(came: Received, wanted: Wanted) -> None:
    causes = common_causes(wanted.moved)
    if came.cause is None:
        assert not causes, f"a storm without its cause {causes}: {wanted}"
        return
    what, value, count = came.cause
    assert causes.get((what, value)) == count == max(causes.values()), (
        f"the cause {came.cause} is not of {causes}: {wanted}"
    )


def _replace(digest: Wanted, moved: Moved) -> None:
    name = (moved.shop, moved.field, moved.kind)
    digest.moved = [*(each for each in digest.moved if (each.shop, each.field, each.kind) != name), moved]


def _is_that(came: Received, wanted: Wanted) -> bool:
    """Of many only some are shown."""
    if (came.kind, came.count) != (wanted.kind, len(wanted.moved)):
        return False
    return wanted.items.issuperset(came.items) and (came.count > SHOWN or len(came.items) == came.count)
