"""The first page: every figure is counted by hand in a fleet of a few shops."""

from dataclasses import replace
from datetime import timedelta

import anyio
import pytest
from sqlalchemy import insert

from reconciler.adapters.store.db.alert_tables import alerts
from reconciler.adapters.store.db.heal_tables import watch_states
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.core.findings.acceptance import Acceptance
from reconciler.core.findings.drift_metrics import WaitingAlerts
from reconciler.core.findings.finding import FindingClass, FindingEvent, FindingEventKind
from reconciler.core.healing.record import Heal, HealOutcome
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.shop_rows import ShopOrder, ShopRow, ShopState
from reconciler.core.runs.events import (
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopReopened,
    ShopStarted,
    StepDone,
    StepStarted,
)
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc
from reconciler.ports.findings.heals import HealedField, Proposal
from reconciler.workflows.watch.leading import watch_duty
from tests.adapters.store.fakes import CLOSE, REOPEN
from tests.workflows.overview.recorded_fleet import DAY, EMAIL, FLEET, NOW, sighting

LOW, MEDIUM, HIGH, CRITICAL = FindingSeverity
SHOPS = ("kobe-sake", "kyoto-tea", "nara-ink", "osaka-knives", "uji-cups")
UNTIL_AUGUST = Acceptance(
    shop="nara-ink", field=EMAIL, value="other@kyoto-tea.example", until="2026-08-31", owner="mori", reason="a trial"
)


@pytest.fixture
def five(fleet):
    """One shop in each state: the first look saw four of the five, and could read three of them the second time."""
    fleet.look(NOW - 5 * DAY, sighting("nara-ink"), shops=("kyoto-tea", "osaka-knives", "uji-cups"))
    fleet.look(
        NOW - 2 * DAY,
        sighting("kyoto-tea", HIGH),
        sighting("kyoto-tea", LOW, field="amazon.enabled", owner="@kansai @pay"),
        sighting("nara-ink"),
        shops=("uji-cups",),
        unread={"osaka-knives": "B101", "kobe-sake": "B103"},
        accepted=(UNTIL_AUGUST,),
    )
    return fleet


def test_each_shop_has_one_state(five):
    seen = five.overview()
    assert seen.states == dict.fromkeys(ShopState, 1)
    assert seen.shops == 5
    second, first = format_utc(NOW - 2 * DAY), format_utc(NOW - 5 * DAY)
    assert seen.page.rows == (
        ShopRow(
            shop=ShopKey("kyoto-tea"),
            state=ShopState.DRIFTED,
            severity=HIGH,
            findings=2,
            compared=second,
            owner="@pay",
            group="kansai",
        ),
        ShopRow(
            shop=ShopKey("osaka-knives"),
            state=ShopState.UNREAD,
            compared=first,
            unread="B101",
            unread_since=second,
        ),
        ShopRow(shop=ShopKey("kobe-sake"), state=ShopState.NEW, unread="B103", unread_since=second),
        ShopRow(
            shop=ShopKey("nara-ink"),
            state=ShopState.ACCEPTED,
            accepted=1,
            compared=second,
            owner="@pay",
            group="kansai",
        ),
        ShopRow(shop=ShopKey("uji-cups"), state=ShopState.IN_SYNC, compared=second),
    )
    assert (seen.page.total, seen.page.pages) == (5, 1)
    assert (seen.last_complete_look, seen.oldest_comparison) == (second, first)


def test_findings_are_counted_by_severity_class_and_owner(five):
    seen = five.overview()
    assert (seen.unsettled, seen.accepted) == ({HIGH: 1, LOW: 1}, {MEDIUM: 1})
    assert (seen.classes, seen.owners) == ({FindingClass.DRIFTED: 2}, ("@kansai", "@pay"))


def test_an_endpoint_belongs_to_no_shop(five):
    stranger = sighting("A1EXAMPLE234567", CRITICAL, field="", kind=FindingClass.FOREIGN_ENDPOINT)
    five.look(NOW - DAY, stranger, shops=("uji-cups",), complete=False)
    seen = five.overview()
    assert seen.shops == 5
    assert seen.unsettled[CRITICAL] == 1
    assert seen.trend.points[-1].open[CRITICAL] == 1
    assert seen.trend.points[-1].shops == seen.states[ShopState.DRIFTED] == 1


