"""What a watcher does where a source of hints has nothing to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.ports.watch.change_feed import FeedMissing
from tests.support.session_harness import merchant_edits
from tests.workflows.watch.watched_fleet import SETTINGS, WatchedFleet

pytestmark = pytest.mark.system

EMAIL = "merchant@kyoto-tea.example"


def test_a_backend_without_a_feed_is_not_asked_at_each_step_and_is_no_failure(fleet: WatchedFleet) -> None:
    fleet.feed.broken = FeedMissing(msg("this client may not read it"))
    asked = len(fleet.feed.asked)
    for _ in range(5):
        fleet.step(SETTINGS.poll)
    assert len(fleet.feed.asked) == asked + 1
    assert "feed" not in fleet.watcher.status.parts.failing


def test_a_feed_that_is_there_later_is_read_then(fleet: WatchedFleet) -> None:
    fleet.feed.broken = FeedMissing(msg("this client may not read it"))
    fleet.step(SETTINGS.poll)
    fleet.feed.broken = None
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    fleet.feed.changes.append("kyoto-tea")
    fleet.step(SETTINGS.period)
    fleet.settle()
    assert fleet.open_findings() == {"kyoto-tea"}
    assert fleet.feed.asked[-1] is not None


def test_a_folder_that_is_empty_all_at_once_is_being_replaced(fleet: WatchedFleet, tmp_path: Path) -> None:
    shops = fleet.folder / "shops"
    shops.rename(tmp_path / "aside")
    shops.mkdir()
    assert "git" not in fleet.watcher.status.parts.failing
    fleet.step(SETTINGS.poll * 10)
    assert "git" in fleet.watcher.status.parts.failing
    shops.rmdir()
    (tmp_path / "aside").rename(shops)
    fleet.step(SETTINGS.period)
    fleet.settle()
    assert "git" not in fleet.watcher.status.parts.failing
