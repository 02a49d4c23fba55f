"""What is remembered of a fleet that stood as Git says."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from reconciler.adapters.settings.settings import Settings
from reconciler.ports.sync_cache import Memory
from reconciler.wiring.machine import clock


def memory(settings: Settings) -> Memory | None:
    """None where it would not help or could not be relied upon: a backend of this process answers at once, one found by entry
    point may do as it likes, and what happens in a database server cannot be seen from outside.
    """
    from reconciler.adapters.files.sync_cache import StandingFile

    given = settings.backend
    if given.kind != "http" or "://" in settings.store:
        return None
    context = repr((given.url, given.client_id, settings.environment.name, _state(settings.store)))
    return StandingFile(settings.root / ".reconciler" / "cache" / "standing", settings.manifests, context, clock())


def _state(store: str) -> tuple[tuple[int, int, int], ...]:
    """Of the file that the history is in, and of the one that its news are written to first."""
    states = []
    for path in (store, f"{store}-wal"):
        with suppress(FileNotFoundError):
            status = Path(path).stat()
            states.append((status.st_size, status.st_mtime_ns, status.st_ino))
    return tuple(state for state in states if state[0])