def test_a_shop_whose_manifest_is_gone_is_listed_with_its_finding(five):
    gone = sighting("old-shop", MEDIUM, field="", kind=FindingClass.UNMANAGED)
    five.look(NOW - DAY, gone, shops=("uji-cups",), complete=False)
    five.look(NOW - timedelta(hours=1), gone, shops=SHOPS)
    (row,) = five.overview(words="OLD").page.rows
    assert (row.shop, row.state, row.findings) == ("old-shop", ShopState.DRIFTED, 1)


@pytest.mark.parametrize(
    ("query", "shops"),
    [
        ({"state": ShopState.NEW}, ["kobe-sake"]),
        ({"severity": MEDIUM}, ["kyoto-tea"]),
        ({"severity": CRITICAL}, []),
        ({"owner": "@pay"}, ["kyoto-tea", "nara-ink"]),
        ({"owner": "@pa"}, []),
        ({"words": "K"}, ["kyoto-tea", "osaka-knives", "kobe-sake", "nara-ink"]),
        ({"words": "%"}, []),
        ({"words": "o", "state": ShopState.UNREAD}, ["osaka-knives"]),
        ({"order": ShopOrder.SHOP}, list(SHOPS)),
        ({"order": ShopOrder.SHOP, "reverse": True}, list(reversed(SHOPS))),
        ({"order": ShopOrder.STATE}, ["kyoto-tea", "osaka-knives", "kobe-sake", "nara-ink", "uji-cups"]),
        ({"order": ShopOrder.STATE, "reverse": True}, ["uji-cups", "nara-ink", "kobe-sake", "osaka-knives", "kyoto-tea"]),
        ({"order": ShopOrder.FINDINGS}, ["kyoto-tea", "osaka-knives", "kobe-sake", "nara-ink", "uji-cups"]),
        ({"order": ShopOrder.COMPARED}, ["osaka-knives", "kyoto-tea", "nara-ink", "uji-cups", "kobe-sake"]),
        ({"order": ShopOrder.COMPARED, "reverse": True}, ["kyoto-tea", "nara-ink", "uji-cups", "osaka-knives", "kobe-sake"]),
        ({"order": ShopOrder.OWNER}, ["kyoto-tea", "nara-ink", "kobe-sake", "osaka-knives", "uji-cups"]),
        ({"page": 2}, []),
    ],
)  # fmt: skip
def test_the_table_is_filtered_and_sorted(five, query, shops):
    page = five.overview(**query).page
    assert [row.shop for row in page.rows] == shops
    assert page.total == (5 if query == {"page": 2} else len(shops))


def test_drift_over_time_has_a_point_for_each_day(fleet):
    """Opened 20 days ago, worse 10 days ago, resolved 4 days ago; one more since 40 days ago, another shop's for one day."""
    fleet.look(NOW - 40 * DAY, sighting("nara-ink", LOW), shops=("kyoto-tea", "uji-cups"))
    fleet.look(NOW - 20 * DAY, sighting("nara-ink", LOW), sighting("kyoto-tea"), shops=("uji-cups",))
    fleet.look(NOW - 10 * DAY, sighting("nara-ink", LOW), sighting("kyoto-tea", CRITICAL), shops=("uji-cups",))
    fleet.look(NOW - 7 * DAY, sighting("nara-ink", LOW), sighting("kyoto-tea", CRITICAL), sighting("uji-cups"))
    fleet.look(NOW - 6 * DAY, sighting("nara-ink", LOW), sighting("kyoto-tea", CRITICAL), shops=("uji-cups",))
    fleet.look(NOW - 4 * DAY, sighting("nara-ink", LOW), shops=("kyoto-tea", "uji-cups"))
    points = fleet.overview().trend.points
    assert [point.at for point in points] == [format_utc(NOW - days * DAY) for days in range(30, -1, -1)]
    open_at = {30 - number: (point.open, point.shops) for number, point in enumerate(points)}
    assert open_at[30] == open_at[21] == ({LOW: 1}, 1)
    assert open_at[20] == open_at[11] == ({LOW: 1, MEDIUM: 1}, 2)
    assert open_at[10] == open_at[8] == ({LOW: 1, CRITICAL: 1}, 2)
    assert open_at[7] == ({LOW: 1, CRITICAL: 1, MEDIUM: 1}, 3)
    assert open_at[6] == open_at[5] == ({LOW: 1, CRITICAL: 1}, 2)
    assert open_at[4] == open_at[0] == ({LOW: 1}, 1)
    assert fleet.overview().trend.highest == 3


