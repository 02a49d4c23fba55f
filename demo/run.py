"""The main job, end to end, on the example fleet: what `make run` does.

Starts from a fresh world in `demo/.reconciler/`, runs the real commands one after the other, and stops if one of them does not
end as it should. The tokens are made here, at random, and handed over in the environment as in production. What it leaves behind
to go on with, `demo/.reconciler/with`, sets them for one command: no shell keeps them, and a fleet of one's own is not touched.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

ROOT = Path(__file__).parent.parent
STORE = ROOT / "demo" / ".reconciler"
WITH = STORE / "with"
CONFIG = "demo/reconciler.yaml"
TOKENS = "demo/tokens.txt"

STORY = (
    ("Are the manifests right?", "reconciler validate", 0),
    ("What would change?", "reconciler plan --detailed-exitcode", 2),
    ("Do it.", "reconciler apply --auto-approve --quiet", 0),
    ("Is anything left to do?", "reconciler plan", 0),
    (
        "Somebody changes a setting behind Git's back.",
        (
            "python -m reconciler.embedded edit nara-brushes"
            " notificationEmail=private@nara-brushes.example preOrder=true --as merchant"
        ),
        0,
    ),
    ("Does the backend still stand as Git says?", "reconciler drift", 2),
    ("Heal it.", "reconciler apply --auto-approve --quiet", 0),
)


def main() -> int:
    environment = prepare()
    for number, (question, command, expected) in enumerate(STORY, start=1):
        print(f"\n\033[1m{number}. {question}\033[0m" if colour() else f"\n{number}. {question}")
        print(f"$ {command}", flush=True)
        ended = subprocess.run(words(command), cwd=ROOT, env=environment, check=False).returncode
        print(f"(exit code {ended})", flush=True)
        if ended != expected:
            print(f"\nThis should have ended with exit code {expected}.", file=sys.stderr)
            return 1
    print(f"\nAll as it should be. To go on with this fleet, one command at a time:  {near(WITH)} reconciler drift")
    return 0


def prepare() -> dict[str, str]:
    """A fresh store, and the environment the commands run in; also written down for whoever wants to go on."""
    shutil.rmtree(STORE, ignore_errors=True)
    STORE.mkdir(parents=True)
    own = {
        "RECONCILER_CONFIG": str(ROOT / CONFIG),
        "RECONCILER_EMBEDDED_DATABASE": str(STORE / "embedded.db"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    own |= {name: f"amzn.mws.{uuid.uuid4()}" for name in (ROOT / TOKENS).read_text().split()}
    write_with(own)
    return os.environ | own


def write_with(own: dict[str, str]) -> None:
    """A command that runs another one in this environment, from whatever folder; readable for its owner alone."""
    WITH.touch(mode=0o700)
    exports = (f"export {name}={shlex.quote(value)}\n" for name, value in own.items())
    WITH.write_text("".join(("#!/bin/sh\n", *exports, 'exec "$@"\n')))


def near(path: Path) -> str:
    return shlex.quote(os.path.relpath(path))


def words(command: str) -> list[str]:
    first, *rest = shlex.split(command)
    return [str(Path(sys.executable).parent / first), *rest]


def colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


if __name__ == "__main__":
    sys.exit(main())
