"""The rows that an onboarding did not use, as a table that people correct and give to the command again.

In: the rejected rows and a context. Out: the header and the rows, each with what is wrong in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.rejected_rows import PROBLEM_HEADERS, rejected_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.importing.rejected_rows import RejectedTable
    from reconciler.views.common.context import RenderContext


def rejects_lines(table: RejectedTable, context: RenderContext) -> Iterator[tuple[str, ...]]:
    japanese, english = PROBLEM_HEADERS
    header = japanese if context.language.code == "ja" else english
    return rejected_lines(table, header, lambda finding: _problem(finding, context))


def _problem(finding: Diagnostic, context: RenderContext) -> str:
    text = context.translate(finding.summary)
    if finding.expected is None:
        return text
    return f"{text} ({context.translate(msg('expected {text}', text=finding.expected))})"
