"""The main job, end to end, on the example fleet: what `make run` does.

Starts with an empty store in `demo/.reconciler/`, runs the real commands one after the other, and stops at an unexpected exit
code. The tokens are random and passed in the environment, as in production. To continue afterwards, `demo/.reconciler/with` sets
them for one command: no shell keeps them, and your own fleet is not touched.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

from demo.environment import BIN, ROOT, bold, near, own_path, random_tokens, write_with

STORE = ROOT / "demo" / ".reconciler"
WITH = STORE / "with"
CONFIG = "demo/reconciler.yaml"

STORY = (
    ("Check the manifests.", "reconciler validate", 0),
    ("Show what an apply would change.", "reconciler plan --detailed-exitcode", 2),
    ("Apply the plan.", "reconciler apply --auto-approve --quiet", 0),
    ("Check that the next plan is empty.", "reconciler plan", 0),
    (
        "A merchant changes settings in the admin screens.",
        (
            "python -m reconciler.embedded edit nara-brushes"
            " notificationEmail=private@nara-brushes.example preOrder=true --as merchant"
        ),
        0,
    ),
    ("Detect the drift.", "reconciler drift", 2),
    ("Restore the values of the manifest.", "reconciler apply --auto-approve --quiet", 0),
)


def main() -> int:
    environment = prepare()
    for number, (title, command, expected) in enumerate(STORY, start=1):
        print(bold(f"\n{number}. {title}"))
        print(f"$ {command}", flush=True)
        ended = subprocess.run(words(command), cwd=ROOT, env=environment, check=False).returncode
        print(f"(exit code {ended})", flush=True)
        if ended != expected:
            print(f"\nExpected exit code {expected}.", file=sys.stderr)
            return 1
    print(f"\nDone. To run further commands on this fleet:  {near(WITH)} reconciler drift")
    return 0


def prepare() -> dict[str, str]:
    """Creates an empty store. Returns the environment of the commands, which is also saved for later use."""
    shutil.rmtree(STORE, ignore_errors=True)
    STORE.mkdir(parents=True)
    own = {
        "RECONCILER_CONFIG": str(ROOT / CONFIG),
        "RECONCILER_EMBEDDED_DATABASE": str(STORE / "embedded.db"),
        "PATH": own_path(),
        **random_tokens(),
    }
    write_with(WITH, own)
    return os.environ | own


def words(command: str) -> list[str]:
    first, *rest = shlex.split(command)
    return [str(BIN / first), *rest]


if __name__ == "__main__":
    sys.exit(main())
