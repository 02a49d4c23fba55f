"""What a watcher looks at, and when: by its first look, the feed, hints, the schedule, failures of others."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from reconciler.core.values import ShopKey
from reconciler.core.watch.shop_queue import LookReason
from reconciler.core.watch.watch_settings import WatchSettings
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from tests.support.manual_clock import HandClock
from tests.support.session_harness import merchant_edits, open_caller, rewrite
from tests.support.waiting import until
from tests.workflows.watch.watched_fleet import SETTINGS, WatchedFleet

pytestmark = pytest.mark.system

EMAIL = "merchant@kyoto-tea.example"


class HeldClock(HandClock):
    async def sleep(self, seconds: float) -> None:  # the port's form
        await anyio.sleep_forever()


def test_the_first_look_is_of_the_fleet_as_a_whole(folder: Path) -> None:
    watched = WatchedFleet(folder)
    watched.settle()
    assert watched.looks() == [(True, 2)]
    assert watched.saved["feed"] == "0"


def test_nothing_is_looked_at_while_nothing_is_due(fleet: WatchedFleet) -> None:
    asked = len(fleet.feed.asked)
    wait = fleet.step(1)
    assert wait is not None
    assert 0 < wait <= SETTINGS.poll
    assert (len(fleet.looks()), len(fleet.feed.asked)) == (1, asked), "not before the next poll"


def test_a_change_at_the_backend_is_found_by_the_next_question_to_the_feed(fleet: WatchedFleet) -> None:
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    fleet.feed.changes.append("kyoto-tea")
    fleet.step(SETTINGS.poll)
    assert fleet.looks()[1:] == [(False, 1)]
    assert fleet.open_findings() == {"kyoto-tea"}
    assert fleet.saved["feed"] == "1"


def test_a_shop_is_looked_at_once_for_all_its_changes(fleet: WatchedFleet) -> None:
    fleet.feed.changes += ["kyoto-tea"] * 3
    fleet.watcher.hint([ShopKey("kyoto-tea")], LookReason.BACKEND)
    fleet.step(SETTINGS.poll)
    fleet.settle()
    assert fleet.looks()[1:] == [(False, 1)]


def test_a_change_of_a_shop_without_a_manifest_is_no_look(fleet: WatchedFleet) -> None:
    fleet.feed.changes.append("nara-books")
    fleet.step(SETTINGS.poll)
    assert len(fleet.looks()) == 1
    assert fleet.feed.asked[-1] == "0"
    fleet.step(SETTINGS.poll)
    assert fleet.feed.asked[-1] == "1"


def test_a_hint_makes_shops_due_and_one_without_shops_asks_the_sources(fleet: WatchedFleet) -> None:
    fleet.watcher.hint([ShopKey("uji-cups")], LookReason.BACKEND)
    fleet.step()
    assert fleet.looks()[1:] == [(False, 1)]
    asked = len(fleet.feed.asked)
    fleet.watcher.hint(None, LookReason.BACKEND)
    fleet.step()
    assert len(fleet.feed.asked) == asked + 1


def test_a_shop_that_is_looked_at_twice_is_counted_once_as_the_last_look_found_it(fleet: WatchedFleet) -> None:
    def look() -> tuple[int, set[str], set[str]]:
        fleet.watcher.hint([ShopKey("kyoto-tea"), ShopKey("uji-cups")], LookReason.BACKEND)
        fleet.step()
        return fleet.watcher.status.looked_shops, fleet.watcher.status.checked, fleet.watcher.status.drifted

    both = {"kyoto-tea", "uji-cups"}
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    assert look() == (4, both, {"kyoto-tea"})
    assert look() == (6, both, {"kyoto-tea"})
    assert open_caller(fleet.folder).run(apply_manifests, ApplyRequest()).exit_code == 0
    assert look() == (8, both, set())


def test_every_shop_is_looked_at_once_in_each_period(fleet: WatchedFleet) -> None:
    """The looks of the schedule, at times of their own."""
    for _ in range(SETTINGS.period // SETTINGS.poll):
        fleet.step(SETTINGS.poll)
    assert sorted(fleet.looks()[1:]) == [(False, 1), (False, 1)]


def test_the_fleet_as_a_whole_is_looked_at_again(folder: Path) -> None:
    watched = WatchedFleet(folder, settings=WatchSettings(period=3600, complete=7200, poll=600))
    for _ in range(1 + 7200 // 600):
        watched.settle()
        watched.clock.advance(600)
    assert watched.looks().count((True, 2)) == 2


def test_a_failed_apply_of_another_process_is_looked_at_sooner(fleet: WatchedFleet) -> None:
    """A run that was refused, since a field changed after it was planned."""
    rewrite(fleet.folder, "kyoto-tea", "amazon-pay@kyoto-tea.example", "shop@kyoto-tea.example")
    rewrite(fleet.folder, "uji-cups", "amazon-pay@uji-cups.example", "shop@uji-cups.example")
    other = open_caller(fleet.folder, look=lambda: merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL))
    assert other.run(apply_manifests, ApplyRequest()).exit_code != 0
    fleet.step(SETTINGS.poll)
    assert fleet.looks()[1:] == [(False, 1)]
    assert fleet.open_findings() == {"kyoto-tea"}


def test_a_hint_ends_the_wait_and_a_stop_ends_the_work(fleet: WatchedFleet) -> None:
    """The clock of this process never ends a wait."""

    async def main() -> None:
        stop, watcher = anyio.Event(), fleet.watcher
        async with anyio.create_task_group() as group:
            group.start_soon(watcher.run, stop)
            await until(lambda: watcher.status.stepped_at is not None)
            watcher.hint([ShopKey("uji-cups")], LookReason.BACKEND)
            await until(lambda: watcher.status.looks == 1)
            stop.set()

    fleet.clock = HeldClock(fleet.clock.now())
    fleet.restart()
    anyio.run(main)
    assert fleet.looks()[1:] == [(False, 1)]


@pytest.mark.parametrize("batch", [1, 50])
def test_many_due_shops_are_looked_at_in_batches(folder: Path, batch: int) -> None:
    watched = WatchedFleet(folder, settings=WatchSettings(period=3600, poll=10, batch=batch))
    watched.settle()
    watched.watcher.hint([ShopKey("kyoto-tea")], LookReason.BACKEND)
    watched.settle()
    assert watched.looks()[1:] == [(False, 1)]
