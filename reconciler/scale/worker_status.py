"""What a worker is doing, for its health check and its metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from reconciler.core.fleet.worker_numbers import WORKER_PARTS, WorkerNumbers


@dataclass(slots=True, kw_only=True)
class WorkerStatus:
    """The fields of `WorkerNumbers`, while they change. `stopping`: no chunk is taken any more."""

    connected: set[str] = field(default_factory=set)
    stopping: bool = False
    running: int = 0
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    restarts: Counter[str] = field(default_factory=Counter)
    died: int = 0
    care_failures: int = 0
    cared_at: float | None = None

    @property
    def ready(self) -> bool:
        return self.connected == set(WORKER_PARTS) and not self.stopping

    def numbers(self, fleet: str, size: int) -> WorkerNumbers:
        """`size`: chunks at one time."""
        return WorkerNumbers(
            fleet=fleet,
            size=size,
            connected=frozenset(self.connected),
            running=self.running,
            ended=dict(self.ended),
            restarts=dict(self.restarts),
            died=self.died,
            care_failures=self.care_failures,
            cared_at=self.cared_at,
        )
