"""What is old and settled is deleted; what someone may still need stays, whatever its age."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from reconciler.adapters.store.db.alert_tables import alerts
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.adapters.store.retention.prune_store import ABANDONED, prune_rows
from reconciler.adapters.store.reviews.review_store import StoreReviews
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.core.runs.events import RunFinished, ShopFinished, ShopReopened, ShopStarted, StepDone, StepStarted
from reconciler.ports.journal import PrunedRows
from tests.adapters.store.copying.filled_stores import content, filled
from tests.adapters.store.fakes import CLOSE, SHOP, START, journal, tell
from tests.adapters.store.findings.test_finding_store import FLEET, Looks, sighting
from tests.adapters.store.reviews.test_review_store import APPLY, NOW, PLAN, REQUEST

DAY = timedelta(days=1)
MOMENT = timedelta(seconds=1)
FINISHED = (ShopStarted(shop=SHOP), ShopFinished(shop=SHOP), RunFinished())
CLOSED = (
    ShopStarted(shop=SHOP),
    StepStarted(shop=SHOP, step=CLOSE, key=f"key-{CLOSE}"),
    StepDone(shop=SHOP, step=CLOSE),
)


def pruned(**counts: int) -> PrunedRows:
    return PrunedRows(
        **{"runs": 0, "looks": 0, "findings": 0, "alerts": 0, "heals": 0, "plans": 0, "deferred": 0, "onboarding": 0}
        | counts
    )


def runs_in(store, clock) -> list[str]:
    return sorted(run.info.run for run in StoreHistory(store, clock).runs())


# Runs.


def test_old_runs_are_deleted_but_never_unfinished_ones(store, clock):
    history = StoreHistory(store, clock)
    tell(journal(store, "settled", clock=clock), CLOSED)
    tell(
        journal(store, "finished", clock=clock),
        [*CLOSED, ShopReopened(shop=SHOP), ShopFinished(shop=SHOP), RunFinished()],
    )
    tell(journal(store, "closed", clock=clock), CLOSED)
    clock.move(60)
    tell(journal(store, "new", clock=clock), FINISHED)
    later = START + 2 * ABANDONED
    before = history.last_applied([SHOP])
    assert prune_rows(store, START, later) == pruned()
    assert prune_rows(store, START + MOMENT, later) == pruned(runs=2)
    assert runs_in(store, clock) == ["closed", "new"]
    assert history.last_applied([SHOP]) == before
    assert history.planned("finished", SHOP) is None


def test_a_run_that_has_not_ended_stays_until_it_was_certainly_killed(store, clock):
    """It may wait between two waves."""
    tell(journal(store, "soaking", clock=clock), FINISHED[:-1])
    now = START + DAY
    assert prune_rows(store, now, now) == pruned()
    now = START + ABANDONED + MOMENT
    assert prune_rows(store, now, now) == pruned(runs=1)


def test_a_number_that_was_deleted_does_not_come_back(store, clock):
    history = StoreHistory(store, clock)
    tell(journal(store), FINISHED)
    last = [recorded.number for recorded in history.events("run-1")][-1]
    assert prune_rows(store, START + DAY, START + DAY) == pruned(runs=1)
    tell(journal(store, "run-2"), FINISHED)
    assert next(history.events("run-2")).number > last


def test_the_events_of_a_run_that_stays_are_not_touched(store, clock):
    tell(journal(store, "old", clock=clock), FINISHED)
    clock.move(DAY.total_seconds())
    tell(journal(store, "new", clock=clock), FINISHED)
    history = StoreHistory(store, clock)
    before = list(history.events("new"))
    assert prune_rows(store, START + MOMENT, START + DAY) == pruned(runs=1)
    assert list(history.events("new")) == before


# Findings.


@pytest.fixture
def looks(store):
    return Looks(store)


def test_resolved_findings_go_with_their_events_and_open_ones_keep_theirs(store, looks):
    resolved, kept = sighting(), sighting(shop="uji-cups")
    looks(resolved, kept)
    looks(kept)
    looks(kept)
    later = START + timedelta(days=400)
    assert prune_rows(store, later, later) == pruned(looks=2, findings=1)
    stored = StoreFindings(store)
    assert [each.key.shop for each in stored.findings(FLEET, resolved=True)] == ["uji-cups"]
    assert len(stored.events(kept.key.id)) == 1
    assert stored.events(resolved.key.id) == []
    assert len(stored.looks(FLEET, limit=9)) == 1, "the last complete look stays"


def test_a_look_that_is_going_on_stays(store, looks):
    number = looks.begin()
    now = START + DAY
    assert prune_rows(store, now, now) == pruned()
    assert looks.end(number) == []
    assert [each.number for each in StoreFindings(store).looks(FLEET, limit=9)] == [number]


# Alerts.


def queue(store, finding: str, state: str, created: str = "2026-04-01T03:00:00Z") -> None:
    row = {
        "id": f"alert-{state}",
        "fleet": FLEET,
        "channel": "ops",
        "kind": "finding",
        "state": state,
        "severity": 2,
        "created": created,
        "at": created,
        "due": created,
        "entries": [[1, finding, 2, created]],
        "count": 1,
        "cause": None,
        "attempts": 0,
    }
    with store.writing() as connection:
        connection.execute(alerts.insert(), [row])


@pytest.mark.parametrize("state", ["queued", "sending"])
def test_an_alert_that_waits_stays_with_the_findings_that_it_shows(store, looks, state):
    looks(sighting())
    looks()
    queue(store, sighting().key.id, state)
    later = START + timedelta(days=400)
    assert prune_rows(store, later, later) == pruned(looks=1)
    assert len(StoreFindings(store).events(sighting().key.id)) == 2


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_an_alert_that_was_tried_goes(store, looks, state):
    looks(sighting())
    looks()
    queue(store, sighting().key.id, state)
    later = START + timedelta(days=400)
    assert prune_rows(store, START, later) == pruned()
    assert prune_rows(store, later, later) == pruned(looks=1, findings=1, alerts=1)


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_an_alert_that_stays_keeps_its_finding_as_it_can_be_sent_again(store, looks, state):
    """It was queued long after the finding was resolved: the check between them sent no alerts."""
    looks(sighting())
    looks()
    later = START + timedelta(days=400)
    queue(store, sighting().key.id, state, created="2027-06-01T00:00:00Z")
    assert prune_rows(store, later, later) == pruned(looks=1)
    assert len(StoreFindings(store).events(sighting().key.id)) == 2
    much_later = later + timedelta(days=400)
    assert prune_rows(store, much_later, much_later) == pruned(findings=1, alerts=1)


# Reviews.


def test_a_deferred_apply_that_waits_stays_with_the_plan_of_its_pull_request(store):
    reviews = StoreReviews(store)
    reviews.save_plan(PLAN)
    reviews.set_report(REQUEST, "sha256:00")
    reviews.defer([APPLY])
    before = APPLY.expires
    assert prune_rows(store, before, before) == pruned()
    assert reviews.deferred(REQUEST.fleet) == [APPLY]
    assert reviews.plan_of(REQUEST) == PLAN
    assert reviews.last_report(REQUEST) == "sha256:00"


def test_a_deferred_apply_goes_once_its_approval_has_expired_and_its_plan_with_it(store):
    reviews = StoreReviews(store)
    reviews.save_plan(PLAN)
    reviews.set_report(REQUEST, "sha256:00")
    reviews.defer([APPLY])
    before = APPLY.expires + MOMENT
    assert prune_rows(store, before, before) == pruned(plans=1, deferred=1)
    assert reviews.last_report(REQUEST) is None


def test_what_was_reported_stays_with_the_newest_plan(store):
    reviews = StoreReviews(store)
    newer = replace(PLAN, head="c" * 40, created=NOW + DAY)
    for each in (PLAN, newer):
        reviews.save_plan(each)
    reviews.set_report(REQUEST, "sha256:00")
    assert prune_rows(store, NOW + MOMENT, NOW + DAY) == pruned(plans=1)
    assert reviews.plan_of(REQUEST) == newer
    assert reviews.last_report(REQUEST) == "sha256:00"


# All of it.


def test_a_dry_run_counts_the_same_and_deletes_nothing(store, looks, clock):
    tell(journal(store, clock=clock), FINISHED)
    looks(sighting())
    looks()
    StoreReviews(store).save_plan(PLAN)
    later, before = START + timedelta(days=400), content(store)
    counted = prune_rows(store, later, later, dry_run=True)
    assert counted == pruned(runs=1, looks=1, findings=1, plans=1)
    assert content(store) == before
    assert prune_rows(store, later, later) == counted
    assert prune_rows(store, later, later) == pruned()


def test_nothing_else_is_deleted_however_old_it_is(location):
    """Notifications, mails, payments, leases, last applied values: every other table, also one that is added later."""
    with closing(filled(location)) as store:
        with store.writing() as connection:
            connection.execute(text("UPDATE runs SET started = '2000', ended = '2000'"))
            connection.execute(text("UPDATE events SET at = '2000'"))
            connection.execute(text("UPDATE run_shops SET unfinished = (1 = 0)"))
            connection.execute(text("UPDATE alerts SET entries = '[]'"))
        before = content(store)
        counted = prune_rows(store, START, START)
        after = content(store)
        assert counted.runs == len(before["runs"])
        assert {name for name in before if before[name] != after[name]} == {"runs", "events", "run_shops", "closures"}
