"""HTML: one self-contained page; diagnostics are part of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.core.results.command import CommandResult
from reconciler.views.common.context import RenderContext

Render = Callable[[Any, RenderContext], str]


def aside(_result: CommandResult, _context: RenderContext) -> str:
    return ""


def renderer(kind: str) -> Render:
    match kind:
        case "plan":
            from reconciler.views.html.plan import plan_html

            return plan_html
        case "report":
            from reconciler.views.html.report import report_html

            return report_html
        case "drift":
            from reconciler.views.html.drift import drift_html

            return drift_html
        case "validation":
            from reconciler.views.html.validation import validation_html

            return validation_html
        case "failure":
            from reconciler.views.html.validation import failure_html

            return failure_html
        case _:
            return lambda _result, _context: ""
