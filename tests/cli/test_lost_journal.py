"""A journal that is deleted during a closure, and one that would be deleted with the CI job."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reconciler.embedded import World
from tests.cli.served_shops import SECONDS, SHOPS, Gate, applying, closed

pytestmark = pytest.mark.system


def test_a_journal_that_is_deleted_ends_the_run_and_keeps_no_shop_closed(
    shops: tuple[World, Gate], tmp_path: Path
) -> None:
    world, gate = shops
    gate.let_through.clear()
    with (tmp_path / "out").open("w") as out, applying(stdout=out.fileno(), stderr=out.fileno()) as child:
        assert gate.reached.wait(SECONDS)
        assert closed(world)
        shutil.rmtree(tmp_path / ".reconciler")
        gate.let_through.set()
        child.communicate(timeout=SECONDS)
    assert child.returncode == 5
    assert closed(world) == []
    assert "deleted or replaced" in " ".join((tmp_path / "out").read_text().split())


@pytest.mark.parametrize(
    ("more", "in_work_tree", "warned"),
    [({"CI": "true"}, True, True), ({}, True, False), ({"CI": "true"}, False, False)],
)
def test_an_apply_that_closes_shops_in_a_ci_job_warns_of_a_store_that_vanishes_with_it(
    more: dict[str, str], in_work_tree: bool, warned: bool, shops: tuple[World, Gate], tmp_path: Path
) -> None:
    if in_work_tree:
        (tmp_path / ".git").mkdir()
    with (
        (tmp_path / "out").open("w") as out,
        applying(more={"CI": ""} | more, stdout=out.fileno(), stderr=out.fileno()) as child,
    ):
        child.communicate(timeout=SECONDS)
    assert child.returncode == 0
    assert ("S407" in (tmp_path / "out").read_text()) is warned
    assert len(SHOPS) == (tmp_path / "out").read_text().count("applied  shop-")
