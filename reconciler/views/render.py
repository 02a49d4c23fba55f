"""The only way from a result to text: a registry of output formats.

A new format is one module with `renderer(kind)`, which gives the function from a result and a context to text, and `aside(result,
context)`, which gives what is said about the result beside it; and one line here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from reconciler.core.results.command import CommandResult
    from reconciler.views.common.context import RenderContext

FORMATS: Final = {
    "text": "reconciler.views.formats.text",
    "json": "reconciler.views.formats.json",
    "markdown": "reconciler.views.formats.markdown",
}


def render_result(result: CommandResult, output: str, context: RenderContext) -> str:
    """`output` is a key of `FORMATS`. Ends with a line end, unless it is empty."""
    text: str = import_module(FORMATS[output]).renderer(result.kind)(result, context)
    return text


def render_aside(result: CommandResult, output: str, context: RenderContext) -> str:
    """Diagnostics that are shown beside the result; empty where the result itself carries them."""
    text: str = import_module(FORMATS[output]).aside(result, context)
    return text
