"""Each judge of watching and healing can fail: faults that are planted in the tool are found within a few short stories."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.backend.change_feed import HttpChangeFeed
from reconciler.core.healing import decide
from reconciler.core.healing.policy import HealingRule
from reconciler.core.planning import guards
from reconciler.core.watch.shop_queue import ShopQueue
from reconciler.wiring import runtime, store
from reconciler.workflows import maintenance_window
from reconciler.workflows.ci import deferred_windows
from reconciler.workflows.ci.deferred_windows import DeferredWindows
from reconciler.workflows.watch import follow_up
from reconciler.workflows.watch.watcher import Watcher
from tests.simulation.planting import Plant, check_that_it_is_found
from tests.simulation.watched.test_watched_days import tell
from tests.simulation.watched.watched_days import WatchPace

SHOPS = 12
SHORT = WatchPace(days=4, hours=5, storms=0.15, outages=0, jumps=0, kills=0, fights=0.4)
ONE_DAY = replace(SHORT, days=1)
QUIET = replace(SHORT, storms=0.0, fights=0.1)
"""Seldom do so many shops wait at once that none may be healed."""


def feed_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = HttpChangeFeed.changed_since

    async def planted(self: HttpChangeFeed, cursor: str | None) -> Any:
        return replace(await asked(self, cursor), shops=frozenset())

    monkeypatch.setattr(HttpChangeFeed, "changed_since", planted)


def webhooks_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Watcher, "hint", lambda *_: None)


def each_shop_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(self: ShopQueue, shop: str, _now: float) -> None:
        self._active.discard(shop)

    monkeypatch.setattr(ShopQueue, "done", planted)


def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "_limited", lambda decided, *_: decided)


def many_are_healed_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    limited = decide._limited

    def planted(decided: Any, shops: frozenset[str], refusal: decide.HealingRefusal) -> Any:
        if refusal is decide.HealingRefusal.MASS_CHANGE:
            some = sorted({each.finding.key.shop for each in decided if each.heals})[:1]
            return limited(decided, frozenset(some), refusal)
        return limited(decided, shops, refusal)

    monkeypatch.setattr(decide, "_limited", planted)


def windows_of_rules_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HealingRule, "open_at", lambda *_: True)


def any_actor_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HealingRule, "accepts", lambda *_: True)


def no_fight_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "find_fight", lambda *_: None)


def windows_of_shops_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both for the watcher, which waits for them, and for the guard of each plan."""
    times = maintenance_window.window_times
    monkeypatch.setattr(guards, "in_window", lambda *_: True)
    monkeypatch.setattr(deferred_windows, "window_times", lambda *given: replace(times(*given), open=True))


def what_is_deferred_never_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_up, "deferred_windows", lambda _session: DeferredWindows())


def nothing_is_healed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HealingRule, "accepts", lambda *_: False)


QUICK: list[tuple[Plant, str]] = [
    (feed_says_nothing, "not noticed"),
]
ALL: list[tuple[Plant, str]] = [
    *QUICK,
    (no_fight_is_seen, "healed in a fight|a fight was not announced"),
    (windows_of_shops_are_open, "outside its window|healing opened or closed a shop"),
    (webhooks_are_forgotten, "a webhook was not followed"),
    (each_shop_is_looked_at_once, "was not looked at"),
    (without_limits, "more shops than a look may heal|wait to be healed"),
    (many_are_healed_one_after_another, "wait to be healed"),
    (windows_of_rules_are_open, "outside the rule's window"),
    (any_actor_will_do, "was healed"),
    (what_is_deferred_never_runs, "did not run in its window"),
    (nothing_is_healed, "never healed"),
]
IN_QUIET_DAYS = (any_actor_will_do, nothing_is_healed)


@pytest.fixture(autouse=True)
def _own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (store, runtime):
        monkeypatch.setattr(module, "clock", runtime.clock)


def check(plant: Plant, complaint: str, folder: Path, monkeypatch: pytest.MonkeyPatch, pace: WatchPace = SHORT) -> None:
    def of_seed(seed: int) -> None:
        story = tell(folder / str(seed), seed, SHOPS, QUIET if plant in IN_QUIET_DAYS else pace)
        assert story.healing.healed > 0, "never healed"

    check_that_it_is_found(plant, complaint, of_seed, range(4), monkeypatch)


@pytest.mark.parametrize(("plant", "complaint"), QUICK)
def test_a_planted_fault_of_watching_is_found(
    plant: Plant, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(plant, complaint, tmp_path, monkeypatch, ONE_DAY)


@pytest.mark.soak
@pytest.mark.parametrize(("plant", "complaint"), ALL)
def test_each_planted_fault_of_watching_is_found(
    plant: Plant, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(plant, complaint, tmp_path, monkeypatch)
