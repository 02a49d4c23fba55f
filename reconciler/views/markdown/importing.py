"""An import as Markdown, for a pull request: the count, what was not imported, the verification, diagnostics, files, secrets.

In: an import and a context. Out: text. Of many files, equal things are shown once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring import FileEdit, ImportResult
from reconciler.views.common.authoring.importing import (
    failed_summary,
    files_summary,
    import_next_step,
    proof_summary,
    secret_rows,
    secrets_summary,
)
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.fleet.file_groups import counted_files, folds_files, group_edits, same_edit_note
from reconciler.views.markdown.escaping import code_span, escaped, html_text
from reconciler.views.markdown.parts import details, file_details, fleet_diagnostic_items, paragraphs, table


def import_markdown(imported: ImportResult, context: RenderContext) -> str:
    return join_lines(_lines(imported, context))


def _lines(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    yield f"### {escaped(files_summary(imported, context))}"
    proof = "" if imported.proof is None else proof_summary(imported.proof, context)
    yield from paragraphs(filter(None, (failed_summary(imported, context), proof, import_next_step(imported, context))))
    yield ""
    yield from fleet_diagnostic_items(imported.all_diagnostics, context)
    if imported.files:
        yield ""
        yield from (
            _folded_files(imported, context) if folds_files(imported.files, context) else _files(imported, context)
        )
    if imported.secrets:
        yield ""
        yield from details(html_text(secrets_summary(imported, context)), _secrets(imported, context))


def _files(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    """With `check`, how each would change."""
    if imported.check:
        yield from _diffs(imported.files)
    else:
        title = html_text(context.translate(msg("Files")))
        yield from details(title, (f"- {code_span(f'{_sign(news)} {news.file}')}" for news in imported.files))


def _diffs(files: Collection[FileEdit]) -> Iterator[str]:
    for news in files:
        yield from (*file_details(news), "")


def _folded_files(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    groups = group_edits(imported.files, imported.shops)
    edited = [news for alike in groups.edits for news in alike]
    if not imported.check:
        yield from (f"- {code_span(f'{_sign(news)} {news.file}')}" for news in groups.shared)
    yield from _counted(groups.created, context)
    if not imported.check:
        yield from _counted(edited, context)
        return
    yield ""
    yield from _diffs(groups.shared)
    for alike in groups.edits:
        yield from file_details(alike[0])
        yield from (*paragraphs(filter(None, (same_edit_note(alike, context),))), "")


def _counted(files: Collection[FileEdit], context: RenderContext) -> Iterator[str]:
    for first in list(files)[:1]:
        yield f"- {code_span(_sign(first))} {escaped(counted_files(files, context))}"


def _sign(news: FileEdit) -> str:
    return "+" if news.is_new else "~"


def _secrets(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    header = [escaped(context.translate(title)) for title in (msg("Shop"), msg("Reference"), msg("Note"))]
    rows = secret_rows(imported, context)
    yield from table(header, ([escaped(row.shops), code_span(row.reference), escaped(row.missing)] for row in rows))
