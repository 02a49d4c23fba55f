"""JUnit XML for the test reports of CI systems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.core.results.command import CommandResult
from reconciler.views.common.context import RenderContext


def aside(_result: CommandResult, _context: RenderContext) -> str:
    return ""


def renderer(kind: str) -> Callable[[Any, RenderContext], str]:
    if kind == "conformance":
        from reconciler.views.junit.clauses import clauses_report

        return clauses_report
    from reconciler.views.junit.suites import junit_report

    return junit_report
