"""The summary of a run: who ran what, from where, and its outcome. Times are text, in UTC."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from reconciler.core.runs.events import GuardsOverridden


class RunStatus(Enum):
    """The outcome of a run, from the journal."""

    RUNNING = "running"
    KILLED = "killed"
    """It left shops that no run has recovered yet."""
    RESUMED = "resumed"
    """It was killed, and a later run recovered its shops."""
    UNFINISHED = "unfinished"
    """Its end was not recorded, and it left nothing unfinished: it was killed between shops, or waits between waves."""
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    """A fleet run that a person cancelled."""
    PARTLY_APPLIED = "partly-applied"
    FAILED = "failed"
    REFUSED = "refused"
    APPLIED = "applied"
    NOTHING = "nothing-to-do"
    LOOKED = "looked"
    """A fleet run that was a look: it wrote nothing."""


@frozen
class RunCounts:
    """The shops of a run, each counted once. `applied`: all of its steps were done, and nothing failed in it. `failed`: something
    did, or the run broke off in it; `unknown` are those of them in which a write was sent and it is not known what came of it.
    """

    applied: int = 0
    failed: int = 0
    unknown: int = 0
    refused: int = 0


@frozen
class RunSummary:
    """`shops` counts those that it started, `left` those that are unfinished. `commit` is None if the manifests are in none,
    `fingerprint` if no plan was applied.

    `ended` is None for a killed run or one that is still running; then `resumed_by` is the run that recovered its shops.
    `overrides`: the guards it was allowed to override, and why. `look`: it only looked, and `shops` are those that it looked at.
    `cancelled` is a fleet run's, `interrupted` another's.
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
    look: bool = False
    cancelled: bool = False

    @property
    def status(self) -> RunStatus:
        if self.ended is None:
            return self._open
        if self.cancelled:
            return RunStatus.CANCELLED
        if self.interrupted:
            return RunStatus.INTERRUPTED
        if self.look:
            return RunStatus.FAILED if self.counts.failed else RunStatus.LOOKED
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
