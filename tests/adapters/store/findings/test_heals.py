"""Heals in the store: recorded before the first request, completed after the last; the same over SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.adapters.store.findings.heals import StoreHeals
from reconciler.adapters.store.retention.prune_store import DISPUTE, prune_rows
from reconciler.core.findings.finding import FindingEvent, FindingEventKind, HealingFacts
from reconciler.core.findings.metric_totals import Total
from reconciler.core.healing.record import Heal, HealOutcome
from reconciler.core.values import ShopKey
from reconciler.ports.findings.heals import HealedField, Proposal, StoredHeal
from tests.adapters.store.findings.test_finding_store import FLEET as OF_LOOKS
from tests.adapters.store.findings.test_finding_store import Looks, sighting

FLEET = "production-kyoto"
FIELD = HealedField(finding="0" * 16, shop=ShopKey("kyoto-tea"), field="mail.sender", rule="texts")
HEAL = Heal(at="2026-04-01T03:00:00Z", outcome=HealOutcome.FAILED, actor="mori", desired="茶 <tea@kyoto.example>")
PROPOSAL = Proposal(
    shop=ShopKey("kyoto-tea"),
    file=".reconciler/proposals/kyoto-tea.json",
    fingerprint="sha256:" + "a" * 64,
    rule="texts",
    at=HEAL.at,
    findings={"0" * 16: "a", "1" * 16: "b"},
)


@pytest.fixture
def heals(store):
    return StoreHeals(store)


def test_a_heal_that_never_ended_counts_as_failed(location):
    """The process that began it was killed."""
    store = open_store(location)
    StoreHeals(store).begin_heals(FLEET, [(FIELD, HEAL)], {})
    store.close()
    again = open_store(location)
    assert StoreHeals(again).heals_of(FLEET, [FIELD.finding]) == {FIELD.finding: [HEAL]}
    again.close()


def test_a_heal_ends_with_its_outcome_and_the_run_that_wrote(heals):
    other = replace(FIELD, finding="1" * 16, field="login.service_name")
    first, second = heals.begin_heals(FLEET, [(FIELD, HEAL), (other, replace(HEAL, desired=None))], {})
    heals.end_heals(FLEET, {first: HealOutcome.HEALED}, "run-1")
    assert list(heals.latest_heals(FLEET, limit=9)) == [
        StoredHeal(number=second, healed=other, heal=replace(HEAL, desired=None)),
        StoredHeal(number=first, healed=FIELD, heal=replace(HEAL, outcome=HealOutcome.HEALED), run="run-1"),
    ]
    assert [each.number for each in heals.latest_heals(FLEET, limit=1)] == [second]
    assert heals.latest_heals(FLEET, limit=9, shop="nara-ink") == []


def test_heals_of_a_finding_are_oldest_first(heals):
    later = replace(HEAL, at="2026-04-01T04:00:00Z")
    heals.begin_heals(FLEET, [(FIELD, HEAL)], {})
    heals.begin_heals(FLEET, [(FIELD, later), (replace(FIELD, finding="2" * 16), later)], {FIELD.finding: 1})
    assert heals.heals_of(FLEET, [FIELD.finding, "3" * 16]) == {FIELD.finding: [HEAL, later]}


def test_a_fleet_does_not_see_another_ones_heals_and_proposals(heals):
    (number,) = heals.begin_heals(FLEET, [(FIELD, HEAL)], {})
    heals.propose(FLEET, PROPOSAL, ())
    heals.end_heals("sandbox-kyoto", {number: HealOutcome.HEALED}, "run-1")
    heals.withdraw("sandbox-kyoto", [PROPOSAL.shop])
    assert heals.heals_of("sandbox-kyoto", [FIELD.finding]) == {}
    assert heals.latest_heals("sandbox-kyoto", limit=9) == []
    assert heals.proposals("sandbox-kyoto") == []
    assert heals.heals_of(FLEET, [FIELD.finding]) == {FIELD.finding: [HEAL]}
    assert heals.proposals(FLEET) == [PROPOSAL]


def test_a_newer_proposal_replaces_that_of_the_same_shop(heals):
    newer = replace(PROPOSAL, at="2026-04-02T03:00:00Z", findings={"4" * 16: "c"}, fingerprint="sha256:" + "b" * 64)
    other = replace(PROPOSAL, shop=ShopKey("aki-tea"))
    for proposal in (PROPOSAL, newer, other):
        heals.propose(FLEET, proposal, ())
    assert heals.proposals(FLEET) == [other, newer]
    heals.withdraw(FLEET, [PROPOSAL.shop, ShopKey("unknown")])
    assert heals.proposals(FLEET) == [other]


def test_old_heals_are_pruned_and_those_of_a_dispute_stay(store, heals):
    """However short the retention is: the next wait follows from them."""
    made = datetime.fromisoformat(HEAL.at)
    heals.begin_heals(FLEET, [(FIELD, HEAL)], {})
    now = made + DISPUTE
    assert prune_rows(store, now, now).heals == 0
    now += timedelta(seconds=1)
    assert prune_rows(store, now, now, dry_run=True).heals == 1
    assert prune_rows(store, now, now).heals == 1
    assert heals.latest_heals(FLEET, limit=9) == []


def test_a_heal_that_another_process_began_is_not_begun_again(heals):
    assert len(heals.begin_heals(FLEET, [(FIELD, HEAL)], {})) == 1
    assert list(heals.begin_heals(FLEET, [(FIELD, HEAL)], {})) == []
    other = replace(FIELD, finding="1" * 16)
    assert list(heals.begin_heals(FLEET, [(other, HEAL), (FIELD, HEAL)], {})) == []
    assert len(heals.latest_heals(FLEET, limit=9)) == 1
    assert len(heals.begin_heals(FLEET, [(FIELD, HEAL)], {FIELD.finding: 1})) == 1


def test_many_processes_begin_one_heal(location):
    """The decision and the record are one transaction."""

    def begin() -> int:
        store = open_store(location)
        try:
            return len(StoreHeals(store).begin_heals(FLEET, [(FIELD, HEAL)], {}))
        finally:
            store.close()

    open_store(location).close()
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: begin(), range(8))) == 1


def test_shops_that_were_healed_since(heals):
    later = replace(HEAL, at="2026-04-01T04:00:00Z")
    heals.begin_heals(FLEET, [(FIELD, HEAL), (replace(FIELD, finding="1" * 16, shop=ShopKey("uji-cups")), later)], {})
    assert heals.healed_shops(FLEET, "2026-04-01T03:30:00Z") == {"uji-cups"}
    assert heals.healed_shops("sandbox-kyoto", HEAL.at) == frozenset()


def test_a_fight_is_recorded_once_until_another_heal(store, heals):
    Looks(store)(sighting())
    (finding,) = StoreFindings(store).findings(OF_LOOKS)
    facts = HealingFacts(rule="mail", heals=3, since="2026-04-01T00:00:00Z", period=3600.0)
    fight = FindingEvent(kind=FindingEventKind.FIGHT, at="2026-04-01T05:00:00Z", finding=finding, healing=facts)
    before = StoreFindings(store).last_event(OF_LOOKS)
    assert heals.announce_fight(fight, "2026-04-01T04:00:00Z")
    assert not heals.announce_fight(replace(fight, at="2026-04-01T06:00:00Z"), "2026-04-01T04:00:00Z")
    (recorded,) = StoreFindings(store).events_after(OF_LOOKS, before)
    assert recorded.event == fight
    assert heals.announce_fight(replace(fight, at="2026-04-02T06:00:00Z"), "2026-04-02T04:00:00Z")
    totals = StoreFindings(store).metrics(OF_LOOKS).totals
    assert (totals[Total.FIGHTS, ()], totals[Total.EVENTS, ("fight",)]) == (2, 2)


def test_what_came_of_heals_and_proposals_is_counted(store, heals):
    Looks(store)(sighting())
    (finding,) = StoreFindings(store).findings(OF_LOOKS)
    numbers = heals.begin_heals(OF_LOOKS, [(replace(FIELD, finding=str(n) * 16), HEAL) for n in range(3)], {})
    heals.end_heals(
        OF_LOOKS, dict.fromkeys(numbers[:2], HealOutcome.HEALED) | {numbers[2]: HealOutcome.FAILED}, "run-1"
    )
    event = FindingEvent(
        kind=FindingEventKind.PROPOSED, at=HEAL.at, finding=finding, healing=HealingFacts(rule="mail", file="plan.json")
    )
    heals.propose(OF_LOOKS, PROPOSAL, [event])
    heals.propose(OF_LOOKS, PROPOSAL, [])
    totals = StoreFindings(store).metrics(OF_LOOKS).totals
    assert {labels[0]: count for (total, labels), count in totals.items() if total is Total.HEALS} == {
        "healed": 2,
        "failed": 1,
        "proposed": 1,
    }
