"""CSV for spreadsheets: the onboarding status. In a file it starts with a byte order mark, which Excel needs for Japanese."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.core.results.command import CommandResult
from reconciler.views.common.context import RenderContext

Render = Callable[[Any, RenderContext], str]


def aside(_result: CommandResult, _context: RenderContext) -> str:
    return ""


def renderer(kind: str) -> Render:
    if kind != "onboarding-status":
        return lambda _result, _context: ""
    from reconciler.views.onboarding.csv import status_csv

    return status_csv
