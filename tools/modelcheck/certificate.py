"""The certificate of a release: what was explored, on which code, and which planted bugs were found.

In: the results. Out: a document, as JSON and as text. The digest of the code covers every module that a path can run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import reconciler
from tools.modelcheck.explore import Result

ROOT: Final = Path(reconciler.__file__).parent
CHECKED: Final = (
    "adapters/backend", "adapters/store/db", "adapters/store/runs", "core", "lib", "ports", "workflows/execution",
    "workflows/maintenance_window.py", "workflows/recover.py",
)  # fmt: skip
_CHECKER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """One scenario's part. `complete`: everything within the bound was visited."""

    scenario: str
    bound: int
    states: int
    transitions: int
    depth: int
    recoveries: int
    complete: bool
    digest: str

    @classmethod
    def of(cls, result: Result, bound: int) -> Exploration:
        return cls(
            scenario=result.scenario, bound=bound, states=result.states, transitions=result.transitions,
            depth=result.depth, recoveries=result.recoveries, complete=result.complete, digest=result.digest,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtBug:
    """`law` is the property that a planted bug violates, None where it was not found. `steps` are those of the shortest path;
    `proven`: no shorter one exists within its bound. `states` were visited until it was found.
    """

    bug: str
    scenario: str
    law: str | None
    steps: int
    disturbances: int
    proven: bool
    states: int


def code_digest(places: Iterable[str] = CHECKED) -> str:
    """Over the names and contents of the checked modules."""
    whole = hashlib.sha256()
    for path in sorted(path for place in places for path in _modules(ROOT / place)):
        whole.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def checker_digest() -> str:
    whole = hashlib.sha256()
    for path in _modules(_CHECKER):
        whole.update(f"{path.name}\0".encode() + path.read_bytes())
    return whole.hexdigest()


def _modules(place: Path) -> Sequence[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def document(explorations: Sequence[Exploration], bugs: Sequence[CaughtBug]) -> dict[str, Any]:
    return {
        "version": reconciler.__version__,
        "code": code_digest(),
        "checker": checker_digest(),
        "states": sum(one.states for one in explorations),
        "transitions": sum(one.transitions for one in explorations),
        "depth": max((one.depth for one in explorations), default=0),
        "violations": 0,
        "plantedBugs": {"planted": len(bugs), "found": sum(bug.law is not None for bug in bugs)},
        "scenarios": [asdict(one) for one in explorations],
        "bugs": [asdict(bug) for bug in bugs],
    }


def write(folder: Path, content: Mapping[str, Any]) -> Sequence[Path]:
    """`VERSION.json` and `VERSION.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / f"{content['version']}.json", folder / f"{content['version']}.md"
    paths[0].write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    paths[1].write_text("\n".join(markdown(content)) + "\n", encoding="utf-8")
    return paths


def summary(content: Mapping[str, Any]) -> str:
    """One line."""
    bugs = content["plantedBugs"]
    return (
        f"certificate: {content['states']:,} states, {content['transitions']:,} transitions, depth {content['depth']},"
        f" {content['violations']} violations, {bugs['found']} of {bugs['planted']} planted bugs found,"
        f" code sha256:{content['code'][:16]}"
    )


def markdown(content: Mapping[str, Any]) -> list[str]:
    lines = [
        f"# Model check certificate, version {content['version']}",
        "",
        summary(content),
        "",
        "`docs/model-check.md` explains what is checked and what is not.",
        "",
        f"- Checked code: sha256 `{content['code']}`",
        f"- Checker: sha256 `{content['checker']}`",
        "",
        "| Scenario | Bound | States | Transitions | Depth | Recoveries | Complete |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one['scenario']} | {one['bound']} | {one['states']:,} | {one['transitions']:,} | {one['depth']} |"
        f" {one['recoveries']:,} | {'yes' if one['complete'] else 'first states'} |"
        for one in content["scenarios"]
    ]
    lines += [
        "",
        "| Planted bug | Scenario | Violated property | Steps | Disturbances | Shortest |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {bug['bug']} | {bug['scenario']} | {bug['law'] or '**not found**'} | {bug['steps']} | {bug['disturbances']} |"
        f" {'proven' if bug['proven'] else 'shortest seen'} |"
        for bug in content["bugs"]
    ]
    return lines
