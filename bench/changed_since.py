"""One shop changed, in a repository of many: `plan --changed-since HEAD` against the same in a repository of one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.fleet import world, write_fleet
from bench.timing import Figure, compare

SHOPS = 10_000
RUNS = 9


def measure(folder: Path) -> list[Figure]:
    many, one = _repository(folder / "many", SHOPS), _repository(folder / "one", 1)
    return [compare(f"plan of 1 changed shop in a repository of {SHOPS:,}", many, "in a repository of 1", one, RUNS)]


def _repository(folder: Path, shops: int):  # noqa: ANN202  # a closure of no arguments
    """Committed, with one file edited since. Both use a backend with only that shop, so that only the repository differs."""
    paths = write_fleet(folder / "shops", shops)
    (folder / "seed.json").write_text(json.dumps(world(1)))
    (folder / "reconciler.yaml").write_text("embedded:\n  seed: seed.json\n")
    git = ["git", "-C", str(folder), "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for words in (["init", "--quiet"], ["add", "shops"], ["commit", "--quiet", "--message", "the fleet"]):
        subprocess.run([*git, *words], check=True)
    paths[0].write_text(paths[0].read_text() + "# edited\n")
    command = [str(Path(sys.executable).parent / "reconciler"), "plan", "--changed-since", "HEAD", "--output", "json"]

    def plan() -> None:
        done = subprocess.run(command, cwd=folder, check=True, capture_output=True)
        if len(json.loads(done.stdout)["shops"]) != 1:
            raise RuntimeError("one shop should have been planned")

    return plan