def test_an_accepted_finding_is_not_open_until_it_expires(fleet):
    short = replace(UNTIL_AUGUST, until=(NOW - 10 * DAY).date().isoformat())
    fleet.look(NOW - 25 * DAY, sighting("nara-ink"))
    fleet.look(NOW - 20 * DAY, sighting("nara-ink"), accepted=(short,))
    fleet.look(NOW - 5 * DAY, sighting("nara-ink"), accepted=(short,))
    findings = [point.findings for point in fleet.overview().trend.points]
    assert findings == [0] * 5 + [1] * 5 + [0] * 15 + [1] * 6


def close_and_open(at, shop, seconds):
    closed = int(seconds * 1000)
    return [
        (at, ShopStarted(shop=ShopKey(shop))),
        (at, StepStarted(shop=ShopKey(shop), step=CLOSE, key=f"close-{shop}")),
        (at, StepDone(shop=ShopKey(shop), step=CLOSE)),
        (at, StepStarted(shop=ShopKey(shop), step=REOPEN, key=f"open-{shop}")),
        (at, StepDone(shop=ShopKey(shop), step=REOPEN, closed_ms=closed)),
        (at, ShopFinished(shop=ShopKey(shop))),
    ]


def test_closures_are_counted_by_day_with_their_seconds(fleet):
    older, newer = NOW - 3 * DAY, NOW - timedelta(hours=2)
    start = RunStarted(fingerprint="sha256:00", shops=2)
    first = [*close_and_open(older, "kyoto-tea", 4.5), *close_and_open(older, "nara-ink", 2.25)]
    fleet.run("run-1", [(older, start), *first, (older, RunFinished())], "kyoto-tea", "nara-ink")
    again = [(newer, start), (newer, ShopStarted(shop=ShopKey("kyoto-tea")))]
    failed = (newer, ShopReopened(shop=ShopKey("kyoto-tea"), closed_ms=9000))
    fleet.run("run-2", [*again, failed, (newer, RunFinished())], "kyoto-tea")
    before = NOW - 31 * DAY
    fleet.run("run-0", [(before, start), *close_and_open(before, "nara-ink", 60)], "nara-ink")

    closures = fleet.overview().closures
    assert [day.day for day in closures.days] == [(NOW - days * DAY).date().isoformat() for days in range(29, -1, -1)]
    busy = {day.day: (day.count, day.seconds, day.longest) for day in closures.days if day.count}
    assert busy == {"2026-06-27": (2, 6.75, 4.5), "2026-06-30": (1, 9.0, 9.0)}
    assert (closures.count, closures.seconds, closures.mean) == (3, 15.75, 5.25)
    assert closures.longest.shop == "kyoto-tea"
    assert closures.longest.run == "run-2"
    assert [(each.shop, each.seconds) for each in closures.latest] == [
        ("kyoto-tea", 9.0),
        ("nara-ink", 2.25),
        ("kyoto-tea", 4.5),
    ]
    assert closures.still_closed == ()


def test_a_shop_that_a_killed_run_closed_is_named(fleet):
    """Its lease is not held by anybody."""
    start = (NOW - DAY, RunStarted(fingerprint="sha256:00", shops=1))
    fleet.run("run-1", [start, *close_and_open(NOW - DAY, "kyoto-tea", 1)[:3]], "kyoto-tea")
    closures = fleet.overview().closures
    assert (closures.still_closed, closures.count) == ((ShopKey("kyoto-tea"),), 0)


def test_looks_are_newest_first(five):
    later, earlier = five.overview().looks
    assert (later.number > earlier.number, later.complete, later.shops, later.unread) == (True, True, 3, 2)
    assert (earlier.shops, earlier.unread, earlier.seconds, earlier.requests, earlier.events) == (4, 0, 1.5, 3, 1)


