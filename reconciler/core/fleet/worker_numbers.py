"""What a worker has done and is doing, for its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from reconciler.lib.frozen_class import frozen

CHUNK_KINDS = ("look", "apply")
CHUNK_ENDS = ("done", "failed", "free", "lost", "given-back", "died", "error", "unknown-version")
"""The words of `ChunkEnding`; `died`: its process did; `error`: nothing could be recorded; a job of another version."""
WORKER_PARTS = ("chunks", "care")


@frozen
class WorkerNumbers:
    """`connected`: the parts that take jobs, out of `WORKER_PARTS`. `ended`: chunks by kind and end. `restarts` by part.
    `cared_at`: when the care for runs last succeeded, in seconds since 1970; None: not yet.
    """

    fleet: str
    connected: frozenset[str] = frozenset()
    running: int = 0
    size: int = 0
    ended: Mapping[tuple[str, str], int] = field(default_factory=dict)
    restarts: Mapping[str, int] = field(default_factory=dict)
    died: int = 0
    care_failures: int = 0
    cared_at: float | None = None
