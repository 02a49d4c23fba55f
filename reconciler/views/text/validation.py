"""What a validation found, as text: what was fixed, every diagnostic, then the count. With `--fix --check` the diff alone.

In: the result of `validate`. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.validation_result import ValidationResult
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.file_diff import diff_lines
from reconciler.views.common.fleet.group_notes import groups_diagnostics
from reconciler.views.common.validation import fix_words, fixes_summary, validation_summary
from reconciler.views.text.diagnostic_groups import grouped_diagnostic_lines
from reconciler.views.text.diagnostics import separated_diagnostic_lines
from reconciler.views.text.layout import Cell, columns, paragraph


def render_validation(result: ValidationResult, context: RenderContext) -> str:
    return join_lines(_preview(result, context) if result.check else _lines(result, context))


def _preview(result: ValidationResult, context: RenderContext) -> Iterator[str]:
    """How files would change, and nothing else."""
    fixed = result.fixed or ()
    for file in fixed:
        yield from diff_lines(file.edit, context)
    style = Style.CHANGE if fixed else None
    yield from paragraph(fixes_summary(fixed, context, check=True), context, style=style)


def _lines(result: ValidationResult, context: RenderContext) -> Iterator[str]:
    yield from _fixes(result, context)
    yield from _diagnostics(result.diagnostics, context)
    if result.diagnostics and not context.concise:
        yield ""
    if result.fixed is not None:
        yield from paragraph(fixes_summary(result.fixed, context, check=False), context)
    bad = any(finding.severity is Severity.ERROR for finding in result.diagnostics)
    total = validation_summary(len(result.valid), result.broken, result.diagnostics, context)
    yield from paragraph(total, context, style=Style.ERROR if bad else Style.GOOD)


def _diagnostics(found: Sequence[Diagnostic], context: RenderContext) -> Iterator[str]:
    """Each separately, as each is corrected separately; but a store of secrets that is down is the same for all its shops."""
    missing = [each for each in found if each.code is codes.SECRET_MISSING]
    if not groups_diagnostics(missing, context):
        yield from separated_diagnostic_lines(found, context)
        return
    others = [each for each in found if each.code is not codes.SECRET_MISSING]
    yield from separated_diagnostic_lines(others, context)
    if others:
        yield ""
    yield from grouped_diagnostic_lines(missing, context)


def _fixes(result: ValidationResult, context: RenderContext) -> Iterator[str]:
    fixes = [fix for file in result.fixed or () for fix in file.fixes]
    word = context.translate(msg("fixed"))
    rows = ((Cell(word, Style.GOOD), *map(Cell, fix_words(fix))) for fix in fixes)
    yield from columns(rows, context)
    if fixes and not context.concise:
        yield ""
