"""Codes as text: number, name, severity, meaning; of a single one also an example and the fix.

In: codes. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations import EXPLANATIONS
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.codes_result import CodesResult
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.phrases import SEVERITY_WORDS
from reconciler.views.text.diagnostics import STYLES
from reconciler.views.text.layout import Cell, columns, named, paragraph


def render_explanation(result: CodesResult, context: RenderContext) -> str:
    """All codes as a list, or each with its explanation."""
    if not result.explained:
        return render_codes(result.codes, context)
    return "".join(render_code(code, context) for code in result.codes)


def render_codes(codes: Iterable[Code], context: RenderContext) -> str:
    rows = (
        (
            Cell(code.number),
            Cell(code.slug),
            Cell(context.translate(SEVERITY_WORDS[code.severity]), STYLES[code.severity]),
            Cell(context.translate(code.title)),
        )
        for code in codes
    )
    return join_lines(columns(rows, context))


def render_code(code: Code, context: RenderContext) -> str:
    explanation = EXPLANATIONS[code]
    lines = (msg("for example: {message}", message=explanation.example), msg("help: {way}", way=explanation.fix))
    below = (paragraph(context.translate(line), context, "    ", whole=named(line)) for line in lines)
    return render_codes((code,), context) + join_lines(chain.from_iterable(below))
