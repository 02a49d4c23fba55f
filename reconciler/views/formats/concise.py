"""Text for people and editors in which a diagnostic is one line: the place, what it is, what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reconciler.core.results.command import CommandResult
from reconciler.views.common.context import RenderContext
from reconciler.views.formats import text

Render = Callable[[Any, RenderContext], str]


def aside(result: CommandResult, context: RenderContext) -> str:
    return text.aside(result, replace(context, concise=True))


def renderer(kind: str) -> Render:
    """The renderer of the text format, with concise diagnostics."""
    render = text.renderer(kind)
    return lambda result, context: render(result, replace(context, concise=True))
