"""What a validation found, as Markdown; and a command that could not go on.

In: how many shops are valid, broken files, findings. Out: text.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.summaries import validation_summary
from reconciler.views.markdown.parts import diagnostic_items, escaped


def validation_markdown(
    valid: int, broken: Sequence[str], findings: Sequence[Diagnostic], context: RenderContext
) -> str:
    total = escaped(validation_summary(valid, broken, findings, context))
    return join_lines([f"### {total}", "", *diagnostic_items(findings, context)])


def failure_markdown(findings: Sequence[Diagnostic], context: RenderContext) -> str:
    return join_lines(diagnostic_items(findings, context))
