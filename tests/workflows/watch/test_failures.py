"""What fails: one part does not stop the others, a shop that cannot be read is tried again, a killed process loses nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.core.values import ShopKey
from reconciler.core.watch.shop_queue import LookReason
from reconciler.lib.event_log import using_log
from reconciler.ports import ObservingBackend, SetupError, Unreachable
from reconciler.views.watch_metrics import PARTS
from reconciler.workflows.session import Session
from tests.support.session_harness import merchant_edits
from tests.workflows.kept_log import KeptLog
from tests.workflows.watch.watched_fleet import SETTINGS, WatchedFleet, commit, git

pytestmark = pytest.mark.system

EMAIL = "merchant@kyoto-tea.example"


class Outage:
    """Between a session and its backend: while `down`, nothing answers."""

    def __init__(self) -> None:
        self.down = False

    def __call__(self, session: Session) -> Session:
        @asynccontextmanager
        async def observing(on_request: Callable[[RequestLogEntry], None]) -> AsyncIterator[ObservingBackend]:
            if self.down:
                raise Unreachable(msg("the backend does not answer"))
            async with session.observing(on_request) as backend:
                yield backend

        return replace(session, observing=observing)


def test_a_part_that_fails_is_shown_and_the_others_go_on(fleet: WatchedFleet) -> None:
    fleet.feed.broken = RuntimeError("a fault of ours")
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    fleet.watcher.hint([ShopKey("kyoto-tea")], LookReason.BACKEND)
    fleet.step(SETTINGS.poll)
    status = fleet.watcher.status
    assert (set(status.parts.failing) & {"feed", "look"}, status.parts.failed["feed"]) == ({"feed"}, 1)
    assert fleet.open_findings() == {"kyoto-tea"}
    fleet.feed.broken = None
    fleet.step(SETTINGS.poll)
    assert "feed" not in status.parts.failing


def test_a_part_that_fails_waits_longer_each_time(fleet: WatchedFleet) -> None:
    fleet.feed.broken = RuntimeError("a fault of ours")
    asked = len(fleet.feed.asked)
    for _ in range(10):
        fleet.step(SETTINGS.poll)
    assert 0 < len(fleet.feed.asked) - asked < 8


def test_an_outage_ends_no_looks_and_loses_no_change(fleet: WatchedFleet) -> None:
    outage = Outage()
    fleet.restart(outage)
    fleet.settle()
    outage.down = True
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    fleet.feed.changes.append("kyoto-tea")
    wait = fleet.step(SETTINGS.poll)
    assert wait is not None
    assert wait > 0, "it does not ask again at once"
    assert "look" in fleet.watcher.status.parts.failing
    assert fleet.saved["feed"] == "0", "nobody has looked at the shop yet"
    outage.down = False
    for _ in range(6):
        fleet.step(SETTINGS.poll)
    assert fleet.open_findings() == {"kyoto-tea"}
    assert fleet.saved["feed"] == "1"


def test_a_change_that_a_killed_process_had_read_is_read_again(fleet: WatchedFleet) -> None:
    outage = Outage()
    outage.down = True
    fleet.restart(outage)
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    fleet.feed.changes.append("kyoto-tea")
    fleet.step(SETTINGS.poll)
    fleet.restart()
    fleet.settle()
    assert fleet.feed.asked[-2:] == ["0", "0"]
    assert fleet.open_findings() == {"kyoto-tea"}


def test_a_new_process_continues_with_the_schedule(fleet: WatchedFleet) -> None:
    for _ in range(4):
        fleet.restart()
        fleet.settle()
    assert fleet.looks() == [(True, 2)], "it starts no looks of its own"
    fleet.clock.advance(SETTINGS.period)
    fleet.restart()
    fleet.settle()
    assert sum(shops for _, shops in fleet.looks()[1:]) == 2, "what came due while nobody watched is looked at"


def test_an_invalid_manifest_does_not_stop_the_looks_at_the_others(fleet: WatchedFleet) -> None:
    (fleet.folder / "shops" / "uji-cups.yaml").write_text("shop: uji-cups\nnonsense: [")
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    fleet.watcher.hint([ShopKey("kyoto-tea"), ShopKey("uji-cups")], LookReason.GIT)
    log = KeptLog()
    with using_log(log):
        fleet.settle()
    assert fleet.open_findings() == {"kyoto-tea"}
    assert "look" not in fleet.watcher.status.parts.failing
    assert log.about("manifest-invalid") == [("warning", "uji-cups")]
    [place] = [str(fields["place"]) for _, name, fields in log.lines if name == "manifest-invalid"]
    assert place.endswith("/shops/uji-cups.yaml:3:1")


def test_a_shop_that_cannot_be_read_is_tried_again_sooner(fleet: WatchedFleet) -> None:
    """It is unknown to the backend; each attempt waits longer than the one before, and none is the last."""
    (fleet.folder / "shops" / "nara-books.yaml").write_text(
        (fleet.folder / "shops" / "uji-cups.yaml").read_text().replace("uji-cups", "nara-books")
    )
    fleet.step(SETTINGS.poll)
    looks = len(fleet.looks())
    for _ in range(10):
        fleet.step(SETTINGS.poll)
    assert 3 <= len(fleet.looks()) - looks <= 6


def test_a_store_that_cannot_be_used_is_tried_again(fleet: WatchedFleet) -> None:
    class Full:
        @contextmanager
        def open(self, *, create: bool) -> Iterator[None]:  # the port's form
            raise SetupError(msg("the disk is full"))
            yield

        def ephemeral_place(self) -> None:
            return None

    fleet.restart(lambda session: replace(session, findings=Full()))
    wait = fleet.step()
    assert (wait, set(fleet.watcher.status.parts.failing)) == (10.0, {"start"})
    fleet.restart()
    assert fleet.step() is not None
    assert "start" not in fleet.watcher.status.parts.failing


def test_a_clock_that_is_set_back_does_not_stop_the_looks(fleet: WatchedFleet) -> None:
    fleet.clock.advance(-7200)
    fleet.feed.changes.append("uji-cups")
    fleet.step()
    fleet.settle()
    assert fleet.looks()[-1] == (False, 1)


def test_every_part_that_runs_has_its_series_of_metrics(folder: Path) -> None:
    """With all of its parts: also those that only some fleets have."""
    git(folder, "init", "--quiet")
    commit(folder)
    settings = folder / "reconciler.yaml"
    settings.write_text(settings.read_text() + "heal: {rules: [{name: all, fields: [amazon.notification.email]}]}\n")
    watched = WatchedFleet(folder, git_too=True, settings=replace(SETTINGS, pull=True))
    names: set[str] = set()
    parts: Any = watched.watcher.status.parts
    run = parts.run

    async def noting(name: str, work: Callable[[], Awaitable[object]]) -> bool:
        names.add(name)
        done: bool = await run(name, work)
        return done

    parts.run = noting
    watched.settle()
    assert names == set(PARTS) - {"step"}
