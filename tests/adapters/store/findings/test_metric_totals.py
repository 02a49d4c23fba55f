"""Metrics from the store: a judge who only knows what each look saw gets the same numbers."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts
from reconciler.adapters.store.db.run_tables import metadata
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.adapters.store.retention.prune_store import prune_rows
from reconciler.core.alerts.alert import AlertState
from reconciler.core.alerts.queueing import plan_alerts
from reconciler.core.alerts.retries import AttemptEnd
from reconciler.core.alerts.rules import AlertRule, AlertRules
from reconciler.core.findings.acceptance import Acceptance
from reconciler.core.findings.drift_metrics import WaitingAlerts, measure_drift
from reconciler.core.findings.finding import ChangeAuthor, Finding, FindingClass, FindingKey, Sighting
from reconciler.core.findings.metric_totals import LookCounts, Series, Total, look_increments
from reconciler.core.findings.scope import LookScope
from reconciler.core.findings.transition import LookObservation, fold_look
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.utc import shifted_utc
from reconciler.ports.findings.finding_store import LookRecord
from tests.adapters.store.fakes import wipe

FLEET = "production-reconciler"
START = "2026-04-01T03:00:00Z"
SHOPS = ("kyoto-tea", "nara-ink", "uji-cups")
MAIL = "amazon.notification.email"
HOUR = 3600


def seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def sighting(shop: str, value: str, changed: str | None) -> Sighting:
    return Sighting(
        key=FindingKey(fleet=FLEET, shop=shop, field=MAIL, kind=FindingClass.DRIFTED),
        severity=FindingSeverity.MEDIUM,
        observed=value,
        author=None if changed is None else ChangeAuthor(actor="tanaka", actor_type="merchant", at=changed),
    )


class Fleet:
    """Looks at a fleet, and beside the store a list of what each of them saw."""

    def __init__(self, store) -> None:
        self.raw, self.store, self.now = store, StoreFindings(store), START
        self.changes: dict[str, str] = {}
        self.saw: list[tuple[str, dict[str, str], frozenset[str], frozenset[str]]] = []

    def look(self, seen, *, after=HOUR, unread=(), accepted=(), scope=SHOPS, complete=True, took=2.5):
        """`seen`: the values of shops that differ. `scope`: the shops that the look is about."""
        self.now = shifted_utc(self.now, after)
        compared = frozenset(scope) - frozenset(unread)
        known = {shop: value for shop, value in seen.items() if shop in compared}
        sightings = {
            each.key.id: each
            for each in (sighting(shop, value, self._changed(shop, value)) for shop, value in known.items())
        }
        looking = LookScope(compared=compared, unread=frozenset(unread), complete=complete)
        ledger = [
            Acceptance(shop=shop, field=MAIL, value=known[shop], until="2027-12-31", owner="@pay", reason="campaign")
            for shop in accepted
            if shop in known
        ]
        observation = LookObservation(at=self.now, scope=looking, sightings=sightings, acceptances=ledger)
        record = LookRecord(
            number=self.store.begin_look(FLEET, self.now),
            fleet=FLEET,
            ended=self.now,
            seconds=took,
            requests=len(compared),
            complete=complete,
            compared=compared,
            unread=dict.fromkeys(unread, "B101"),
        )
        self.store.record_look(record, frozenset(sightings), lambda stored: fold_look(stored, observation))
        self.saw.append((self.now, known, compared, frozenset(each.shop for each in ledger)))

    def _changed(self, shop: str, value: str) -> str:
        """A value is put in by one change, a quarter of an hour before the look that first sees it."""
        last = next((known for _, known, compared, _ in reversed(self.saw) if shop in compared), {})
        if last.get(shop) != value:
            self.changes[shop] = shifted_utc(self.now, -900)
        return self.changes[shop]

    def totals(self):
        return dict(self.store.metrics(FLEET).totals)

    def measured(self, after: float = 0.0):
        now = shifted_utc(self.now, after)
        return measure_drift(FLEET, self.store.findings(FLEET), self.store.metrics(FLEET), now)


def drift_seconds(saw) -> float:
    """By the judge: each shop from the look that saw it differ to the look that did not, less what is accepted. Time that a
    clock repeats counts once.
    """
    differing: set[str] = set()
    total, reached = 0.0, None
    for at, known, compared, accepted in saw:
        if reached is not None:
            total += len(differing) * max(0.0, seconds(reached, at))
        reached = at if reached is None else max(reached, at)
        differing -= compared
        differing |= {shop for shop in known if shop not in accepted}
    return total


def last_compared(saw) -> Counter[str]:
    times: dict[str, str] = {}
    for at, _, compared, _ in saw:
        times |= dict.fromkeys(compared, at)
    return Counter(times.values())


STORY = st.lists(
    st.fixed_dictionaries(
        {
            "after": st.integers(-2 * HOUR, 30 * HOUR),
            "seen": st.dictionaries(st.sampled_from(SHOPS), st.sampled_from("ab")),
            "unread": st.sets(st.sampled_from(SHOPS), max_size=2),
            "accepted": st.sets(st.sampled_from(SHOPS), max_size=1),
            "scope": st.sampled_from([SHOPS, SHOPS[:1], SHOPS[1:]]),
        }
    ),
    max_size=10,
)


@given(STORY)
def test_seconds_of_drift_are_what_a_judge_counts_who_saw_the_looks(quick_store, story):
    wipe(quick_store)
    fleet = Fleet(quick_store)
    before: dict[Series, float] = {}
    for step in story:
        scope = step["scope"]
        fleet.look(**step | {"unread": step["unread"] & set(scope), "complete": scope == SHOPS})
        after = fleet.totals()
        assert all(after[series] >= value for series, value in before.items())
        before = after
    assert before.get((Total.DRIFT_SECONDS, ()), 0) == drift_seconds(fleet.saw)


@given(STORY)
def test_times_to_detect_and_to_resolve_are_those_of_the_events(quick_store, story):
    wipe(quick_store)
    fleet = Fleet(quick_store)
    for step in story:
        fleet.look(
            **step | {"after": abs(step["after"]), "unread": step["unread"] & set(step["scope"]), "complete": False}
        )
    events = [each.event for each in fleet.store.events_after(FLEET, 0)]
    totals = fleet.totals()
    kinds = Counter(event.kind.value for event in events)
    assert {labels[0]: value for (total, labels), value in totals.items() if total is Total.EVENTS} == kinds
    changes = {
        (event.finding.key.id, event.finding.author.at)
        for event in events
        if event.kind.value in {"opened", "changed", "flapping"}
    }
    assert sum(value for (total, _), value in totals.items() if total is Total.DETECT_BUCKET) <= len(changes)
    by_finding: dict[str, str] = {}
    resolved = 0.0
    for event in events:
        before = by_finding.get(event.finding.key.id)
        if event.kind.value == "resolved" and before != "accepted":
            resolved += seconds(event.finding.opened, event.at)
        by_finding[event.finding.key.id] = event.finding.state.value
    assert totals.get((Total.RESOLVE_SUM, ()), 0) == resolved


@given(STORY)
def test_the_age_of_a_shop_is_that_of_the_last_look_that_compared_it(quick_store, story):
    wipe(quick_store)
    fleet = Fleet(quick_store)
    fleet.look({})
    for step in story:
        scope = step["scope"]
        own = {"after": abs(step["after"]), "unread": step["unread"] & set(scope), "complete": scope == SHOPS}
        fleet.look(**step | own)
    assert dict(fleet.store.metrics(FLEET).compared) == last_compared(fleet.saw)
    assert Counter(fleet.store.compared_shops(FLEET).shops.values()) == last_compared(fleet.saw)


def test_a_change_that_is_seen_first_counts_as_detected_once(store):
    fleet = Fleet(store)
    fleet.look({})
    for _ in range(3):
        fleet.look({"kyoto-tea": "a"})
    fleet.look({"kyoto-tea": "b", "uji-cups": "a"})
    totals = fleet.totals()
    assert totals[Total.DETECT_SUM, ()] == 3 * 900
    assert totals[Total.DETECT_BUCKET, ("900",)] == 3


def test_a_change_that_becomes_a_conflict_was_detected_before():
    """Git changed as well: the finding of the other class has the same change."""
    drifted = sighting("kyoto-tea", "a", START)
    conflict = replace(drifted, key=replace(drifted.key, kind=FindingClass.CONFLICT))
    stored: dict[str, Finding] = {}
    counts = []
    for at, seen in enumerate((drifted, conflict), 1):
        now = shifted_utc(START, at * HOUR)
        scope = LookScope(compared=frozenset(SHOPS))
        look = LookObservation(at=now, scope=scope, sightings={seen.key.id: seen})
        transitions = list(fold_look(stored.values(), look))
        increments = look_increments(
            LookCounts(at=now, seconds=1, requests=1, complete=True, drifted=0, since=None), stored, transitions
        )
        counts.append(increments.get((Total.DETECT_SUM, ()), 0))
        stored |= {each.finding.key.id: each.finding for each in transitions}
    assert counts == [HOUR, 0]


def test_what_is_deleted_stays_counted(store):
    fleet = Fleet(store)
    fleet.look({"kyoto-tea": "a"})
    fleet.look({})
    fleet.look({}, scope=SHOPS[:1], complete=False)
    before = fleet.totals()
    assert before[Total.RESOLVE_BUCKET, ("3600",)] == 1
    later = datetime.fromisoformat(shifted_utc(fleet.now, HOUR))
    assert prune_rows(store, later, later).findings == 1
    assert fleet.store.findings(FLEET, resolved=True) == []
    assert fleet.totals() == before
    fleet.look({"uji-cups": "a"})
    fleet.look({})
    assert fleet.totals()[Total.DRIFT_SECONDS, ()] == 2 * HOUR


def test_a_clock_that_is_set_back_decreases_nothing(store):
    fleet = Fleet(store)
    fleet.look({"kyoto-tea": "a"})
    fleet.look({"kyoto-tea": "a"}, after=2 * HOUR)
    fleet.look({"kyoto-tea": "a"}, after=-10 * HOUR)
    fleet.look({}, after=HOUR)
    assert fleet.totals()[Total.DRIFT_SECONDS, ()] == 2 * HOUR
    fleet.look({"kyoto-tea": "a"}, after=9 * HOUR)
    fleet.look({"kyoto-tea": "a"}, after=HOUR)
    assert fleet.totals()[Total.DRIFT_SECONDS, ()] == 3 * HOUR
    assert fleet.measured(after=-9 * HOUR).shop_ages == {0.5: 0.0, 0.9: 0.0, 1.0: 0.0}


def test_what_is_accepted_is_no_drift(store):
    fleet = Fleet(store)
    fleet.look({"kyoto-tea": "a"}, accepted=["kyoto-tea"])
    fleet.look({"kyoto-tea": "a", "uji-cups": "a"}, accepted=["kyoto-tea"])
    fleet.look({})
    assert fleet.totals()[Total.DRIFT_SECONDS, ()] == HOUR
    assert fleet.totals()[Total.RESOLVE_SUM, ()] == HOUR


def test_each_look_is_counted_with_its_length_and_requests(store):
    fleet = Fleet(store)
    fleet.look({}, took=0.5)
    fleet.look({}, took=9000.0, scope=SHOPS[:1], complete=False)
    totals = fleet.totals()
    assert (totals[Total.LOOKS, ("complete",)], totals[Total.LOOKS, ("partial",)]) == (1, 1)
    assert (totals[Total.LOOK_BUCKET, ("1",)], totals[Total.LOOK_BUCKET, ("+Inf",)]) == (1, 1)
    assert (totals[Total.LOOK_SUM, ()], totals[Total.LOOK_REQUESTS, ()]) == (9000.5, 4)


def test_shops_by_the_age_of_their_last_good_look(store):
    fleet = Fleet(store)
    fleet.look({}, unread=["uji-cups"])
    first = fleet.now
    assert fleet.store.metrics(FLEET).compared == [(first, 3)]
    fleet.look({}, unread=["uji-cups", "nara-ink"])
    assert fleet.store.metrics(FLEET).compared == [(first, 2), (fleet.now, 1)]
    measured = fleet.measured(after=60)
    assert measured.shop_ages == {0.5: HOUR + 60, 0.9: HOUR + 60, 1.0: HOUR + 60}
    assert (measured.shops, measured.stored.unread, measured.shop_age_sum) == (3, 2, 2 * HOUR + 3 * 60)
    fleet.look({}, scope=["nara-ink"], complete=False)
    assert len(fleet.store.metrics(FLEET).compared) == 3
    fleet.look({}, scope=SHOPS[:2])
    assert fleet.store.metrics(FLEET).compared == [(fleet.now, 2)], "the manifest of one is gone"


def test_a_look_that_began_earlier_does_not_make_shops_older(store):
    fleet = Fleet(store)
    slow = fleet.store.begin_look(FLEET, fleet.now)
    fleet.look({})
    record = LookRecord(
        number=slow,
        fleet=FLEET,
        ended=START,
        seconds=1,
        requests=1,
        complete=True,
        compared=frozenset({"new"}),
        unread={},
    )
    fleet.store.record_look(record, frozenset(), lambda _stored: ())
    assert fleet.store.metrics(FLEET).compared == [(fleet.now, 3)]


def test_a_quiet_look_writes_no_row_for_a_shop(store):
    fleet = Fleet(store)
    fleet.look({})
    with store.reading() as connection:
        before = connection.execute(metadata.tables["looked_shops"].select()).all()
    fleet.look({})
    with store.reading() as connection:
        assert connection.execute(metadata.tables["looked_shops"].select()).all() == before
    assert {row.last_good for row in before} == {None}
    assert all(one < other for one, other in pairwise(at for at, *_ in fleet.saw))


def test_each_attempt_to_send_an_alert_is_counted_by_what_became_of_it(store):
    fleet, outbox = Fleet(store), StoreAlerts(store)
    rules = AlertRules(channels=("ops",), rules=(AlertRule(channels=frozenset({"ops"})),))

    def queue():
        outbox.queue(FLEET, "ops", fleet.now, lambda backlog: plan_alerts(backlog, rules, fleet.now))

    def attempt(state: AlertState, due: str | None = None):
        claim = outbox.claim(FLEET, "ops", fleet.now)
        assert claim is not None
        outbox.mark(claim, AttemptEnd(state=state, at=fleet.now, due=due))
        outbox.mark(claim, AttemptEnd(state=AlertState.FAILED, at=fleet.now))

    queue()
    fleet.look({"kyoto-tea": "a", "uji-cups": "a"})
    queue()
    assert fleet.store.metrics(FLEET).alerts == {"ops": WaitingAlerts(queued=2, failed=0)}
    attempt(AlertState.QUEUED, due=shifted_utc(fleet.now, 60))
    attempt(AlertState.SENT)
    fleet.now = shifted_utc(fleet.now, 60)
    attempt(AlertState.FAILED)
    counted = {labels: value for (total, labels), value in fleet.totals().items() if total is Total.ALERTS}
    assert counted == {("ops", "sent"): 1, ("ops", "retried"): 1, ("ops", "failed"): 1}
    assert fleet.store.metrics(FLEET).alerts == {"ops": WaitingAlerts(queued=0, failed=1)}
