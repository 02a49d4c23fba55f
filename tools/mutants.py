"""Mutation tests of `reconciler/core/planning`: what `make mutants` runs.

mutmut changes one expression at a time and runs the tests that reach it (`[tool.mutmut]` in `pyproject.toml`). Fails where fewer
than `FLOOR` percent of the mutants are killed, and where one survives that `tests/core/planning/survivors.toml` does not explain.

python -m tools.mutants           a whole run, then the result
python -m tools.mutants --last    the result of the last run, from `mutants/`
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
MUTANTS: Final = ROOT / "mutants"
EXPLAINED: Final = ROOT / "tests" / "core" / "planning" / "survivors.toml"
FLOOR: Final = 90
PARALLEL: Final = 2
SECONDS: Final = 3600
_KILLED: Final = frozenset({1, 3, 24, 36, 152, 255, -24})
"""Exit codes of mutmut's test runs: tests failed or could not run, or took too long."""
_NAME: Final = re.compile(r"^(?P<module>.+)\.(?:x_|xǁ(?P<owner>\w+)ǁ)(?P<function>\w+)__mutmut_\d+$")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mutant:
    """Identified by its function and the changed lines, so that other edits of the function do not affect it."""

    function: str
    change: str

    def __str__(self) -> str:
        return f"{self.function}\n{self.change}"


def main(arguments: list[str]) -> int:
    if "--last" not in arguments and not run():
        return 1
    results = dict(read_results(MUTANTS))
    survivors = sorted(described(name) for name, code in results.items() if code not in _KILLED)
    explained = read_explained(EXPLAINED)
    print("\n".join(report(len(results), survivors, explained)))
    faults = list(failures(len(results), survivors, explained))
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    return 1 if faults else 0


def run() -> bool:
    """Starts from nothing: a cached result would not notice a changed test."""
    shutil.rmtree(MUTANTS, ignore_errors=True)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(PARALLEL)]
    ended = subprocess.run(  # noqa: S603  # fixed words
        command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if ended.returncode:
        print(ended.stdout[-4000:] + ended.stderr[-4000:], file=sys.stderr)
    return ended.returncode == 0


def read_results(folder: Path) -> Iterator[tuple[str, int]]:
    """Name of each mutant and exit code of its tests. One that was not tested counts as survived."""
    for path in sorted(folder.rglob("*.py.meta")):
        for name, code in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            yield name, 0 if code is None else code


def described(name: str) -> Mutant:
    from mutmut.mutation.diff_apply import get_diff_for_mutant  # noqa: PLC0415  # reads its settings at import

    parts = _NAME.match(name)
    if parts is None:
        raise ValueError(f"{name} is not the name of a mutant")
    path = Path(*parts["module"].split(".")).with_suffix(".py")
    where = ".".join(filter(None, (parts["module"], parts["owner"], parts["function"])))
    return Mutant(function=where, change=changed_lines(get_diff_for_mutant(name, path=path)))


def changed_lines(diff: str) -> str:
    kept = (line for line in diff.splitlines() if line[:1] in {"-", "+"} and line[:3] not in {"---", "+++"})
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in kept)


def read_explained(path: Path) -> dict[Mutant, str]:
    """Each survivor that is accepted, with the reason."""
    listed = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])
    return {Mutant(function=one["function"], change=one["change"].strip()): one["reason"] for one in listed}


def report(total: int, survivors: Iterable[Mutant], explained: Iterable[Mutant]) -> Iterator[str]:
    alive, known = list(survivors), set(explained)
    share = 100 * (total - len(alive)) / total if total else 0.0
    yield f"mutants {total}, killed {total - len(alive)} ({share:.1f} %, floor {FLOOR} %), survived {len(alive)}"
    for mutant in alive:
        yield f"\n{'explained' if mutant in known else 'NOT EXPLAINED'}: {mutant}"
    for mutant in sorted(known - set(alive)):
        yield f"\nno longer survives, remove it from {EXPLAINED.name}: {mutant}"


def failures(total: int, survivors: Iterable[Mutant], explained: Iterable[Mutant]) -> Iterator[str]:
    alive = list(survivors)
    if total == 0:
        yield "there are no mutants"
    elif 100 * (total - len(alive)) < FLOOR * total:
        yield f"fewer than {FLOOR} % of the mutants are killed"
    unknown = [mutant for mutant in alive if mutant not in set(explained)]
    if unknown:
        yield f"{len(unknown)} survivors are not explained: write a test, or add them to {EXPLAINED.relative_to(ROOT)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
