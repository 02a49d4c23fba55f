"""The results of `show --field` and of `explain FIELD`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconciler.core.model.state import FieldRef
from reconciler.core.results.command import CommandResult


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValueResult(CommandResult):
    """`text` is the bare value. None: it is not set, or not known; `diagnostics` say which."""

    kind: ClassVar[str] = "field-value"
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsResult(CommandResult):
    """Each field is explained: its names, its screen, where its value is found."""

    kind: ClassVar[str] = "fields"
    fields: tuple[FieldRef, ...]
