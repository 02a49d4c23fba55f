"""The log of a plan: a line for each shop in which something is to be written, or that could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.core.diagnostics import codes
from reconciler.lib.event_log import using_log
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.plan import PlanRequest, plan_changes
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import SHOPS, Caller, open_caller, write_fleet
from tests.workflows.kept_log import KeptLog


@pytest.fixture
def log() -> Iterator[KeptLog]:
    kept = KeptLog()
    with using_log(kept):
        yield kept


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    return open_caller(write_fleet(tmp_path / "fleet"))


def test_shops_with_changes_are_logged_and_those_without_are_not(caller: Caller, log: KeptLog) -> None:
    caller.run(plan_changes, PlanRequest())
    assert log.about("shop-planned") == [("info", shop) for shop in SHOPS]
    assert caller.run(apply_manifests, ApplyRequest()).exit_code == 0
    log.lines.clear()
    caller.run(plan_changes, PlanRequest())
    assert log.about("shop-planned") == []


def test_a_shop_that_could_not_be_read_is_logged_with_its_code(caller: Caller, log: KeptLog, tmp_path: Path) -> None:
    shops = tmp_path / "fleet" / "shops"
    (shops / "nara-ink.yaml").write_text((shops / f"{SHOPS[1]}.yaml").read_text().replace(SHOPS[1], "nara-ink"))
    caller.run(plan_changes, PlanRequest())
    assert log.about("read-failed") == [("warning", "nara-ink")]
    (failed,) = (fields for _, event, fields in log.lines if event == "read-failed")
    assert failed["code"] == codes.SHOP_UNKNOWN.number
