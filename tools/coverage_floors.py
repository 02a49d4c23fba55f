"""Compare the coverage of each package with its floor in `pyproject.toml`: what `make test COVERAGE=1` ends with.

In: the data of the last run (`.coverage`) and `[tool.reconciler.coverage]`. Out: a table of packages. A package below its
floor is named with the modules that miss most.

python -m tools.coverage_floors            exit 1 if a package is below its floor, or has none
python -m tools.coverage_floors PACKAGE    the row of one package, for a run of its tests alone; never fails
"""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from coverage import Coverage

ROOT: Final = Path(__file__).parent.parent
WORST: Final = 5
"""How many modules are named below a package that misses its floor."""


@dataclass(slots=True, kw_only=True)
class PackageCoverage:
    """Statements and branches of one package."""

    name: str
    total: int = 0
    covered: int = 0
    missing: dict[str, int] = field(default_factory=dict)
    """Module to statements and branches that no test reached."""

    @property
    def percent(self) -> float:
        return 100 * self.covered / self.total if self.total else 100.0

    def add(self, module: str, summary: Mapping[str, int]) -> None:
        total = summary["num_statements"] + summary.get("num_branches", 0)
        covered = summary["covered_lines"] + summary.get("covered_branches", 0)
        self.total += total
        self.covered += covered
        if covered < total:
            self.missing[module] = total - covered

    def worst(self) -> list[tuple[str, int]]:
        return sorted(self.missing.items(), key=lambda item: (-item[1], item[0]))[:WORST]


def main(arguments: list[str]) -> int:
    packages, limits = measure(last_run()), floors(ROOT / "pyproject.toml")
    if arguments:
        print("\n".join(rows([package for package in packages if package.name in arguments], limits)))
        return 0
    print("\n".join(rows(packages, limits)))
    faults = list(failures(packages, limits))
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    return 1 if faults else 0


def last_run() -> dict[str, Any]:
    """Coverage's own JSON report of `.coverage`."""
    data = Coverage(data_file=str(ROOT / ".coverage"), config_file=str(ROOT / "pyproject.toml"))
    data.load()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        data.json_report(outfile=str(path))
        report: dict[str, Any] = json.loads(path.read_text())
    return report


def floors(project: Path) -> dict[str, int]:
    table: dict[str, int] = tomllib.loads(project.read_text(encoding="utf-8"))["tool"]["reconciler"]["coverage"]
    return table


def measure(report: Mapping[str, Any]) -> list[PackageCoverage]:
    """One entry for each folder of `reconciler/`, by name. Entry points beside the folders belong to none."""
    found: dict[str, PackageCoverage] = {}
    for path, file in report["files"].items():
        package = path.removeprefix("reconciler/").partition("/")
        if package[1]:
            found.setdefault(package[0], PackageCoverage(name=package[0])).add(path, file["summary"])
    return sorted(found.values(), key=lambda one: one.name)


def rows(packages: Iterable[PackageCoverage], limits: Mapping[str, int]) -> list[str]:
    head = f"{'package':<12}{'measured':>10}{'floor':>8}"
    return [head, *(f"{one.name:<12}{one.percent:>9.2f}%{limits.get(one.name, 0):>7}%" for one in packages)]


def failures(packages: Iterable[PackageCoverage], limits: Mapping[str, int]) -> Iterable[str]:
    known = {one.name: one for one in packages}
    for name in sorted(limits.keys() - known):
        yield f"{name} has a floor and no code: remove it from [tool.reconciler.coverage]"
    for name, one in known.items():
        if name not in limits:
            yield f"{name} has no floor: add it to [tool.reconciler.coverage] (measured {one.percent:.2f}%)"
        elif one.percent < limits[name]:
            named = ", ".join(f"{module} ({count})" for module, count in one.worst())
            yield f"{name} is at {one.percent:.2f}%, below its floor of {limits[name]}%; most is missing in {named}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
