"""The command line. Words in, view out: one command a module; words → request, result → view, result → exit code.

Nothing heavy is imported before a command runs, so that `--help` and completion are quick.
"""

from __future__ import annotations

import gc


def main() -> None:
    """What `reconciler` runs. Ends the process."""
    collect_seldom()
    from reconciler.cli.app import app

    app.main(prog_name="reconciler")


def collect_seldom() -> None:
    """Modules, and then a fleet, are a million values that live until the end: to walk through them again and again, looking for
    what can be let go, takes a fifth of a run.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
