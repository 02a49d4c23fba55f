"""What follows a look: safe drift is healed, and a request to stop reaches what is under way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.watch.stopping import SharedStop
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import SHOPS, email, merchant_edits, open_caller, rewrite, storefront, write_fleet
from tests.workflows.watch.watched_fleet import SETTINGS, WatchedFleet

pytestmark = pytest.mark.system

EMAIL = "merchant@kyoto-tea.example"
POLICY = "heal: {max_share: 100%, rules: [{name: addresses, fields: [amazon.notification.email]}]}\n"


def allow_healing(folder: Path) -> None:
    settings = folder / "reconciler.yaml"
    settings.write_text(settings.read_text() + POLICY)


def test_what_a_policy_names_is_healed_after_the_look_and_looked_at_again(fleet: WatchedFleet) -> None:
    allow_healing(fleet.folder)
    fleet.restart()
    fleet.settle()
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    fleet.feed.changes.append("kyoto-tea")
    fleet.step(SETTINGS.poll)
    assert email(fleet.folder, "kyoto-tea") == "amazon-pay@kyoto-tea.example"
    fleet.settle()
    assert fleet.open_findings() == set()
    assert not fleet.watcher.status.parts.failing


def test_without_a_policy_nothing_is_written(fleet: WatchedFleet) -> None:
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    fleet.feed.changes.append("kyoto-tea")
    fleet.step(SETTINGS.poll)
    fleet.settle()
    assert email(fleet.folder, "kyoto-tea") == EMAIL
    assert fleet.open_findings() == {"kyoto-tea"}


def test_a_heal_that_was_due_when_the_process_was_killed_is_made_by_the_next(fleet: WatchedFleet) -> None:
    merchant_edits(fleet.folder, "kyoto-tea", notificationEmail=EMAIL)
    fleet.feed.changes.append("kyoto-tea")
    fleet.step(SETTINGS.poll)
    allow_healing(fleet.folder)
    fleet.restart()
    fleet.settle()
    assert email(fleet.folder, "kyoto-tea") == "amazon-pay@kyoto-tea.example"


def stopping_apply(folder: Path, stop_first: bool) -> tuple[Any, int]:
    """The result of an apply whose watcher is asked to stop, before it or as it writes first; and how much it wrote."""

    async def main() -> tuple[Any, int]:
        shared = SharedStop()
        caller = open_caller(folder, before_write=lambda _write: shared.stop())
        if stop_first:
            shared.stop()
        result = await apply_manifests(replace(caller.session, stop_signals=shared), ApplyRequest())
        return result, len(caller.writes)

    return anyio.run(main)


def test_a_stop_ends_an_apply_and_leaves_no_shop_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of shops that are closed for the change."""
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    folder = write_fleet(tmp_path / "fleet")
    result, writes = stopping_apply(folder, stop_first=False)
    assert result.report.interrupted
    assert writes > 0
    assert [storefront(folder, shop) for shop in SHOPS] == ["OPEN", "OPEN"]


def test_an_apply_that_begins_after_the_stop_writes_nothing(folder: Path) -> None:
    for shop in SHOPS:
        rewrite(folder, shop, "amazon-pay@", "orders@")
    _, writes = stopping_apply(folder, stop_first=True)
    assert writes == 0
