"""An import as text: the files, the secrets that are to be provided, what was proven.

In: an import and a look. Out: text. Findings are told apart.

An onboarding as text: how files would change, then a line a shop with what it lacks, then the count.

What a formatting did, as text: each file, or how it would change, then the count.

A new manifest, as text: where it is, and how much is to be filled in.
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
    begun_summary,
    files_summary,
    formatted_summary,
    proof_summary,
    secrets_summary,
)
from reconciler.views.text.layout import Cell, columns, paragraph


def render_import(imported: ImportResult, look: RenderContext) -> str:
    return join_lines(_lines(imported, look))


def _lines(imported: ImportResult, look: RenderContext) -> Iterator[str]:
    for news in imported.files:
        if imported.check:
            yield from diff_lines(news, look)
        else:
            sign, style = ("+", Style.GOOD) if news.is_new else ("~", Style.WARNING)
            yield f"{look.paint(sign, style)} {escape_unprintable(news.file)}"
    if imported.secrets:
        yield from paragraph(secrets_summary(imported, look), look, style=Style.QUIET)
        yield from columns(_secrets(imported, look), look, indent="  ")
    yield from paragraph(files_summary(imported, look), look)
    if imported.proof is not None:
        style = Style.GOOD if imported.proof.holds else Style.ERROR
        yield from paragraph(proof_summary(imported.proof, look), look, style=style)


def _secrets(imported: ImportResult, look: RenderContext) -> Iterator[tuple[Cell, Cell, Cell]]:
    for shop, reference in imported.secrets:
        missing = look.translate(msg("not provided yet")) if shop in imported.unproven else ""
        yield Cell(shop), Cell(escape_unprintable(reference)), Cell(missing, Style.WARNING)


_STYLES = {FileAction.CREATED: Style.ADD, FileAction.CHANGED: Style.CHANGE, FileAction.UNCHANGED: None}


def render_onboard(onboarded: OnboardResult, look: RenderContext) -> str:
    diffs = [line for news in onboarded.news for line in diff_lines(news, look)]
    rows = columns([_cells(row, look) for row in rows_to_show(onboarded)], look)
    return join_lines([*diffs, *rows, *paragraph(onboarded_sum(onboarded, look), look)])


def _cells(row: OnboardRowResult, look: RenderContext) -> tuple[Cell, ...]:
    missing = look.translate(msg("lacks {items}", items=missing_items(row, look))) if row.lacks else ""
    style = _STYLES[row.does]
    return Cell(SIGNS[row.does], style), Cell(row.shop, style), Cell(row.file), Cell(missing, Style.WARNING)


def render_fmt(formatted: FormatResult, look: RenderContext) -> str:
    style = Style.CHANGE if formatted.files and formatted.check else Style.GOOD
    return join_lines([*_files(formatted, look), look.paint(formatted_summary(formatted, look), style)])


def _files(formatted: FormatResult, look: RenderContext) -> Iterator[str]:
    for news in formatted.files:
        if formatted.check:
            yield from diff_lines(news, look)
        else:
            yield look.translate(msg("Formatted {file}", file=news.file))


def render_new(begun: NewManifestResult, look: RenderContext) -> str:
    """Nothing where nothing was written: the findings say why."""
    return join_lines([] if begun.news is None else [begun_summary(begun, look)])
