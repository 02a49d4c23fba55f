"""The result of `show`: one shop as the backend has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.state import Observed, Unknown
from reconciler.core.results.command import CommandResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopResult(CommandResult):
    kind: ClassVar[str] = "shop"
    observed: Observed

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        return tuple(read.reason for read in self.observed.reads.values() if isinstance(read, Unknown))
