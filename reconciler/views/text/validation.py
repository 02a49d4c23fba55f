"""What a validation found, as text: every diagnostic, then the count.

In: how many shops are valid, which files are broken, all findings. Out: text.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.summaries import validation_summary
from reconciler.views.text.diagnostics import separated_diagnostic_lines
from reconciler.views.text.layout import paragraph


def render_validation(valid: int, broken: Sequence[str], findings: Sequence[Diagnostic], context: RenderContext) -> str:
    bad = any(finding.severity is Severity.ERROR for finding in findings)
    lines = [*separated_diagnostic_lines(findings, context), *([""] if findings and not context.concise else [])]
    style = Style.ERROR if bad else Style.GOOD
    return join_lines([*lines, *paragraph(validation_summary(valid, broken, findings, context), context, style=style)])
