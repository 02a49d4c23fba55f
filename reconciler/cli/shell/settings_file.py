"""Which settings a command uses: the file, and what the command line changes in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """`path` None: `reconciler.yaml`, or the defaults. `in_flight` replaces `pace.in_flight`. `initial` is the text of the
    settings file where there is none.
    """

    path: Path | None = None
    in_flight: int | None = None
    initial: str | None = None
