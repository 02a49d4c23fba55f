"""Which settings a command uses: the file, and what the command line changes in them."""

from __future__ import annotations

from pathlib import Path

from reconciler.lib.frozen_class import frozen


@frozen
class SettingsFile:
    """`path` None: `reconciler.yaml`, or the defaults. `in_flight` replaces `pace.in_flight`. `initial` is the text of the
    settings file where there is none.
    """

    path: Path | None = None
    in_flight: int | None = None
    initial: str | None = None
