"""Events → alerts of one channel: each event is alerted once, whatever is queued together."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.alerts.alert import AlertKind
from reconciler.core.alerts.queueing import ChannelBacklog, PlannedAlert, plan_alerts
from reconciler.core.alerts.rules import AlertRule, AlertRules, Delivery
from reconciler.core.findings.finding import FindingEventKind
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.utc import shifted_utc
from tests.support.alerts.event_samples import AT, FLEET, sample_event, sample_finding

OPENED, CHANGED, RESOLVED = FindingEventKind.OPENED, FindingEventKind.CHANGED, FindingEventKind.RESOLVED
ACCEPTED, WORSENED = FindingEventKind.ACCEPTED, FindingEventKind.WORSENED
AT_ONCE = AlertRule(severity=FindingSeverity.HIGH)
DAILY = AlertRule(severity=FindingSeverity.MEDIUM, delivery=Delivery.DIGEST, digest_at="09:00")
RULES = AlertRules(channels=("ops-chat",), rules=(AT_ONCE, DAILY))
"""High and critical at once, medium in a digest, low never."""
HIGH, MEDIUM, LOW = FindingSeverity.HIGH, FindingSeverity.MEDIUM, FindingSeverity.LOW


class Outbox:
    """What a store keeps of one channel, in memory."""

    def __init__(self) -> None:
        self.alerts: dict[str, PlannedAlert] = {}
        self.known: dict[str, str] = {}
        self.closed: set[str] = set()
        self.number = 0

    def events(self, *drawn, look=1):
        found = []
        for shop, kind, severity in drawn:
            self.number += 1
            found.append(sample_event(self.number, sample_finding(shop, severity=severity), kind, look=look))
        return found

    def queue(self, *events, now=AT):
        backlog = ChannelBacklog(
            fleet=FLEET,
            channel="ops-chat",
            events=events,
            known=dict(self.known),
            digests=[one for one in self.alerts.values() if one.kind is AlertKind.DIGEST and one.id not in self.closed],
            closed=frozenset(self.alerts[name].due for name in self.closed if self.alerts[name].due > now),
        )
        plan = plan_alerts(backlog, RULES, now)
        assert not {each.id for each in plan.made} & self.alerts.keys(), "an id was given twice"
        self.alerts |= {each.id: each for each in (*plan.made, *plan.extended)}
        for name in plan.dropped:
            del self.alerts[name]
        for finding, alert in plan.known.items():
            if alert is None:
                self.known.pop(finding, None)
            else:
                self.known[finding] = alert
        return plan

    def digests(self):
        return [one for one in self.alerts.values() if one.kind is AlertKind.DIGEST]

    def numbers(self, kind=AlertKind.FINDING):
        return [[e.number for e in one.entries] for one in self.alerts.values() if one.kind is kind]


def test_a_finding_is_sent_by_its_rule():
    box = Outbox()
    box.queue(*box.events(("a", OPENED, HIGH), ("b", OPENED, MEDIUM), ("c", OPENED, LOW), ("d", ACCEPTED, HIGH)))
    assert box.numbers() == [[1]]
    (digest,) = box.digests()
    assert [entry.number for entry in digest.entries] == [2]
    assert digest.due == "2026-04-02T00:00:00Z"


def test_what_resolved_is_sent_only_where_its_opening_was():
    box = Outbox()
    box.queue(*box.events(("a", OPENED, HIGH), ("c", OPENED, LOW)))
    box.queue(*box.events(("a", RESOLVED, HIGH), ("c", RESOLVED, HIGH), ("z", RESOLVED, HIGH), look=2))
    assert box.numbers() == [[1], [3]]
    box.queue(*box.events(("a", RESOLVED, HIGH), look=3))
    assert box.numbers() == [[1], [3]]


def test_what_resolves_while_its_digest_waits_is_shown_there():
    box = Outbox()
    box.queue(*box.events(("a", OPENED, MEDIUM), ("b", OPENED, MEDIUM)))
    box.queue(*box.events(("a", RESOLVED, MEDIUM), look=2))
    (digest,) = box.digests()
    assert [entry.number for entry in digest.entries] == [2, 3]


def test_what_resolves_after_its_digest_was_sent_comes_in_the_next_one():
    box = Outbox()
    box.queue(*box.events(("a", OPENED, MEDIUM)))
    first = box.digests()[0]
    box.closed.add(first.id)
    box.queue(*box.events(("a", RESOLVED, MEDIUM), look=2), now=shifted_utc(first.due, 60))
    assert [[entry.number for entry in each.entries] for each in box.digests()] == [[1], [2]]
    assert box.digests()[1].due == shifted_utc(first.due, 86_400)


def test_what_becomes_urgent_leaves_the_digest():
    box = Outbox()
    box.queue(*box.events(("a", OPENED, MEDIUM), ("b", OPENED, MEDIUM)))
    box.queue(*box.events(("a", WORSENED, HIGH), look=2))
    assert box.numbers() == [[3]]
    assert box.numbers(AlertKind.DIGEST) == [[2]]
    box.queue(*box.events(("b", WORSENED, HIGH), look=3))
    assert box.digests() == []


def test_a_digest_that_was_sent_gets_nothing_more_also_if_the_clock_is_set_back():
    box = Outbox()
    box.queue(*box.events(("a", OPENED, MEDIUM)))
    box.closed.add(box.digests()[0].id)
    box.queue(*box.events(("b", OPENED, MEDIUM), look=2), now=shifted_utc(AT, -3600))
    assert [each.due for each in box.digests()] == ["2026-04-02T00:00:00Z", "2026-04-03T00:00:00Z"]


def test_a_storm_counts_what_one_look_saw_and_not_several():
    box = Outbox()
    first = box.events(*((f"shop-{n}", OPENED, HIGH) for n in range(15)), look=1)
    second = box.events(*((f"shop-{n}", CHANGED, HIGH) for n in range(15)), look=2)
    box.queue(*first, *second)
    assert [len(numbers) for numbers in box.numbers(AlertKind.STORM)] == [15, 15]


def test_another_store_with_the_same_numbers_gives_other_ids():
    one, other = Outbox(), Outbox()
    (event,) = one.events(("a", OPENED, HIGH))
    later = replace(event, event=replace(event.event, at=shifted_utc(AT, 1)))
    assert one.queue(event).made[0].id != other.queue(later).made[0].id
    assert Outbox().queue(event).made[0].id in one.alerts


KINDS = st.sampled_from([OPENED, CHANGED, WORSENED, RESOLVED, ACCEPTED, FindingEventKind.FLAPPING])
LOOKS = st.lists(
    st.dictionaries(
        st.sampled_from("abcdefghijklmnopqrstuvwxyz"), st.tuples(KINDS, st.sampled_from([HIGH, MEDIUM, LOW]))
    ),
    max_size=6,
)


def drawn_looks(box, looks):
    return [
        box.events(*((shop, kind, severity) for shop, (kind, severity) in look.items()), look=at)
        for at, look in enumerate(looks)
    ]


def contents(box):
    return sorted((one.kind.value, one.due, [e.number for e in one.entries]) for one in box.alerts.values())


@given(LOOKS, st.data())
def test_what_is_queued_together_makes_no_difference(looks, data):
    """A run that was killed before it queued leaves its events to the next one."""
    whole, parts = Outbox(), Outbox()
    events = drawn_looks(whole, looks)
    whole.queue(*(each for look in events for each in look))
    while events:
        count = data.draw(st.integers(1, len(events)), label="looks queued at once")
        parts.queue(*(each for look in events[:count] for each in look))
        events = events[count:]
    assert contents(whole) == contents(parts)
    at_once = [{one.id for one in box.alerts.values() if one.kind is not AlertKind.DIGEST} for box in (whole, parts)]
    assert at_once[0] == at_once[1]
    assert whole.known.keys() == parts.known.keys()


@given(LOOKS, st.data())
def test_each_event_is_alerted_once_or_replaced_by_a_later_one(looks, data):
    """A second account of what the rules say, kept per finding: what people were sent, and what waits."""
    box = Outbox()
    sent: dict[int, int] = {}
    waiting: dict[str, int] = {}
    known, due = set(), []
    for look in drawn_looks(box, looks):
        if data.draw(st.booleans(), label="the digest is sent") and box.digests():
            for digest in box.digests():
                box.closed.add(digest.id)
            for each in waiting.values():
                sent[each] = sent.get(each, 0) + 1
            waiting = {}
        box.queue(*look, now=shifted_utc(AT, 86_400 * look[0].look) if look else AT)
        for each in look:
            finding, kind, severity = each.event.finding.key.id, each.event.kind, each.event.finding.severity
            if kind is ACCEPTED or (kind is RESOLVED and finding not in known):
                continue
            if kind is RESOLVED:
                known.discard(finding)
                if finding in waiting and waiting[finding] in due:
                    waiting[finding] = each.number
                    continue
            if severity is LOW:
                continue
            waiting.pop(finding, None)
            if kind is not RESOLVED:
                known.add(finding)
            if severity is MEDIUM:
                waiting[finding] = each.number
                due.append(each.number)
            else:
                sent[each.number] = sent.get(each.number, 0) + 1
    found = [
        entry.number
        for one in box.alerts.values()
        for entry in one.entries
        if one.kind is not AlertKind.DIGEST or one.id in box.closed
    ]
    assert sorted(found) == sorted(sent)
    assert set(sent.values()) <= {1}
    still = [e.number for one in box.digests() if one.id not in box.closed for e in one.entries]
    assert sorted(still) == sorted(waiting.values())
