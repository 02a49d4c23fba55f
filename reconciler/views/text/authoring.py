"""An import as text: the files, the secrets to be provided, the verification.

In: an import and a context. Out: text. Diagnostics are separate.

An onboarding as text: the diffs of files, then one line per shop with what is missing, then the count.

What a formatting did, as text: each file, or its diff, then the count.

A new manifest, as text: where it is, and how many values are missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring import (
    FileAction,
    FormatResult,
    ImportResult,
    NewManifestResult,
    OnboardResult,
    OnboardRowResult,
)
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.file_diff import diff_lines
from reconciler.views.common.onboarding import SIGNS, missing_items, onboarded_sum, rows_to_show
from reconciler.views.common.summaries import (
    files_summary,
    formatted_summary,
    new_summary,
    proof_summary,
    secrets_summary,
)
from reconciler.views.text.layout import Cell, columns, paragraph


def render_import(imported: ImportResult, context: RenderContext) -> str:
    return join_lines(_lines(imported, context))


def _lines(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    for news in imported.files:
        if imported.check:
            yield from diff_lines(news, context)
        else:
            sign, style = ("+", Style.GOOD) if news.is_new else ("~", Style.WARNING)
            yield f"{context.paint(sign, style)} {escape_unprintable(news.file)}"
    if imported.secrets:
        yield from paragraph(secrets_summary(imported, context), context, style=Style.QUIET)
        yield from columns(_secrets(imported, context), context, indent="  ")
    yield from paragraph(files_summary(imported, context), context)
    if imported.proof is not None:
        style = Style.GOOD if imported.proof.holds else Style.ERROR
        yield from paragraph(proof_summary(imported.proof, context), context, style=style)


def _secrets(imported: ImportResult, context: RenderContext) -> Iterator[tuple[Cell, Cell, Cell]]:
    for shop, reference in imported.secrets:
        missing = context.translate(msg("not provided yet")) if shop in imported.unproven else ""
        yield Cell(shop), Cell(escape_unprintable(reference)), Cell(missing, Style.WARNING)


_STYLES = {FileAction.CREATED: Style.ADD, FileAction.CHANGED: Style.CHANGE, FileAction.UNCHANGED: None}


def render_onboard(onboarded: OnboardResult, context: RenderContext) -> str:
    diffs = [line for news in onboarded.news for line in diff_lines(news, context)]
    rows = columns([_cells(row, context) for row in rows_to_show(onboarded)], context)
    return join_lines([*diffs, *rows, *paragraph(onboarded_sum(onboarded, context), context)])


def _cells(row: OnboardRowResult, context: RenderContext) -> tuple[Cell, ...]:
    missing = context.translate(msg("missing: {items}", items=missing_items(row, context))) if row.lacks else ""
    style = _STYLES[row.does]
    return Cell(SIGNS[row.does], style), Cell(row.shop, style), Cell(row.file), Cell(missing, Style.WARNING)


def render_fmt(formatted: FormatResult, context: RenderContext) -> str:
    style = Style.CHANGE if formatted.files and formatted.check else Style.GOOD
    return join_lines([*_files(formatted, context), context.paint(formatted_summary(formatted, context), style)])


def _files(formatted: FormatResult, context: RenderContext) -> Iterator[str]:
    for news in formatted.files:
        if formatted.check:
            yield from diff_lines(news, context)
        else:
            yield context.translate(msg("Formatted {file}", file=news.file))


def render_new(created: NewManifestResult, context: RenderContext) -> str:
    """Nothing where nothing was written: the findings say why."""
    return join_lines([] if created.news is None else [new_summary(created, context)])