def test_heals_fights_and_proposals_of_the_last_days(fleet):
    fleet.look(NOW - DAY, sighting("kyoto-tea"))
    key = sighting("kyoto-tea").key
    field = HealedField(finding=key.id, shop=ShopKey("kyoto-tea"), field=EMAIL, rule="texts")

    def healed(days, outcome):
        return field, Heal(at=format_utc(NOW - days * DAY), outcome=outcome, actor="tanaka", desired="a")

    failed, done = HealOutcome.FAILED, HealOutcome.HEALED
    fleet.heals.begin_heals(FLEET, [healed(40, done), healed(3, done), healed(2, failed), healed(1, done)], {})
    fleet.heals.begin_heals("another-fleet", [healed(1, done)], {})
    proposal = Proposal(
        shop=ShopKey("kyoto-tea"), file="p.json", fingerprint="sha256:00", rule="texts", at=format_utc(NOW), findings={}
    )
    (finding,) = StoreFindings(fleet.store).findings(FLEET)
    fight = FindingEvent(kind=FindingEventKind.FIGHT, at=format_utc(NOW - DAY), finding=finding)
    fleet.heals.propose(FLEET, proposal, [fight])
    heals = fleet.overview().heals
    assert (heals.heals, heals.proposals, heals.fights) == ({done: 2, failed: 1}, 1, 1)
    latest = heals.latest[0]
    assert (latest.at, latest.outcome, latest.rule, latest.actor) == (format_utc(NOW - DAY), done, "texts", "tanaka")
    assert len(heals.latest) == 4


def test_waiting_alerts_by_channel(fleet):
    row = {"fleet": FLEET, "kind": "finding", "severity": 2, "count": 1, "entries": [], "cause": None, "attempts": 0}
    row |= dict.fromkeys(("created", "at", "due"), format_utc(NOW))
    states = [("ops", "queued"), ("ops", "sending"), ("ops", "sent"), ("shop", "failed")]
    with fleet.store.writing() as connection:
        for number, (channel, state) in enumerate(states):
            connection.execute(insert(alerts).values(row | {"id": f"{number}", "channel": channel, "state": state}))
    assert fleet.overview().alerts == {
        "ops": WaitingAlerts(queued=2, failed=0),
        "shop": WaitingAlerts(queued=0, failed=1),
    }


def test_the_watcher_that_leads_and_what_it_keeps(fleet):
    with fleet.store.writing() as connection:
        kept = {"fleet": FLEET, "name": "feed", "value": "c-7", "at": format_utc(NOW)}
        connection.execute(insert(watch_states), [kept, kept | {"fleet": "another-fleet"}])
    assert fleet.overview().watcher.leader is None

    async def lead():
        await fleet.leases("run-1", seconds=3600).acquire(watch_duty(FLEET))

    if "://" not in fleet.place:  # a server has its own clock
        anyio.run(lead)
        watcher = fleet.overview().watcher
        assert (watcher.leader, watcher.since) == ("operator@build-7 (pid 4711)", format_utc(NOW))
        fleet.clock.advance(3601)
    assert fleet.overview().watcher.leader is None
    assert fleet.overview().watcher.states == {"feed": ("c-7", format_utc(NOW))}


def test_nothing_was_recorded_yet(fleet):
    """There is no store, and none is made."""
    if "://" in fleet.place:
        seen = fleet.overview()
        assert (seen.recorded, seen.states) == (True, {})
        return
    seen = fleet.overview()
    assert (seen.recorded, seen.shops, seen.findings, seen.closures.count) == (False, 0, 0, 0)
    assert (seen.closures.mean, len(seen.closures.days), seen.trend.highest) == (None, 30, 0)
    assert [path.name for path in fleet.folder.parent.iterdir()] == ["fleet"]


def test_another_fleet_of_the_same_store_is_not_seen(fleet):
    fleet.look(NOW - DAY, shops=SHOPS, fleet="another-fleet")
    seen = fleet.overview()
    assert (seen.states, seen.looks, seen.last_complete_look) == ({}, (), None)
