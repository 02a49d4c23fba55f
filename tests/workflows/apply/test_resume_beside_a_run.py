"""`resume` while another run is in progress: its shops are left to it, and the operator reads which they are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.results.recovery_result import RecoveryResult
from reconciler.core.runs.events import RunStarted, ShopStarted, StepDone, StepStarted
from reconciler.core.values import ShopKey
from reconciler.ports import RunInfo, UnfinishedShop
from reconciler.workflows.apply.resume import resume_runs
from reconciler.workflows.other_runs import run_in_progress_diagnostics
from tests.adapters.store.fakes import CLOSE, plan
from tests.workflows.overview.recorded_fleet import DAY, NOW, RecordedFleet

_CENTURY = 3.2e9
"""Seconds: a lease that lives, whatever the clock of this machine says."""
RUNNING = "00000000-0000-4000-8000-000000000002"
INFO = RunInfo(
    run=RUNNING,
    actor="hanako",
    host="build-7",
    pid=4711,
    command="apply",
    version="0.1.0",
    started=datetime(2026, 4, 1, tzinfo=UTC),
    fingerprint="",
)


@pytest.fixture
def fleet(tmp_path: Path):
    made = RecordedFleet(tmp_path / "fleet", str(tmp_path / "journal.db"))
    yield made
    made.close()


def resumed(fleet: RecordedFleet, *, closed: bool) -> RecoveryResult:
    """With a run that is at work on kyoto-tea."""
    shop = ShopKey("kyoto-tea")
    events = [RunStarted(fingerprint="sha256:00", shops=1), ShopStarted(shop=shop)]
    if closed:
        events += [StepStarted(shop=shop, step=CLOSE, key="k"), StepDone(shop=shop, step=CLOSE)]
    fleet.run(RUNNING, [(NOW - DAY, event) for event in events], "kyoto-tea")
    anyio.run(fleet.leases(RUNNING, seconds=_CENTURY).acquire, shop)
    return anyio.run(resume_runs, fleet.session)


def test_a_shop_that_the_run_has_closed_is_named_and_the_exit_code_says_so(fleet: RecordedFleet) -> None:
    result = resumed(fleet, closed=True)
    (held,) = result.diagnostics
    assert (held.code, held.severity) == (codes.LEASE_HELD, Severity.REFUSED)
    assert str(held.summary) == (
        f"Run {RUNNING} (`reconciler apply` by operator on build-7, started 2026-06-29T03:00:00Z) is in progress; "
        "shops that it has closed now: kyoto-tea"
    )
    assert (result.running, result.exit_code) == ((RUNNING,), ExitCode.REFUSED)


def test_a_run_that_has_closed_no_shop_is_only_a_warning(fleet: RecordedFleet) -> None:
    result = resumed(fleet, closed=False)
    (held,) = result.diagnostics
    assert held.severity is Severity.WARNING
    assert str(held.summary).endswith("is in progress; it has closed no shop now")
    assert result.exit_code is ExitCode.DONE


def test_the_rollout_of_a_run_in_progress_is_left_to_it(fleet: RecordedFleet) -> None:
    fleet.session.plans.save_rollout(RUNNING, plan(ShopKey("kyoto-tea")), (), {})
    assert resumed(fleet, closed=True).continued is None
    assert fleet.session.plans.load_rollout() is not None


def shop(key: str, *, closed: bool = True) -> UnfinishedShop:
    return UnfinishedShop(shop=ShopKey(key), run=INFO, closed=closed, pending_writes=())


def test_of_many_shops_the_first_ones_are_named() -> None:
    (held,) = run_in_progress_diagnostics([*(shop(f"shop-{n:02}") for n in range(12)), shop("open", closed=False)], [])
    assert str(held.summary).endswith("closed now: " + ", ".join(f"shop-{n:02}" for n in range(10)) + " +2")


@pytest.mark.parametrize(
    ("fleet_runs", "how"),
    [
        ([], "end process 4711 on build-7 with Ctrl-C or SIGTERM"),
        (["8b1f"], "end it with `reconciler runs cancel 8b1f`"),
        (["8b1f", "9c2e"], "end it with `reconciler runs cancel RUN`"),
    ],
)
def test_the_hint_says_how_such_a_run_is_ended(fleet_runs: list[str], how: str) -> None:
    (held,) = run_in_progress_diagnostics([shop("kyoto-tea")], fleet_runs)
    assert how in str(held.hint)
    assert "run `reconciler resume` again" in str(held.hint)
