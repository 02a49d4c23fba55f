"""A run as it is told: who carried what out, from where, and what it came to. Times are text, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.core.runs.events import GuardsOverridden


class RunStatus(Enum):
    """What a run came to, as far as the journal tells."""

    RUNNING = "running"
    KILLED = "killed"
    """It left shops that nobody has looked after yet."""
    RESUMED = "resumed"
    """It was cut off, and a later run looked after what it left."""
    UNFINISHED = "unfinished"
    """Its end was not recorded, and it left nothing: it was cut off between shops, or waits between waves."""
    INTERRUPTED = "interrupted"
    PARTLY_APPLIED = "partly-applied"
    FAILED = "failed"
    REFUSED = "refused"
    APPLIED = "applied"
    NOTHING = "nothing-to-do"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """The shops of a run, each counted once. `applied`: all of its steps were done, and nothing failed in it. `failed`: something
    did, or the run broke off in it.
    """

    applied: int = 0
    failed: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """`shops` counts those that it began, `left` those that nobody finished. `commit` is None where the manifests are in none,
    `fingerprint` where no plan was carried out.

    `ended` is None for a run that was cut off, or still goes on; then `resumed_by` is the run that looked after what it left.
    `overrides`: the guards it was allowed to override, and why.
    """

    run: str
    command: str
    actor: str
    host: str
    started: str
    ended: str | None
    commit: str | None
    fingerprint: str | None
    shops: int
    counts: RunCounts
    unfinished_shops: int
    interrupted: bool
    running: bool
    resumed_by: str | None
    overrides: GuardsOverridden | None = None

    @property
    def status(self) -> RunStatus:
        if self.ended is None:
            return self._open
        if self.interrupted:
            return RunStatus.INTERRUPTED
        if self.counts.applied:
            return RunStatus.PARTLY_APPLIED if self.counts.failed or self.counts.refused else RunStatus.APPLIED
        if self.counts.failed:
            return RunStatus.FAILED
        return RunStatus.REFUSED if self.counts.refused else RunStatus.NOTHING

    @property
    def _open(self) -> RunStatus:
        if self.running:
            return RunStatus.RUNNING
        if self.unfinished_shops:
            return RunStatus.KILLED
        return RunStatus.RESUMED if self.resumed_by else RunStatus.UNFINISHED
