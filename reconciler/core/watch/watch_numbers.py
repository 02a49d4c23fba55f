"""How a watcher is doing, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from reconciler.lib.frozen_class import frozen


@frozen
class WatchNumbers:
    """Counts are since the start of the process. `queued` are the shops that wait, `due` those whose time has come, `oldest_due`
    the seconds that the first of them has been due for. `failures` are counted by part, `failing` names the parts whose last
    attempt failed. `rate` are requests a second now; `throttled` counts the halvings of it.
    """

    fleet: str
    leader: bool = False
    queued: int = 0
    due: int = 0
    oldest_due: float = 0.0
    looks: int = 0
    looked_shops: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    failing: frozenset[str] = frozenset()
    rate: float | None = None
    throttled: int = 0
    stepped_at: float | None = None
