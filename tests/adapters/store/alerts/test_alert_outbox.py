"""The outbox in both databases: what is queued, claimed, marked and sent again."""

import json
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts
from reconciler.adapters.store.retention.prune_store import prune_rows
from reconciler.core.alerts.alert import SHOWN, Alert, AlertKind, AlertState, CommonCause
from reconciler.core.alerts.outcome import DeliveryError, DeliveryProblem, Retry, SendRefused, Sent
from reconciler.core.alerts.queueing import plan_alerts
from reconciler.core.alerts.retries import ATTEMPTS, LEASE, end_attempt
from reconciler.core.alerts.rules import AlertRule, AlertRules, Delivery
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.utc import shifted_utc
from reconciler.ports.alerts.outbox import AlertQuery, ClaimedAlert
from tests.adapters.store.fakes import wipe
from tests.adapters.store.findings.test_finding_store import FLEET, Looks, sighting

CHANNEL = "ops-chat"
HIGH, MEDIUM, LOW = FindingSeverity.HIGH, FindingSeverity.MEDIUM, FindingSeverity.LOW
RULES = AlertRules(
    channels=(CHANNEL,),
    rules=(
        AlertRule(severity=HIGH),
        AlertRule(severity=MEDIUM, delivery=Delivery.DIGEST, digest_at="09:00"),
    ),
)
DOWN = Retry(error=DeliveryError(problem=DeliveryProblem.UNREACHABLE, text="connection refused"))
GONE = SendRefused(error=DeliveryError(problem=DeliveryProblem.REFUSED, status=410))


def high(shop, **words):
    return sighting(shop, severity=HIGH, **words)


class Desk:
    """One process that looks, queues and sends over a store; several of them may share one."""

    def __init__(self, store, looks=None) -> None:
        self.looks = looks or Looks(store)
        self.outbox = StoreAlerts(store)

    @property
    def now(self):
        return self.looks.now

    def wait(self, seconds):
        self.looks.now = shifted_utc(self.looks.now, seconds)

    def look(self, *seen, compared=frozenset()):
        return self.looks(*seen, compared=frozenset(each.key.shop for each in seen) | compared)

    def queue(self, channel=CHANNEL):
        return self.outbox.queue(FLEET, channel, self.now, partial(plan_alerts, rules=RULES, now=self.now))

    def claim(self, channel=CHANNEL, skip=()):
        return self.outbox.claim(FLEET, channel, self.now, skip)

    def send(self, outcome=Sent(answer="ok")):  # noqa: B008  # a value
        """The alerts that went out, each with the given outcome."""
        sent: list[Alert] = []
        while (claim := self.claim(skip={each.id for each in sent})) is not None:
            self.outbox.mark(claim, end_attempt(outcome, claim.attempt, self.now))
            sent.append(claim.alert)
        return sent

    def listed(self, **query):
        return self.outbox.alerts(FLEET, AlertQuery(**query))


@pytest.fixture
def desk(store):
    made = Desk(store)
    made.look(high("first-shop"))
    assert made.queue().baseline
    return made


def test_a_new_channel_starts_with_what_is_recorded_and_sends_nothing_of_it(desk):
    assert desk.listed() == []
    desk.look(high("first-shop"), high("kyoto-tea"))
    queued = desk.queue()
    assert (queued.events, queued.alerts, queued.baseline) == (1, 1, False)
    (alert,) = desk.send()
    assert [each.finding.key.shop for each in alert.events] == ["kyoto-tea"]
    assert (alert.kind, alert.count, alert.severity, alert.channel) == (AlertKind.FINDING, 1, HIGH, CHANNEL)


def test_what_was_queued_is_queued_once(desk):
    desk.look(high("kyoto-tea"))
    assert desk.queue().events == 2  # kyoto-tea opened, first-shop resolved, which the channel does not know
    assert desk.queue().events == 0
    assert [each.state for each in desk.listed()] == [AlertState.QUEUED]


