"""Which shops are not in a final state, since a run writes them or left them unfinished."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.core.values import ShopKey
from reconciler.ports import LeaseInfo, RunInfo, UnfinishedShop
from reconciler.workflows.in_transition import shops_in_transition
from tests.support.import_harness import do, files, fleet, from_rows, slugs

SHOP, OTHER = ShopKey("shop-0"), ShopKey("shop-1")
NOW = datetime(2026, 1, 5, tzinfo=UTC)
RUN = RunInfo(run="run-7", actor="Hanako", host="h", pid=1, command="apply", version="1", started=NOW, fingerprint="")
HELD = LeaseInfo(shop=SHOP, owner="Hanako", run="run-7", fence=1, taken=NOW, expires=NOW)
LEFT = UnfinishedShop(shop=SHOP, run=RUN, closed=True, pending_writes=())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shops").mkdir()
    return tmp_path / "shops"


def test_each_says_who_is_at_work_or_that_it_may_be_closed() -> None:
    reported = shops_in_transition([replace(LEFT, shop=OTHER)], [HELD])
    assert {shop: str(finding.summary) for shop, finding in reported.items()} == {
        SHOP: "The shop was not imported: Hanako is writing it (run run-7)",
        OTHER: "The shop was not imported: an interrupted run (run-7) may have left it CLOSED",
    }


def test_an_unfinished_shop_that_was_never_closed_is_unchanged() -> None:
    assert shops_in_transition([replace(LEFT, closed=False)], []) == {}


def test_a_run_that_starts_while_shops_are_read_is_seen_too(folder: Path) -> None:
    asked = iter([{}, shops_in_transition([], [HELD])])
    imported = do(folder, fleet(2), unsettled=lambda: next(asked))

    assert (slugs(imported), imported.shops) == (["not-imported"], (OTHER,))
    assert "shop-0.yaml" not in files(folder)


def test_an_export_is_imported_also_during_a_run(folder: Path) -> None:
    rows = from_rows("shop,email", "shop-0,pay@shop-0.example")
    imported = do(folder, fleet(2), unsettled=lambda: shops_in_transition([], [HELD]), legacy=rows)

    assert (slugs(imported), imported.shops) == ([], (SHOP,))
