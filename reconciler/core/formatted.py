"""What a formatting did, or would do."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.diagnostics import Diagnostic
from reconciler.core.imported import FileNews


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """`files` are those that were not in the style; `fine` counts the others. `check`: nothing was written."""

    files: tuple[FileNews, ...]
    fine: int
    findings: tuple[Diagnostic, ...] = ()
    check: bool = False