def test_each_channel_has_its_own_alerts(desk):
    desk.look(high("first-shop"), high("kyoto-tea"))
    assert desk.queue("oncall").baseline
    assert desk.queue().alerts == 1
    desk.look(high("first-shop"), high("kyoto-tea"), high("uji-cups"))
    assert (desk.queue("oncall").alerts, desk.queue().alerts) == (1, 1)
    assert {(each.channel, each.first.finding.key.shop) for each in desk.listed()} == {
        ("ops-chat", "kyoto-tea"),
        ("ops-chat", "uji-cups"),
        ("oncall", "uji-cups"),
    }
    assert desk.outbox.counts(FLEET) == {("ops-chat", AlertState.QUEUED): 2, ("oncall", AlertState.QUEUED): 1}
    assert len({each.id for each in desk.listed()}) == 3


def test_a_fleet_does_not_see_the_alerts_of_another_one(desk, store):
    desk.look(high("kyoto-tea"))
    desk.queue()
    assert desk.outbox.alerts("other", AlertQuery()) == []
    assert desk.outbox.claim("other", CHANNEL, desk.now) is None
    (stored,) = desk.listed()
    assert desk.outbox.resend("other", [stored.id], desk.now) == 0
    assert desk.outbox.find("other", stored.id[:4]) == []


def test_a_plan_that_fails_queues_nothing_and_moves_nothing(desk):
    desk.look(high("kyoto-tea"))

    def fail(backlog):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.outbox.queue(FLEET, CHANNEL, desk.now, fail)
    assert desk.queue().alerts == 1


def test_a_claimed_alert_is_no_one_else_s_until_the_claim_expires(desk):
    desk.look(high("kyoto-tea"))
    desk.queue()
    first = desk.claim()
    assert desk.claim() is None
    desk.wait(LEASE - 1)
    assert desk.claim() is None
    desk.wait(1)
    second = desk.claim()
    assert (second.alert, first.attempt, second.attempt) == (first.alert, 1, 2)


def test_an_earlier_sender_does_not_put_off_what_a_later_one_works_on(desk):
    desk.look(high("kyoto-tea"))
    desk.queue()
    first = desk.claim()
    desk.wait(LEASE)
    second = desk.claim()
    desk.outbox.mark(first, end_attempt(GONE, first.attempt, desk.now))
    assert desk.listed()[0].state is AlertState.SENDING
    desk.outbox.mark(first, end_attempt(Sent(answer="ok"), first.attempt, desk.now))
    desk.outbox.mark(second, end_attempt(DOWN, second.attempt, desk.now))
    assert desk.listed()[0].state is AlertState.SENT


def test_an_alert_that_did_not_arrive_is_tried_again_and_given_up_at_last(desk):
    desk.look(high("kyoto-tea"))
    desk.queue()
    ids = []
    for _ in range(ATTEMPTS):
        ids += [each.id for each in desk.send(DOWN)]
        assert desk.send(DOWN) == []
        desk.wait(6 * 3600)
    assert len(ids) == ATTEMPTS
    assert len(set(ids)) == 1
    (stored,) = desk.listed(states=frozenset({AlertState.FAILED}))
    assert (stored.attempts, stored.error) == (ATTEMPTS, DOWN.error)
    assert desk.outbox.resend(FLEET, [stored.id], desk.now) == 1
    (again,) = desk.send()
    assert again.id == stored.id
    (stored,) = desk.listed()
    assert (stored.state, stored.attempts, stored.error, stored.answer) == (AlertState.SENT, 1, None, "ok")


def test_an_alert_whose_senders_are_killed_each_time_is_given_up(desk):
    desk.look(high("kyoto-tea"))
    desk.queue()
    for _ in range(ATTEMPTS):
        assert desk.claim() is not None
        desk.wait(LEASE)
    assert desk.claim() is None
    (stored,) = desk.listed()
    assert (stored.state, stored.error.problem) == (AlertState.FAILED, DeliveryProblem.INTERRUPTED)


def test_what_waits_or_is_under_way_cannot_be_resent(desk):
    desk.look(high("kyoto-tea"), high("uji-cups"))
    desk.queue()
    desk.claim()
    assert desk.outbox.resend(FLEET, [each.id for each in desk.listed()], desk.now) == 0


def test_a_digest_takes_what_comes_until_it_is_claimed(desk):
    desk.look(sighting("kyoto-tea"))
    desk.queue()
    desk.look(sighting("kyoto-tea"), sighting("uji-cups"))
    desk.queue()
    assert desk.send() == []
    desk.wait(86_400)
    claim = desk.claim()
    assert (claim.alert.kind, claim.alert.count) == (AlertKind.DIGEST, 2)
    desk.look(sighting("kyoto-tea"))
    desk.queue()
    desk.wait(LEASE)
    assert desk.claim().alert == claim.alert
    following = desk.listed()[0]
    assert (following.kind, following.count, following.first.kind.value) == (AlertKind.DIGEST, 1, "resolved")


