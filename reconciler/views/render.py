"""The only way from a result to text. The formats are in `formats/registry.py`."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from reconciler.views.common.context import BudgetError
from reconciler.views.common.log_commands import DISARM
from reconciler.views.formats.registry import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.results.command import CommandResult
    from reconciler.views.common.context import RenderContext


def render_result(result: CommandResult, output: str, context: RenderContext) -> str:
    """`output` is a key of `FORMATS`. Ends with a line end, unless it is empty."""
    chosen = FORMATS[output]
    return _harmless(import_module(chosen.module).renderer(result.kind)(result, context), chosen.written)


def render_pieces(result: CommandResult, output: str, context: RenderContext) -> Iterator[str]:
    """The text of `render_result`; in pieces where the format has them, so that a large document is never in memory whole."""
    chosen = FORMATS[output]
    pieces = import_module(chosen.module).pieces(result, context) if chosen.streamed else None
    if pieces is None:
        yield render_result(result, output, context)
    else:
        yield from (_harmless(piece, chosen.written) for piece in pieces)


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
    return _harmless(import_module(chosen.module).aside(result, context), chosen.written)


def _harmless(text: str, written: str) -> str:
    return DISARM[written](text)
