"""The results of `history`: the runs that wrote, and what each did in one shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from reconciler.core.results.command import CommandResult
from reconciler.core.runs.run_summary import RunSummary
from reconciler.core.runs.step_history import StepRecord
from reconciler.core.values import ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryResult(CommandResult):
    """`runs` newest first; with `shop` those that concern it."""

    kind: ClassVar[str] = "history"
    runs: tuple[RunSummary, ...] = ()
    shop: ShopKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHistoryResult(CommandResult):
    """Each run with its steps in `shop`, newest run first."""

    kind: ClassVar[str] = "history-steps"
    shop: ShopKey
    runs: tuple[tuple[RunSummary, Sequence[StepRecord]], ...] = ()
