"""SARIF for code scanning: the diagnostics of a result, and what drifted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.core.results.command import CommandResult
from reconciler.views.common.context import RenderContext


def aside(_result: CommandResult, _context: RenderContext) -> str:
    return ""


def renderer(_kind: str) -> Callable[[Any, RenderContext], str]:
    from reconciler.views.sarif.log import sarif_log

    return sarif_log
