"""What a validation found and fixed, as Markdown; and a command that could not go on.

In: the result of `validate`; diagnostics. Out: a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.results.fixes import ManifestFix
from reconciler.core.results.validation_result import ValidationResult
from reconciler.views.common.context import RenderContext
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.common.validation import fix_words, fixes_summary, validation_summary
from reconciler.views.markdown.document import MarkdownPage, Part, Piece, block_of, write_document
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import each_diagnostic, file_details, paragraphs


def validation_markdown(result: ValidationResult, context: RenderContext) -> str:
    return write_document(_document(result, context), context)


def _document(result: ValidationResult, context: RenderContext) -> MarkdownPage:
    """For fixes with `--check`, the diff and nothing else."""
    if result.check:
        fixed = result.fixed or ()
        head = f"### {escaped(fixes_summary(fixed, context, check=True))}"
        return MarkdownPage(head=(head,), sections=block_of((file_details(file.edit) for file in fixed), spaced=True))
    total = escaped(validation_summary(len(result.valid), result.broken, result.diagnostics, context))
    sections = (*_fixes(result, context), *each_diagnostic(result.diagnostics, context))
    return MarkdownPage(head=(f"### {total}",), sections=sections)


def _fixes(result: ValidationResult, context: RenderContext) -> Iterator[Part]:
    if result.fixed is not None:
        yield from paragraphs([fixes_summary(result.fixed, context, check=False)])
        yield from block_of(_fix(fix) for file in result.fixed for fix in file.fixes)


def _fix(fix: ManifestFix) -> Piece:
    place, change = fix_words(fix)
    return Piece((f"- {code_span(place)} {escaped(change)}",), {Counted.CHANGES: 1})


def failure_markdown(findings: Sequence[Diagnostic], context: RenderContext) -> str:
    return write_document(failure_document(findings, context), context)


def failure_document(findings: Sequence[Diagnostic], context: RenderContext) -> MarkdownPage:
    return MarkdownPage(sections=tuple(each_diagnostic(findings, context)))
