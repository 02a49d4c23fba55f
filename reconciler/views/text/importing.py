"""An import as text: files, secrets to be provided, the count, what was not imported, the verification, what to do next.

In: an import and a context. Out: text. Diagnostics are separate. Of many files, equal things are once; `--expand` shows each.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.results.authoring.import_result import ImportResult
from reconciler.views.common.ansi import Style
from reconciler.views.common.authoring.importing import (
    failed_summary,
    files_summary,
    import_next_step,
    project_rows,
    proof_summary,
    secret_rows,
    secrets_summary,
)
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.file_diff import diff_lines
from reconciler.views.common.fleet.file_groups import (
    counted_files,
    folds_files,
    group_edits,
    same_edit_note,
)
from reconciler.views.common.shop_lists import EXPAND_HINT
from reconciler.views.text.layout import Cell, columns, paragraph


def render_import(imported: ImportResult, context: RenderContext) -> str:
    return join_lines(_lines(imported, context))


def _lines(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    if folds_files(imported.files, context):
        yield from _folded_files(imported, context)
        yield from paragraph(context.translate(EXPAND_HINT), context, "  ", style=Style.QUIET)
    else:
        yield from _files(imported, context)
    if imported.check and imported.files and imported.project:
        yield ""  # else the sign of a row looks like one of the diff
    yield from _project(imported, context)
    if imported.secrets:
        yield from paragraph(secrets_summary(imported, context), context, style=Style.QUIET)
        cells = (
            (Cell(row.shops), Cell(row.reference), Cell(row.missing, Style.WARNING))
            for row in secret_rows(imported, context)
        )
        yield from columns(cells, context, indent="  ")
    yield from paragraph(files_summary(imported, context), context, style=Style.HEADING)
    failed = failed_summary(imported, context)
    if failed:
        yield from paragraph(failed, context, style=Style.ERROR)
    if imported.proof is not None:
        style = Style.GOOD if imported.proof.holds else Style.ERROR
        yield from paragraph(proof_summary(imported.proof, context), context, style=style)
    step = import_next_step(imported, context)
    if step:
        yield from paragraph(step, context, style=Style.HEADING)


def _files(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    for news in imported.files:
        yield from diff_lines(news, context) if imported.check else (_file(news, context),)


def _project(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    styles = {"+": Style.GOOD, "~": Style.WARNING}
    cells = (
        (Cell(f"{row.sign} {row.file}", styles.get(row.sign, Style.QUIET)), Cell(row.note, Style.QUIET))
        for row in project_rows(imported, context)
    )
    yield from columns(cells, context)


def _file(news: FileEdit, context: RenderContext) -> str:
    return f"{_sign(news, context)} {escape_unprintable(news.file)}"


def _sign(news: FileEdit, context: RenderContext) -> str:
    return context.paint("+", Style.GOOD) if news.is_new else context.paint("~", Style.WARNING)


def _folded_files(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    """What shops share in full; with `--check` also each different edit of a manifest."""
    groups = group_edits(imported.files, imported.shops)
    for news in groups.shared:
        yield from diff_lines(news, context) if imported.check else (_file(news, context),)
    yield from _counted(groups.created, context)
    if not imported.check:
        yield from _counted([news for alike in groups.edits for news in alike], context)
        return
    for alike in groups.edits:
        yield from diff_lines(alike[0], context)
        note = same_edit_note(alike, context)
        yield from paragraph(note, context, style=Style.QUIET) if note else ()


def _counted(files: tuple[FileEdit, ...] | list[FileEdit], context: RenderContext) -> Iterator[str]:
    if files:
        yield from paragraph(f"{_sign(files[0], context)} {counted_files(files, context)}", context)
