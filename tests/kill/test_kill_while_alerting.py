"""A drift check is killed before or after each step from the look to the last mark: each event still reaches each channel once.
What was sent and not marked comes once more, under the same id.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path

import pytest

from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.core.alerts.alert import AlertState
from reconciler.core.alerts.retries import LEASE
from reconciler.core.findings.finding import NEWS
from reconciler.embedded.actors.world import World
from tests.kill.alerting import DELIVERED, RULES
from tests.kill.fleet import OPEN, Zygote, copy, said

DRIFT = ["drift", "--exit-zero"]
FLEET = "production-embedded"
NEXT_DAY = 86_400.0 + LEASE
MAILS = ("goes-live", "stays")


@pytest.fixture(scope="module")
def watched(pristine: Path, zygote: Zygote, tmp_path_factory) -> Path:
    """Both channels have started, and two shops were changed since."""
    folder = copy(pristine, tmp_path_factory.mktemp("watched") / "fleet")
    assert zygote.run(folder, DRIFT, later=0).ended == 0, said(folder)
    world = World.open(folder / ".reconciler" / "embedded.db")
    for shop in MAILS:
        world.merchant_edits(shop, {"notificationEmail": f"merchant@{shop}.example"})
    world.close()
    return folder


def delivered(folder: Path) -> list[dict]:
    file = folder / DELIVERED
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def recorded(folder: Path) -> list[list[str]]:
    """What happened since the channels started, as the store has it."""
    store = open_store(folder / ".reconciler" / "journal.db")
    try:
        findings = StoreFindings(store)
        first = min(look.number for look in findings.looks(FLEET, limit=100))
        events = findings.events_after(FLEET, 0)
        return [[e.event.finding.key.id, e.event.kind.value] for e in events if e.look > first and e.event.kind in NEWS]
    finally:
        store.close()


def states(folder: Path) -> set[AlertState]:
    store = open_store(folder / ".reconciler" / "journal.db")
    try:
        return {state for _, state in StoreAlerts(store).counts(FLEET)}
    finally:
        store.close()


def check_deliveries(folder: Path, place: str) -> None:
    """At most one alert came twice, and then it is the same alert."""
    found, expected = delivered(folder), sorted(recorded(folder))
    contents: dict[str, list] = {}
    for each in found:
        assert contents.setdefault(each["id"], each["events"]) == each["events"], place
    twice = [name for name, count in Counter(each["id"] for each in found).items() if count > 1]
    assert len(found) - len(contents) == len(twice) <= 1, place
    for channel in RULES.channels:
        once = {each["id"]: each["events"] for each in found if each["channel"] == channel}
        assert sorted(event for events in once.values() for event in events) == expected, f"{place}, {channel}"
    assert states(folder) == {AlertState.SENT}, place


def test_a_check_that_is_killed_at_any_step_alerts_everything(watched: Path, zygote: Zygote, tmp_path: Path) -> None:
    whole = copy(watched, tmp_path / "whole")
    ticks = zygote.run(whole, DRIFT, later=0).ticks
    assert ticks > 20, said(whole)
    twice = set()
    for point in range(1, ticks + 1):
        place = f"killed at step {point}"
        folder = copy(watched, tmp_path / str(point))
        assert zygote.run(folder, DRIFT, point, later=0).ended == -signal.SIGKILL, f"{place}: {said(folder)}"
        assert zygote.run(folder, DRIFT, later=NEXT_DAY).ended == 0, f"{place}: {said(folder)}"
        assert zygote.run(folder, ["alerts", "send"], later=2 * NEXT_DAY).ended == 0, f"{place}: {said(folder)}"
        check_deliveries(folder, place)
        count = len(delivered(folder))
        assert zygote.run(folder, ["alerts", "send"], later=3 * NEXT_DAY).ended == 0, f"{place}: {said(folder)}"
        assert len(delivered(folder)) == count, f"{place}: sent again"
        if count > len({each["id"] for each in delivered(folder)}):
            twice.add(point)
    assert len(recorded(whole)) == len(MAILS)
    assert len(twice) == 2 * len(MAILS), "after the sending and before the mark, for each alert at once"


def test_a_killed_check_leaves_the_shops_alone(watched: Path, zygote: Zygote, tmp_path: Path) -> None:
    folder = copy(watched, tmp_path / "killed")
    assert zygote.run(folder, DRIFT, 2, later=0).ended == -signal.SIGKILL
    world = World.open(folder / ".reconciler" / "embedded.db")
    assert {shop: world.integration(shop)["storefront"]["value"]["status"] for shop in OPEN} == OPEN
    world.close()
