"""The code quality report of GitLab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.core.results.command import CommandResult
from reconciler.views.common.context import RenderContext


def aside(_result: CommandResult, _context: RenderContext) -> str:
    return ""


def renderer(_kind: str) -> Callable[[Any, RenderContext], str]:
    from reconciler.views.forges.gitlab_reports import code_quality

    return code_quality
