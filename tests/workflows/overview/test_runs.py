"""The list of runs and one run, as journals recorded them."""

from datetime import timedelta

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.run_overview import RunQuery
from reconciler.core.overview.shop_rows import PAGE_SIZE
from reconciler.core.runs.events import (
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopReopened,
    ShopSkipped,
    ShopStarted,
    StepDone,
    StepFailed,
    StepStarted,
    WaveFinished,
    WaveStarted,
)
from reconciler.core.runs.run_summary import RunStatus
from reconciler.core.runs.step_history import StepOutcome
from reconciler.core.values import ShopKey
from reconciler.workflows.overview.runs import PAGE, run_overview, run_page
from tests.adapters.store.fakes import CLOSE, LAST, REOPEN
from tests.workflows.overview.recorded_fleet import NOW

FAILED = diagnostic(codes.REJECTED, msg("refused by the backend"))
HALT = diagnostic(codes.HALTED, msg("too many failures"))


def shop_events(at, shop, *, closed=None, fails=False, steps=range(LAST + 1)):
    key = ShopKey(shop)
    yield at, ShopStarted(shop=key)
    for step in steps:
        yield at, StepStarted(shop=key, step=step, key=f"{shop}-{step}")
        if fails and step == CLOSE + 1:
            yield at, StepFailed(shop=key, step=step, why=FAILED, happened=False)
            yield at, ShopReopened(shop=key, closed_ms=closed)
            break
        yield at, StepDone(shop=key, step=step, closed_ms=closed if step == REOPEN else None)
    yield at, ShopFinished(shop=key)


def record(fleet, run, *, at=NOW - timedelta(hours=1), **about):
    """Three shops in two waves: one applied, one failed, one refused."""
    events = [
        (at, RunStarted(fingerprint="sha256:00", shops=3)),
        (at, WaveStarted(wave=1, waves=2, name="canary", shops=1)),
        *shop_events(at, "kyoto-tea", closed=1500),
        (at + timedelta(minutes=1), WaveFinished(wave=1)),
        (at + timedelta(minutes=2), WaveStarted(wave=2, waves=2, name="late", shops=2)),
        *shop_events(at + timedelta(minutes=2), "uji-cups", closed=4000, fails=True),
        (at + timedelta(minutes=2), ShopSkipped(shop=ShopKey("nara-ink"), why=(FAILED,))),
        (at + timedelta(minutes=3), WaveFinished(wave=2, why=(HALT,))),
        (at + timedelta(minutes=3), RunFinished()),
    ]
    fleet.run(run, events, "kyoto-tea", "uji-cups", "nara-ink", **about)


def test_one_run_with_its_waves_shops_steps_and_closures(fleet):
    record(fleet, "run-1", actor="mori")
    seen = run_overview(fleet.session, fleet.stores, "run-1")
    assert (seen.run.actor, seen.run.status, seen.total, seen.pages) == ("mori", RunStatus.PARTLY_APPLIED, 3, 1)
    assert [(wave.name, wave.shops, wave.passed, wave.why) for wave in seen.waves] == [
        ("canary", 1, True, ()),
        ("late", 2, False, (HALT.code.number,)),
    ]
    assert seen.waves[0].ended == "2026-06-30T02:01:00Z"
    shops = [(shop.shop, shop.outcome.key, shop.steps_done, shop.code, shop.closed_seconds) for shop in seen.shops]
    assert shops == [
        ("nara-ink", "refused", 0, FAILED.code.number, None),
        ("uji-cups", "failed", CLOSE + 1, FAILED.code.number, 4.0),
        ("kyoto-tea", "applied", LAST + 1, None, 1.5),
    ]
    assert [step.outcome for step in seen.shops[1].steps][-2:] == [StepOutcome.FAILED, StepOutcome.DONE]
    assert (seen.closure_count, seen.closed_seconds) == (2, 5.5)
    assert [closure.seconds for closure in seen.closures] == [4.0, 1.5]


def test_an_unknown_run_is_none(fleet):
    assert run_overview(fleet.session, fleet.stores, "run-1") is None
    record(fleet, "run-1")
    assert run_overview(fleet.session, fleet.stores, "run") is None


def test_the_shops_of_a_large_run_come_in_pages_the_failed_ones_first(fleet):
    names = [f"shop-{number:03d}" for number in range(PAGE_SIZE + 20)]
    events = [(NOW, RunStarted(fingerprint="sha256:00", shops=len(names)))]
    for name in names:
        events += shop_events(NOW, name, fails=name == names[-1], steps=(0, 1, 2))
    fleet.run("run-1", events, *names)
    first, second = (run_overview(fleet.session, fleet.stores, "run-1", page) for page in (1, 2))
    assert [shop.shop for shop in (*first.shops, *second.shops)] == [names[-1], *names[:-1]]
    assert (first.total, first.pages, len(first.shops)) == (len(names), 2, PAGE_SIZE)


@pytest.mark.parametrize(
    ("query", "runs"),
    [
        ({}, ["run-b", "run-a"]),
        ({"words": "MORI"}, ["run-a"]),
        ({"words": "13b1597"}, ["run-b", "run-a"]),
        ({"words": "run-b"}, ["run-b"]),
        ({"words": "_"}, []),
        ({"before": "run-b"}, ["run-a"]),
        ({"before": "run-a"}, []),
        ({"shop": ShopKey("kyoto-tea")}, ["run-b", "run-a"]),
        ({"shop": ShopKey("osaka-knives")}, []),
        ({"status": RunStatus.PARTLY_APPLIED}, ["run-b", "run-a"]),
        ({"status": RunStatus.KILLED}, []),
    ],
)
def test_runs_are_listed_and_filtered(fleet, query, runs):
    record(fleet, "run-a", actor="mori")
    record(fleet, "run-b", actor="tanaka")
    page = run_page(fleet.session, RunQuery(**query))
    assert [run.run for run in page.runs] == runs
    assert page.older is None


def test_a_long_list_of_runs_comes_in_pages(fleet):
    for number in range(PAGE + 2):
        at = NOW + number * timedelta(seconds=1)
        fleet.run(f"run-{number:03d}", [(at, RunStarted(fingerprint="", shops=0)), (at, RunFinished())], "kyoto-tea")
    for status in (None, RunStatus.NOTHING):
        first = run_page(fleet.session, RunQuery(status=status))
        second = run_page(fleet.session, RunQuery(status=status, before=first.older))
        assert [run.run for run in (*first.runs, *second.runs)] == [
            f"run-{number:03d}" for number in range(PAGE + 1, -1, -1)
        ]
        assert (len(first.runs), len(second.runs), second.older) == (PAGE, 2, None)
