"""The counts that GitLab shows of a plan in a merge request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.core.results.command import CommandResult
from reconciler.views.common.context import RenderContext


def aside(_result: CommandResult, _context: RenderContext) -> str:
    return ""


def renderer(kind: str) -> Callable[[Any, RenderContext], str]:
    from reconciler.views.forges.gitlab_reports import no_counts, plan_counts

    return plan_counts if kind == "plan" else no_counts