def test_a_digest_that_was_tried_once_never_changes(desk):
    """The receiver may have got it, although no answer came."""
    desk.look(sighting("kyoto-tea"), sighting("uji-cups"))
    desk.queue()
    desk.wait(86_400)
    (tried,) = desk.send(DOWN)
    desk.look(high("kyoto-tea"), compared=frozenset({"uji-cups"}))
    desk.queue()
    desk.wait(3600)
    again = {each.id: each for each in desk.send()}
    assert again[tried.id] == tried
    assert [each.kind for each in again.values()] == [AlertKind.DIGEST, AlertKind.FINDING]
    desk.wait(86_400)
    (following,) = desk.send()
    assert [each.kind.value for each in following.events] == ["resolved"]


def test_a_storm_shows_the_most_severe_and_counts_all(desk):
    shops = [high(f"shop-{at:02}") for at in range(29)]
    desk.look(*shops, sighting("worst", severity=FindingSeverity.CRITICAL))
    desk.queue()
    (storm,) = desk.send()
    assert (storm.kind, storm.count, len(storm.events)) == (AlertKind.STORM, 30, SHOWN)
    assert storm.events[0].finding.key.shop == "worst"
    assert storm.cause == CommonCause(what="actor", value="tanaka", count=30)


def test_rules_match_labels_and_groups_as_they_were_at_the_look(desk):
    seen = replace(high("kyoto-tea"), labels={"tier": "gold"}, group="standard")
    desk.look(seen)
    desk.queue()
    (alert,) = desk.send()
    assert (alert.events[0].finding.labels, alert.events[0].finding.group) == ({"tier": "gold"}, "standard")


def test_a_clock_that_is_set_back_neither_keeps_an_alert_nor_sends_it_twice(desk):
    back = -400 * 86_400
    desk.look(high("kyoto-tea"), sighting("uji-cups"))
    desk.queue()
    desk.wait(back)
    assert len(desk.send()) == 2  # the digest as well: it was due in more than two days
    desk.wait(-back)
    assert desk.send() == []
    desk.look(high("nara-ink"))
    desk.queue()
    desk.wait(back)
    assert "nara-ink" in str(desk.send(DOWN))
    desk.wait(back)
    assert "nara-ink" in str(desk.send())
    assert desk.send() == []


def test_a_claim_from_before_the_clock_was_set_back_ends_like_a_new_one(desk):
    desk.look(high("kyoto-tea"))
    desk.queue()
    first = desk.claim()
    desk.wait(-86_400)
    assert desk.claim() is None, "its sender may still be at work"
    desk.wait(LEASE)
    assert desk.claim().alert == first.alert


def test_pages_are_newest_first(desk):
    for at in range(5):
        desk.look(*(high(f"shop-{each}") for each in range(at + 1)))
        desk.queue()
    shops = [each.first.finding.key.shop for each in desk.listed()]
    assert shops == [f"shop-{at}" for at in (4, 3, 2, 1, 0)]
    page = desk.listed(limit=2)
    rest = desk.listed(before=page[-1].id)
    assert [*page, *rest] == list(desk.listed())
    assert desk.listed(channel="other") == []
    assert desk.outbox.find(FLEET, page[0].id[:10]) == [page[0]]


def test_old_alerts_are_pruned_and_what_a_channel_knows_stays(desk, store):
    desk.look(high("kyoto-tea"))
    desk.queue()
    desk.send()
    desk.wait(400 * 86_400)
    now = datetime.fromisoformat(desk.now)
    assert prune_rows(store, now - timedelta(days=1), now).alerts == 1
    assert desk.listed() == []
    desk.look(compared=frozenset({"kyoto-tea"}))
    assert desk.queue().alerts == 1
    assert desk.send()[0].events[0].kind.value == "resolved"


