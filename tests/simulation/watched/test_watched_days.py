"""Ninety simulated days of a fleet that is watched and healed, over the real store and feed, judged by what happened alone."""

from __future__ import annotations

import os
import random
from pathlib import Path

import anyio
import pytest

from reconciler.wiring import runtime, store
from tests.simulation.watched.deferred_judge import DeferredJudge
from tests.simulation.watched.healing_judge import HealingJudge
from tests.simulation.watched.watched_days import GRAIN, KILLS, WatchedDays, WatchPace
from tests.simulation.watched.watched_fleet import WINDOW_HOURS, WatchedFleet
from tests.simulation.watched.watcher import PERIOD, POLICY, POLL
from tests.simulation.watched.watching_judge import WatchingJudge

SHOPS = 16
SOME_SEED, SOME_SHOPS = 3, 12
SOME_DAYS = WatchPace(days=2, hours=3.5, fights=0.6, storms=0.03, kills=6)


def labels(number: int) -> dict[str, str]:
    return {"owner": "shop-team" if number % 3 == 0 else "payments"}


def found(folder: Path, count: int) -> WatchedFleet:
    """Everything that the tool opens shows the fleet's clock, the store too."""
    fleet = WatchedFleet(folder, count)
    for module in (store, runtime):
        vars(module)["clock"] = lambda: fleet.clock
    fleet.begin(labels)
    fleet.in_git()
    return fleet


class Story:
    """A fleet, its days and what the judges counted."""

    def __init__(self, folder: Path, seed: int, count: int, pace: WatchPace | None = None) -> None:
        self.fleet = found(folder, count)
        self.days = WatchedDays(self.fleet, random.Random(seed), pace or WatchPace())
        self.healing = HealingJudge(self.fleet.log, POLICY, WINDOW_HOURS)
        self.watching = WatchingJudge(self.fleet.log, POLL + GRAIN, PERIOD)
        self.deferred = DeferredJudge(self.fleet.log, WINDOW_HOURS)

    def tell(self) -> None:
        try:
            anyio.run(self.days.run)
        finally:
            self.fleet.close()
        for judge in (self.watching, self.healing, self.deferred):
            judge.check()


@pytest.fixture(autouse=True)
def _own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `found` sets is set back."""
    for module in (store, runtime):
        monkeypatch.setattr(module, "clock", runtime.clock)


def tell(folder: Path, seed: int, count: int = SHOPS, pace: WatchPace | None = None) -> Story:
    story = Story(folder, seed, count, pace)
    try:
        story.tell()
    except BaseException:
        print(
            f"\nseed {seed}; repeat it with `SEED={seed} SHOPS={count} pytest {__file__} -k one_seed`",
            *story.days.steps,
            sep="\n  ",
        )
        raise
    return story


def check_that_much_happened(story: Story) -> None:
    """What the judges found to be right took place at all."""
    assert story.healing.healed > 0
    assert story.healing.fights
    assert story.healing.proposed > 0
    assert story.deferred.applied > 0
    assert story.watching.hinted > 0


def test_some_days_are_watched(tmp_path: Path) -> None:
    check_that_much_happened(tell(tmp_path / "fleet", SOME_SEED, SOME_SHOPS, SOME_DAYS))


@pytest.mark.soak
def test_ninety_days_are_watched(tmp_path: Path) -> None:
    story = tell(tmp_path / "fleet", 0)
    check_that_much_happened(story)
    assert len(story.days.places) == KILLS


@pytest.mark.skipif("SEED" not in os.environ, reason="SEED names the days to repeat")
def test_one_seed(tmp_path: Path) -> None:
    tell(tmp_path / "fleet", int(os.environ["SEED"]), int(os.environ.get("SHOPS", SHOPS)))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2000, 2010))
def test_many_watched_fleets(tmp_path: Path, seed: int) -> None:
    tell(tmp_path / "fleet", seed, SOME_SHOPS, WatchPace(days=8, hours=5, fights=0.4, storms=0.05))
