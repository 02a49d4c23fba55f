"""The command line. Words in, view out: one command a module; words → request, result → view, result → exit code.

Nothing heavy is imported before a command runs, so that `--help` and completion are quick.
"""

from __future__ import annotations


def main() -> None:
    """What `reconciler` runs. Ends the process."""
    from reconciler.cli.app import app

    app.main(prog_name="reconciler")
