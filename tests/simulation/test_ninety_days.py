"""Ninety simulated days over the real store, differ and change feed, judged by a model that knows only what happened."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.views.prometheus import render_metrics
from reconciler.workflows.findings.metrics import read_metrics
from tests.simulation.alert_channels import CHANNELS, RULES, Receivers
from tests.simulation.alerts_judge import AlertsJudge
from tests.simulation.findings_judge import FindingsJudge
from tests.simulation.kill_points import Life
from tests.simulation.metrics_judge import check_metrics
from tests.simulation.ninety_days import KILLS, NinetyDays, Pace
from tests.simulation.receivers import SECRET
from tests.simulation.simulated_fleet import SimulatedFleet, Weather
from tests.support.postgres import running


def labels(number: int) -> dict[str, str]:
    return {"tier": "test" if number % 9 == 0 else "live", "owner": "shop-team" if number % 3 == 0 else "payments"}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMULATED_SECRET", SECRET)


def tell(folder: Path, seed: int, count: int, pace: Pace | None = None, *, store: str = "") -> NinetyDays:
    fleet = SimulatedFleet.found(folder, count, labels, store=store)
    receivers = Receivers(fleet.log, fleet.clock.now, folder)
    fleet.around = receivers.around
    days = NinetyDays(fleet, receivers, random.Random(seed), pace or Pace())
    try:
        with receivers.opened():
            days.run()
        judge_all(fleet)
    except BaseException:
        print(
            f"\nseed {seed}; repeat it with `SEED={seed} SHOPS={count} pytest {__file__} -k one_seed`",
            *days.steps,
            sep="\n  ",
        )
        raise
    finally:
        fleet.close()
    return days


def judge_all(fleet: SimulatedFleet) -> None:
    judge = FindingsJudge(fleet.log)
    check_findings(fleet, judge)
    AlertsJudge(fleet.log, judge, RULES, CHANNELS).check()
    stores = fleet.session(Weather(), Life(), set()).findings
    metrics = read_metrics(stores, fleet.fleet_name, f"{fleet.now:%Y-%m-%dT%H:%M:%SZ}")
    check_metrics(render_metrics(metrics), judge, fleet.log)


def check_findings(fleet: SimulatedFleet, judge: FindingsJudge) -> None:
    with fleet.opened_store() as opened:
        store = StoreFindings(opened)
        looks = [each.number for each in reversed(store.looks(fleet.fleet_name, limit=100_000)) if each.ended]
        events = store.events_after(fleet.fleet_name, 0)
    assert len(looks) == len(judge.looks)
    ordinal = {number: place for place, number in enumerate(looks)}
    found = [
        (
            ordinal[each.look],
            key.shop,
            key.field,
            key.kind.value,
            each.event.kind.value,
            each.event.finding.severity.word,
        )
        for each in events
        for key in [each.event.finding.key]
    ]
    wanted = [(each.look, *each.what) for each in judge.moved]
    missing, more = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    first = min((each[0] for each in (*missing, *more)), default=None)
    assert first is None, (
        f"look {first} at {judge.looks[first].at}: missing {[e for e in missing if e[0] == first]}, "
        f"too many {[e for e in more if e[0] == first]}"
    )


@pytest.mark.soak
def test_ninety_days(tmp_path: Path) -> None:
    days = tell(tmp_path / "fleet", 0, 200)
    assert len(days.places) == KILLS
    assert {place.partition(" ")[2] for place in days.places} >= {"record_look", "queue", "claim", "send", "mark"}
    assert any("SIGKILL" in place for place in days.places)


def test_some_days_on_postgresql(tmp_path: Path) -> None:
    with running() as server:
        tell(tmp_path / "fleet", 0, 24, Pace(days=8, hours=9, kills=8), store=server.fresh())


@pytest.mark.skipif("SEED" not in os.environ, reason="SEED names the days to repeat")
def test_one_seed(tmp_path: Path) -> None:
    tell(tmp_path / "fleet", int(os.environ["SEED"]), int(os.environ.get("SHOPS", "200")))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 1020))
def test_many_fleets(tmp_path: Path, seed: int) -> None:
    tell(tmp_path / "fleet", seed, 40, Pace(hours=11, edits=3))


@pytest.mark.soak
def test_ten_thousand_shops(tmp_path: Path) -> None:
    tell(tmp_path / "fleet", 1, 10_000, Pace(edits=6, storms=0.03))
