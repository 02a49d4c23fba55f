"""The only way from a result to text: a registry of output formats.

A new format is one module with `renderer(kind)`, which gives the function from a result and a context to text, and `aside(result,
context)`, which gives what is said about the result beside it; and one line here.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Final

from reconciler.views.common.context import BudgetError

if TYPE_CHECKING:
    from reconciler.core.results.command import CommandResult
    from reconciler.views.common.context import RenderContext

FORMATS: Final = {
    "text": "reconciler.views.formats.text",
    "concise": "reconciler.views.formats.concise",
    "json": "reconciler.views.formats.json",
    "markdown": "reconciler.views.formats.markdown",
}


FOR_READERS: Final = frozenset({"text", "concise"})
"""Formats that are read on a terminal: coloured and wrapped there, with progress and notes on stderr."""


def render_result(result: CommandResult, output: str, context: RenderContext) -> str:
    """`output` is a key of `FORMATS`. Ends with a line end, unless it is empty."""
    text: str = import_module(FORMATS[output]).renderer(result.kind)(result, context)
    return text


def render_within(result: CommandResult, output: str, context: RenderContext, budget: int) -> str:
    """At most `budget` characters, with how much is missing: Markdown without what matters least, text cut at the end of a line.
    Raises BudgetError where the format cannot be cut, or the budget has no room for the head and that count.
    """
    text = render_result(result, output, replace(context, budget=budget))
    if len(text) <= budget:
        return text
    if output not in FOR_READERS:
        raise BudgetError(budget, len(text))
    return _cut(text.splitlines(keepends=True), budget, context)


def _cut(lines: list[str], budget: int, context: RenderContext) -> str:
    kept = len(lines)
    while kept:
        kept -= 1
        left = len(lines) - kept
        note = context.plural("({count} line omitted)", "({count} lines omitted)", left)
        text = f"{''.join(lines[:kept])}{note}\n"
        if len(text) <= budget:
            return text
    raise BudgetError(budget, len(text))


def render_aside(result: CommandResult, output: str, context: RenderContext) -> str:
    """Diagnostics that are shown beside the result; empty where the result itself carries them."""
    text: str = import_module(FORMATS[output]).aside(result, context)
    return text
