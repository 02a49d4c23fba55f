"""A million shops on one machine: every check ends, finds nothing, and keeps within 8 GiB. Half an hour, 6 GB of disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import million

pytestmark = pytest.mark.system

GIBIBYTES = 8


@pytest.mark.soak
def test_a_million_shops_are_checked_within_8_gibibytes(tmp_path: Path) -> None:
    for cost in million.costs(tmp_path, million.SHOPS):
        print(cost.line())
        assert cost.mebibytes <= GIBIBYTES * 1024, cost.line()


def test_a_small_divided_fleet_is_checked_in_the_same_way(tmp_path: Path) -> None:
    costs = list(million.costs(tmp_path, 300))
    assert [cost.command for cost in costs] == ["validate", "drift", "plan"]
    assert sum(1 for _ in (tmp_path / "shops").rglob("shop-*.yaml")) == 300
