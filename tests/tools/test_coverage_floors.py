"""A package below its floor is named with its worst modules; a package without a floor, or a floor without a package, fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tools.coverage_floors import ROOT, failures, floors, measure, rows


def report(**covered: tuple[int, int]) -> dict[str, Any]:
    """Module (`a__b` is reconciler/a/b.py) to lines covered, and lines in all."""
    return {
        "files": {
            f"reconciler/{name.replace('__', '/')}.py": {"summary": {"num_statements": total, "covered_lines": lines}}
            for name, (lines, total) in covered.items()
        }
    }


def test_each_package_is_measured_over_all_its_modules() -> None:
    packages = measure(report(a__one=(9, 10), a__deep__two=(10, 10), b__one=(1, 2), entry=(0, 5)))

    assert [(one.name, one.percent) for one in packages] == [("a", 95.0), ("b", 50.0)]
    assert rows(packages, {"a": 95, "b": 60})[1:] == [
        "a               95.00%     95%",
        "b               50.00%     60%",
    ]


def test_branches_count_as_statements_do() -> None:
    summary = {"num_statements": 6, "covered_lines": 6, "num_branches": 4, "covered_branches": 3}

    assert measure({"files": {"reconciler/a/one.py": {"summary": summary}}})[0].percent == 90.0


def test_a_package_under_its_floor_is_named_with_the_modules_that_miss_most() -> None:
    packages = measure(report(a__good=(9, 10), a__bad=(2, 10), b__one=(5, 5)))

    assert list(failures(packages, {"a": 56, "b": 100})) == [
        "a is at 55.00%, below its floor of 56%; most is missing in reconciler/a/bad.py (8), reconciler/a/good.py (1)"
    ]
    assert list(failures(packages, {"a": 55, "b": 100})) == []


def test_packages_and_floors_match() -> None:
    assert list(failures(measure(report(a__one=(1, 1))), {"b": 90})) == [
        "b has a floor and no code: remove it from [tool.reconciler.coverage]",
        "a has no floor: add it to [tool.reconciler.coverage] (measured 100.00%)",
    ]


def test_every_package_of_the_tree_has_a_floor() -> None:
    folders = {path.parent.name for path in Path(ROOT / "reconciler").glob("*/__init__.py")}

    assert set(floors(ROOT / "pyproject.toml")) == folders
