"""Looks and findings in the store: what is stored is read back, looks are ordered, and a quiet look costs next to nothing."""

import threading
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.core.findings.finding import (
    ChangeAuthor,
    FindingClass,
    FindingEventKind,
    FindingKey,
    FindingState,
    ResolvedBy,
    Sighting,
)
from reconciler.core.findings.scope import LookScope
from reconciler.core.findings.transition import LookObservation, fold_look
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.utc import shifted_utc
from reconciler.ports.findings.finding_store import LookRecord
from tests.adapters.store.fakes import wipe

FLEET = "production-reconciler"
START = "2026-04-01T03:00:00Z"
SHOPS = frozenset({"kyoto-tea", "uji-cups", "nara-ink"})


def sighting(shop="kyoto-tea", value="a", severity=FindingSeverity.MEDIUM, fleet=FLEET) -> Sighting:
    return Sighting(
        key=FindingKey(fleet=fleet, shop=shop, field="amazon.notification.email", kind=FindingClass.DRIFTED),
        severity=severity,
        owner="@pay",
        file=f"shops/{shop}.yaml",
        desired={"sensitive": True, "digest": "00ff", "source": "ref+env://TOKEN"},
        observed=value,
        author=ChangeAuthor(actor="tanaka", actor_type="merchant", at="2026-03-31T09:00:00Z"),
    )


class Looks:
    """Looks one after the other, an hour apart."""

    def __init__(self, store, fleet=FLEET) -> None:
        self.store, self.fleet, self.now = StoreFindings(store), fleet, START

    def begin(self) -> int:
        self.now = shifted_utc(self.now, 3600)
        return self.store.begin_look(self.fleet, self.now)

    def end(self, number, *seen, compared=SHOPS, unread=None, complete=True, cause=None):
        sightings = {each.key.id: each for each in seen}
        scope = LookScope(compared=compared, unread=frozenset(unread or {}), complete=complete)
        record = LookRecord(
            number=number,
            fleet=self.fleet,
            ended=self.now,
            seconds=1.25,
            requests=3,
            complete=complete,
            compared=compared,
            unread=unread or {},
        )

        def fold(stored):
            causes = {} if cause is None else {finding.key.id: cause for finding in stored}
            return fold_look(stored, LookObservation(at=self.now, scope=scope, sightings=sightings, causes=causes))

        return [recorded.event.kind for recorded in self.store.record_look(record, frozenset(sightings), fold)]

    def __call__(self, *seen, **words):
        return self.end(self.begin(), *seen, **words)


@pytest.fixture
def looks(store):
    return Looks(store)


def test_a_finding_is_read_back_as_it_was_stored(looks):
    assert looks(sighting()) == [FindingEventKind.OPENED]
    (finding,) = looks.store.findings(FLEET)
    assert finding.key == sighting().key
    assert finding.author == sighting().author
    assert (finding.desired, finding.observed) == (sighting().desired, "a")
    assert (finding.owner, finding.file) == ("@pay", "shops/kyoto-tea.yaml")
    (recorded,) = looks.store.events(finding.key.id)
    assert recorded.event.finding == finding


def test_labels_and_group_are_read_back_and_older_entries_have_none(looks, store):
    labelled = replace(sighting(), labels={"tier": "gold"}, group="standard")
    looks(labelled)
    (finding,) = looks.store.findings(FLEET)
    (recorded,) = looks.store.events(finding.key.id)
    for each in (finding, recorded.event.finding):
        assert (each.labels, each.group) == ({"tier": "gold"}, "standard")
    document = 'document = replace(document, \'"labels":{"tier":"gold"},\', \'\')'
    with store.writing() as connection:
        connection.execute(text(f"UPDATE finding_events SET {document}"))
        connection.execute(
            text("UPDATE finding_events SET document = replace(document, '\"shop_group\":', '\"other\":')")
        )
    (old,) = looks.store.events(finding.key.id)
    assert (old.event.finding.labels, old.event.finding.group) == ({}, None)


def test_the_history_of_a_finding(looks):
    looks(sighting())
    looks(sighting())
    looks(sighting(value="b"))
    looks(cause=ResolvedBy.GIT)
    (finding,) = looks.store.findings(FLEET, resolved=True)
    assert looks.store.findings(FLEET) == []
    assert finding.state is FindingState.RESOLVED
    assert finding.resolved_by is ResolvedBy.GIT
    events = looks.store.events(finding.key.id)
    assert [each.event.kind.value for each in events] == ["opened", "changed", "resolved"]
    first = events[0].look
    assert [each.look - first for each in events] == [0, 2, 3]
    assert [each.event.finding.observed for each in events] == ["a", "b", "b"]
    assert finding.last_seen < finding.since


def test_the_most_severe_come_first(looks):
    looks(
        sighting("uji-cups", severity=FindingSeverity.LOW),
        sighting("nara-ink", severity=FindingSeverity.CRITICAL),
        sighting("kyoto-tea", severity=FindingSeverity.HIGH),
    )
    assert [finding.key.shop for finding in looks.store.findings(FLEET)] == ["nara-ink", "kyoto-tea", "uji-cups"]


def test_a_look_that_began_earlier_does_not_undo_a_later_one(looks):
    looks(sighting())
    slow, quick = looks.begin(), looks.begin()
    assert looks.end(quick) == [FindingEventKind.RESOLVED]
    assert looks.end(slow, sighting(), sighting("uji-cups")) == []
    assert looks.store.findings(FLEET) == []


