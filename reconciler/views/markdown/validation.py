"""What a validation found and fixed, as Markdown; and a command that could not go on.

In: the result of `validate`; diagnostics. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.results.validation_result import ValidationResult
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.validation import fix_words, fixes_summary, validation_summary
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import diagnostic_items, file_details


def validation_markdown(result: ValidationResult, context: RenderContext) -> str:
    """For fixes with `--check`, the diff and nothing else."""
    if result.check:
        return join_lines(_preview(result, context))
    total = escaped(validation_summary(len(result.valid), result.broken, result.diagnostics, context))
    return join_lines([f"### {total}", "", *_fixes(result, context), *diagnostic_items(result.diagnostics, context)])


def _preview(result: ValidationResult, context: RenderContext) -> Iterator[str]:
    fixed = result.fixed or ()
    yield f"### {escaped(fixes_summary(fixed, context, check=True))}"
    for file in fixed:
        yield ""
        yield from file_details(file.edit)


def _fixes(result: ValidationResult, context: RenderContext) -> Iterator[str]:
    if result.fixed is None:
        return
    yield escaped(fixes_summary(result.fixed, context, check=False))
    yield ""
    for fix in (fix for file in result.fixed for fix in file.fixes):
        place, change = fix_words(fix)
        yield f"- {code_span(place)} {escaped(change)}"


def failure_markdown(findings: Sequence[Diagnostic], context: RenderContext) -> str:
    return join_lines(diagnostic_items(findings, context))
