"""The command line: options -> request, result -> view and exit code. One module per command.

Nothing heavy is imported before a command runs, so that `--help` and completion are quick. Adapters are reached through
`wiring`.
"""

from __future__ import annotations

import gc
import os
import signal


def main() -> None:
    """What `reconciler` runs. Ends the process."""
    relax_gc()
    # A plugin of pydantic would be given each document, and looking for plugins reads the records of all installed packages.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from reconciler.cli.app import app

    try:
        app.main(prog_name="reconciler")
    finally:
        _end_at_once_from_now_on()
        # The interpreter, as it ends, would look through all that lives once more: memory that goes back whole a moment later.
        gc.freeze()


def _end_at_once_from_now_on() -> None:
    """Everything is done and written. Python, while it ends, would report a Ctrl-C on stderr, and wait for its reader."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def relax_gc() -> None:
    """Modules, and then a fleet, are a million values that live until the end: scanning them repeatedly for garbage takes a
    fifth of a run. The first collection comes after more objects than a check of a fleet in sync has.
    """
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