def test_two_looks_that_end_together_report_a_finding_once(looks):
    numbers = [looks.begin(), looks.begin()]
    kinds = []
    threads = [threading.Thread(target=lambda n=n: kinds.extend(looks.end(n, sighting()))) for n in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds == [FindingEventKind.OPENED]


def test_a_look_whose_fold_fails_records_nothing(looks, store):
    number = looks.begin()
    record = LookRecord(
        number=number, fleet=FLEET, ended=START, seconds=0, requests=0, complete=True, compared=SHOPS, unread={}
    )

    def fold(_stored):
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        looks.store.record_look(record, frozenset(), fold)
    (look,) = looks.store.looks(FLEET, limit=5)
    assert look.ended is None


def test_fleets_of_one_store_do_not_see_each_other(store):
    one, other = Looks(store), Looks(store, "sandbox-reconciler")
    one(sighting())
    assert other(sighting(fleet="sandbox-reconciler")) == [FindingEventKind.OPENED]
    assert other() == [FindingEventKind.RESOLVED]
    assert len(one.store.findings(FLEET)) == 1
    assert one.store.last_event(FLEET) < other.store.last_event("sandbox-reconciler")
    assert [each.event.kind.value for each in one.store.events_after("sandbox-reconciler", 0)] == ["opened", "resolved"]


def test_a_shop_that_cannot_be_read_is_remembered_with_its_last_good_look(looks):
    looks()
    good = looks.now
    looks(compared=SHOPS - {"uji-cups"}, unread={"uji-cups": "B101"})
    since = looks.now
    looks(compared=SHOPS - {"uji-cups"}, unread={"uji-cups": "B101"})
    (unread,) = looks.store.unread_shops(FLEET)
    assert (unread.shop, unread.since, unread.last_good, unread.code) == ("uji-cups", since, good, "B101")
    looks(compared=frozenset({"uji-cups"}), complete=False)
    assert looks.store.unread_shops(FLEET) == []


def test_a_shop_that_was_never_read_has_no_last_good_look(looks):
    looks(compared=SHOPS - {"uji-cups"}, unread={"uji-cups": "B101"})
    assert looks.store.unread_shops(FLEET)[0].last_good is None
    looks(compared=SHOPS - {"uji-cups"})
    assert looks.store.unread_shops(FLEET) == [], "its manifest is gone"


def test_a_reader_knows_what_it_read_and_never_less(looks):
    assert looks.store.position(FLEET, "new") is None
    looks(sighting(), sighting("uji-cups"))
    last = looks.store.last_event(FLEET)
    looks.store.advance(FLEET, "new", last)
    looks.store.advance(FLEET, "new", last - 1)
    assert looks.store.position(FLEET, "new") == last
    assert looks.store.events_after(FLEET, last) == []


def test_a_finding_is_found_by_the_start_of_its_id(looks):
    looks(sighting(), sighting("uji-cups"))
    one = sighting().key.id
    assert [finding.key.id for finding in looks.store.find(FLEET, one[:6])] == [one]
    assert len(looks.store.find(FLEET, "")) == 2
    assert looks.store.find(FLEET, "%") == []
    assert looks.store.find("another", one) == []


@given(
    st.lists(
        st.tuples(st.dictionaries(st.sampled_from(sorted(SHOPS)), st.sampled_from("ab")), st.booleans()), max_size=12
    )
)
def test_what_is_stored_is_what_the_events_say(quick_store, course):
    wipe(quick_store)
    looks = Looks(quick_store)
    for seen, readable in course:
        values = [sighting(shop, value) for shop, value in seen.items()] if readable else []
        looks(
            *values,
            compared=SHOPS if readable else frozenset(),
            unread={} if readable else dict.fromkeys(SHOPS, "B101"),
        )
    for finding in looks.store.findings(FLEET, resolved=True):
        last = looks.store.events(finding.key.id)[-1].event
        for name in ("state", "since", "resolved_by", "first_seen"):
            assert getattr(last.finding, name) == getattr(finding, name)


def size(store) -> int:
    with store.reading() as connection:
        if connection.dialect.name == "sqlite":
            return connection.execute(text("SELECT (SELECT * FROM pragma_page_count()) * 4096")).scalar()
        names = ("looks", "findings", "finding_events", "unread_shops", "finding_readers")
        return sum(
            connection.execute(text("SELECT pg_total_relation_size(:name)"), {"name": name}).scalar() for name in names
        )


def vacuum(store) -> None:
    """What a server does by itself once a minute: older versions of rows are removed, and their place is used again."""
    if not store.is_file:
        with closing(store._engine.raw_connection()) as pooled:
            pooled.driver_connection.execute("VACUUM")


def test_a_look_without_change_adds_little(looks, store):
    """The first looks make the pages in which PostgreSQL keeps older versions of a row until it reuses their place."""
    seen = [sighting(f"shop-{number}") for number in range(100)]
    shops = frozenset(each.key.shop for each in seen)
    unread = {f"down-{number}": "B101" for number in range(20)}
    for _ in range(20):
        looks(*seen, compared=shops, unread=unread)
    before, count = size(store), 100
    for _ in range(count):
        assert looks(*seen, compared=shops, unread=unread) == []
        vacuum(store)
    assert (size(store) - before) / count <= 1280, "bytes: a row of `looks`, and its place in three indexes"


def test_values_of_a_finding_may_be_any_that_a_backend_has(looks):
    odd = replace(sighting(), observed=["https://a.example/%", "ü\udc80"], desired=None)
    looks(odd)
    (finding,) = looks.store.findings(FLEET)
    assert (finding.observed, finding.desired) == (["https://a.example/%", "ü\udc80"], None)
