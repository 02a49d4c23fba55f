"""The only way from a result to text: a registry of output formats.

A new format is one module with `renderer(kind)`, which gives the function from a result and a context to text, and `aside(result,
context)`, which gives what is said about the result beside it; and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Final

from reconciler.views.common.context import BudgetError
from reconciler.views.common.log_commands import DISARM

if TYPE_CHECKING:
    from reconciler.core.results.command import CommandResult
    from reconciler.views.common.context import RenderContext


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat:
    """`written` is what a document is made of, which decides how it is kept from being read as a command of the CI's log.
    `identified`: it says who ran the command. `sourced`: a diagnostic shows the line that it points at, or says where the part of
    it ends.
    """

    module: str
    written: str = "lines"
    for_readers: bool = False
    identified: bool = False
    sourced: bool = False


_HERE: Final = "reconciler.views.formats"
FORMATS: Final[Mapping[str, OutputFormat]] = {
    "text": OutputFormat(module=f"{_HERE}.text", for_readers=True, sourced=True),
    "concise": OutputFormat(module=f"{_HERE}.concise", for_readers=True),
    "json": OutputFormat(module=f"{_HERE}.json", written="json", identified=True, sourced=True),
    "markdown": OutputFormat(module=f"{_HERE}.markdown", sourced=True),
}


def render_result(result: CommandResult, output: str, context: RenderContext) -> str:
    """`output` is a key of `FORMATS`. Ends with a line end, unless it is empty."""
    chosen = FORMATS[output]
    return _harmless(import_module(chosen.module).renderer(result.kind)(result, context), chosen)


def render_within(result: CommandResult, output: str, context: RenderContext, budget: int) -> str:
    """At most `budget` characters, with how much is missing: Markdown without what matters least, text cut at the end of a line.
    Raises BudgetError where the format cannot be cut, or the budget has no room for the head and that count.
    """
    text = render_result(result, output, replace(context, budget=budget))
    if len(text) <= budget:
        return text
    if not FORMATS[output].for_readers:
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
    chosen = FORMATS[output]
    return _harmless(import_module(chosen.module).aside(result, context), chosen)


def _harmless(text: str, chosen: OutputFormat) -> str:
    return DISARM[chosen.written](text)