def test_a_look_without_news_writes_nothing(desk, store):
    desk.look(high("first-shop"))
    with store.reading() as connection:
        count = "SELECT (SELECT count(*) FROM alerts) + (SELECT count(*) FROM alerted_findings)"
        before = connection.execute(text(count)).scalar()
    assert desk.queue().events == 0
    with store.reading() as connection:
        assert connection.execute(text(count)).scalar() == before


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("look"), st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([HIGH, MEDIUM, LOW]))),
        st.tuples(st.just("queue"), st.integers(0, 1)),
        st.tuples(st.just("send"), st.sampled_from([Sent(answer="ok"), DOWN, GONE])),
        st.tuples(st.just("claim and die"), st.integers(0, 1)),
        st.tuples(st.just("late answer"), st.integers(0, 1)),
        st.tuples(st.just("clock"), st.sampled_from([-90_000, -60, 30, 301, 3600, 90_000])),
    ),
    max_size=24,
)


@given(STEPS)
def test_every_event_is_queued_once_though_processes_are_killed(quick_store, steps):
    """Two processes look, queue, claim and send in any order; each of them may die in between."""
    wipe(quick_store)
    looks = Looks(quick_store)
    desks = [Desk(quick_store, looks), Desk(quick_store, looks)]
    desks[0].queue()
    sent: list[str] = []
    contents: dict[str, Alert] = {}
    dead: list[ClaimedAlert] = []
    for step, what in steps:
        match step:
            case "look":
                desks[0].look(*(sighting(shop, severity=severity) for shop, severity in what.items()))
            case "queue":
                desks[what].queue()
            case "clock":
                looks.now = shifted_utc(looks.now, what)
            case "claim and die":
                claim = desks[what].claim()
                if claim is not None:
                    dead.append(claim)
                    assert contents.setdefault(claim.alert.id, claim.alert) == claim.alert
            case "late answer" if dead:
                claim = dead.pop()
                desks[what].outbox.mark(claim, end_attempt(Sent(answer="late"), claim.attempt, looks.now))
                sent.append(claim.alert.id)
            case "send":
                for alert in desks[0].send(what):
                    assert contents.setdefault(alert.id, alert) == alert, "another content under the same id"
                    assert alert.id not in sent, "sent again"
                    if isinstance(what, Sent):
                        sent.append(alert.id)
    desks[0].queue()
    desks[1].queue()
    wanted = {
        each.number
        for each in looks.store.events_after(FLEET, 0)
        if each.event.finding.severity is HIGH and each.event.kind.value != "resolved"
    }
    with quick_store.reading() as connection:
        rows = connection.execute(text("SELECT kind, entries FROM alerts")).all()
    assert sorted(number for kind, entries in rows if kind != "digest" for number in numbers(entries)) == sorted(
        wanted | {number for kind, entries in rows if kind != "digest" for number in numbers(entries)}
    )


def numbers(entries):
    return [entry[0] for entry in json.loads(entries)]


def at_the_same_time(*work):
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_processes_that_queue_together_queue_each_event_once(desk):
    desk.look(*(high(f"shop-{at}") for at in range(9)))
    queued = []
    at_the_same_time(*[lambda: queued.append(desk.queue().alerts)] * 4)
    assert sorted(queued) == [0, 0, 0, 9]
    assert len(desk.listed()) == 9


def test_processes_that_send_together_never_claim_the_same_alert(desk):
    desk.look(*(high(f"shop-{at}") for at in range(9)))
    desk.queue()
    claimed = []

    def claim_all():
        while (claim := desk.claim()) is not None:
            claimed.append(claim.alert.id)

    at_the_same_time(*[claim_all] * 4)
    while (claim := desk.claim()) is not None:  # PostgreSQL skips rows that are locked, so that a turn may miss some
        claimed.append(claim.alert.id)
    assert len(claimed) == len(set(claimed)) == 9


def test_a_digest_that_is_claimed_while_it_is_extended_loses_nothing(desk):
    desk.look(sighting("shop-0"))
    desk.queue()
    desk.wait(86_400)
    desk.look(sighting("shop-0"), sighting("shop-1"))
    claimed = []
    at_the_same_time(desk.queue, lambda: claimed.append(desk.claim()))
    desk.queue()
    shown = [claimed[0] or desk.claim()]
    desk.wait(2 * 86_400)
    shown += [claim for claim in [desk.claim(skip={shown[0].alert.id})] if claim is not None]
    shops = [event.finding.key.shop for claim in shown for event in claim.alert.events]
    assert sorted(shops) == ["shop-0", "shop-1"]
