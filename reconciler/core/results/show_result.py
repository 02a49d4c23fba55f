"""The results of `show` and of `explain FIELD`: one shop as the backend has it, one value of it, what a field is."""

from __future__ import annotations

from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.state import FieldRef, Observed, Unknown
from reconciler.core.results.command import CommandResult
from reconciler.lib.frozen_class import frozen


@frozen
class ShopResult(CommandResult):
    kind: ClassVar[str] = "shop"
    observed: Observed

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        return tuple(read.reason for read in self.observed.reads.values() if isinstance(read, Unknown))


@frozen
class FieldValueResult(CommandResult):
    """`text` is the bare value. None: it is not set, or not known; `diagnostics` say which."""

    kind: ClassVar[str] = "field-value"
    text: str | None


@frozen
class FieldsResult(CommandResult):
    """Each field is explained: its names, its screen, where its value is found."""

    kind: ClassVar[str] = "fields"
    fields: tuple[FieldRef, ...]
