"""Hints from the checkout and from the ledger of accepted drift."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.lib.utc import parse_utc
from tests.support.session_harness import merchant_edits, rewrite
from tests.workflows.watch.watched_fleet import SETTINGS, WatchedFleet, commit, git

pytestmark = pytest.mark.system

EMAIL = "merchant@kyoto-tea.example"
LEDGER = """\
apiVersion: reconciler/v1
accepted:
  - shop: kyoto-tea
    field: amazon.notification.email
    value: merchant@kyoto-tea.example
    until: '{until}'
    owner: '@example/shops'
    reason: they asked for it
"""


@pytest.fixture
def cloned(folder: Path) -> WatchedFleet:
    git(folder, "init", "--quiet")
    commit(folder)
    watched = WatchedFleet(folder, git_too=True)
    watched.settle()
    return watched


def test_a_commit_makes_the_shops_due_that_it_affects(cloned: WatchedFleet) -> None:
    rewrite(cloned.folder, "kyoto-tea", "amazon-pay@kyoto-tea.example", "shop@kyoto-tea.example")
    head = commit(cloned.folder)
    cloned.step(SETTINGS.poll)
    assert cloned.looks()[1:] == [(False, 1)]
    assert cloned.saved["commit"] == head


def test_a_commit_that_nobody_watched_is_noticed_at_the_start(cloned: WatchedFleet) -> None:
    rewrite(cloned.folder, "kyoto-tea", "amazon-pay@kyoto-tea.example", "shop@kyoto-tea.example")
    commit(cloned.folder)
    cloned.restart()
    cloned.settle()
    assert cloned.looks()[1:] == [(False, 1)]


def test_a_new_shop_is_looked_at_and_one_that_is_gone_is_settled(cloned: WatchedFleet) -> None:
    shops = cloned.folder / "shops"
    (shops / "nara-books.yaml").write_text((shops / "uji-cups.yaml").read_text().replace("uji-cups", "nara-books"))
    commit(cloned.folder)
    cloned.step(SETTINGS.poll)
    assert cloned.looks()[1:] == [(False, 0)], "the backend does not know it"
    (shops / "nara-books.yaml").unlink()
    commit(cloned.folder)
    cloned.step(SETTINGS.poll)
    assert cloned.looks()[2:] == [(True, 2)]


def test_a_history_that_was_rewritten_makes_all_shops_due(cloned: WatchedFleet) -> None:
    git(cloned.folder, "commit", "--quiet", "--amend", "--message", "another first commit")
    git(cloned.folder, "reflog", "expire", "--expire=now", "--all")
    git(cloned.folder, "gc", "--quiet", "--prune=now")
    cloned.step(SETTINGS.poll)
    assert cloned.looks()[1:] == [(False, 2)]


def test_an_acceptance_that_ends_is_looked_at_then(fleet: WatchedFleet) -> None:
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    today = (fleet.clock.now() + timedelta(hours=9)).strftime("%Y-%m-%d")
    fleet.feed.changes.append("kyoto-tea")
    (fleet.folder / "accepted-drift.yaml").write_text(LEDGER.format(until=today))
    fleet.step(SETTINGS.poll)
    fleet.settle()
    assert unsettled(fleet) == set()
    end = parse_utc(f"{today}T15:00:00Z") - fleet.clock.now()
    fleet.clock.advance(end.total_seconds() - 1)
    fleet.settle()
    looks = len(fleet.looks())
    wait = fleet.step()
    assert wait is not None
    assert wait <= 1
    fleet.step(1)
    fleet.settle()
    assert len(fleet.looks()) == looks + 1
    assert unsettled(fleet) == {"kyoto-tea"}


def test_an_acceptance_that_ended_while_nobody_watched_is_looked_at(fleet: WatchedFleet) -> None:
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    today = (fleet.clock.now() + timedelta(hours=9)).strftime("%Y-%m-%d")
    (fleet.folder / "accepted-drift.yaml").write_text(LEDGER.format(until=today))
    fleet.feed.changes.append("kyoto-tea")
    fleet.step(SETTINGS.poll)
    fleet.settle()
    fleet.clock.advance((parse_utc(f"{today}T15:00:00Z") - fleet.clock.now()).total_seconds() + 1)
    fleet.restart()
    fleet.settle()
    assert unsettled(fleet) == {"kyoto-tea"}


def test_a_new_acceptance_is_looked_at(fleet: WatchedFleet) -> None:
    looks = len(fleet.looks())
    tomorrow = (fleet.clock.now() + timedelta(days=1)).strftime("%Y-%m-%d")
    (fleet.folder / "accepted-drift.yaml").write_text(LEDGER.format(until=tomorrow))
    fleet.step(SETTINGS.poll)
    fleet.settle()
    assert len(fleet.looks()) == looks + 1


def test_a_ledger_that_is_invalid_is_shown(fleet: WatchedFleet) -> None:
    (fleet.folder / "accepted-drift.yaml").write_text("nonsense: [")
    fleet.step(SETTINGS.poll)
    assert "acceptances" in fleet.watcher.status.parts.failing


def unsettled(fleet: WatchedFleet) -> set[str]:
    with fleet.session.findings.open(create=False) as store:
        assert store is not None
        found = store.findings(fleet.session.target.fleet_name)
    return {finding.key.shop for finding in found if finding.unsettled}
