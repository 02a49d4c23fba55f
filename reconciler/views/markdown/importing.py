"""An import as Markdown, for a pull request: the count, what was not imported, the verification, diagnostics, files, secrets.

In: an import and a context. Out: a page. Of many files, equal things are shown once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.results.authoring.import_result import ImportResult
from reconciler.views.common.authoring.importing import (
    failed_summary,
    files_summary,
    import_next_step,
    project_rows,
    proof_summary,
    secret_rows,
    secrets_summary,
)
from reconciler.views.common.context import RenderContext
from reconciler.views.common.fleet.file_groups import counted_files, folds_files, group_edits, same_edit_note
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.markdown.document import Block, MarkdownPage, Part, Piece, block_of, write_document
from reconciler.views.markdown.escaping import code_span, escaped, html_text
from reconciler.views.markdown.parts import details, file_details, fleet_diagnostics, paragraphs, row, table


def import_markdown(imported: ImportResult, context: RenderContext) -> str:
    head = (f"### {escaped(files_summary(imported, context))}",)
    return write_document(MarkdownPage(head=head, sections=tuple(_sections(imported, context))), context)


def _sections(imported: ImportResult, context: RenderContext) -> Iterator[Part]:
    proof = "" if imported.proof is None else proof_summary(imported.proof, context)
    yield from paragraphs((failed_summary(imported, context), proof, import_next_step(imported, context)))
    yield from fleet_diagnostics(imported.all_diagnostics, context)
    if imported.files:
        folded = folds_files(imported.files, context)
        yield from _folded_files(imported, context) if folded else _files(imported, context)
    if imported.project:
        rows = (
            Piece((f"- {code_span(f'{each.sign} {each.file}')} {escaped(each.note)}".rstrip(),))
            for each in project_rows(imported, context)
        )
        yield details(html_text(context.translate(msg("Files of the folder"))), block_of(rows))
    if imported.secrets:
        yield details(html_text(secrets_summary(imported, context)), (_secrets(imported, context),))


def _files(imported: ImportResult, context: RenderContext) -> Iterator[Part]:
    """With `check`, how each would change."""
    if imported.check:
        yield from block_of(map(file_details, imported.files), spaced=True)
    else:
        title = html_text(context.translate(msg("Files")))
        yield details(title, block_of(_file(news) for news in imported.files))


def _file(news: FileEdit) -> Piece:
    return Piece((f"- {code_span(f'{_sign(news)} {news.file}')}",), {Counted.FILES: 1})


def _folded_files(imported: ImportResult, context: RenderContext) -> Iterator[Block]:
    groups = group_edits(imported.files, imported.shops)
    created = _counted(groups.created, context)
    if imported.check:
        yield from block_of(created)
        yield from block_of(map(file_details, groups.shared), spaced=True)
        yield from block_of((part for alike in groups.edits for part in alike_files(alike, context)), spaced=True)
        return
    edited = [news for alike in groups.edits for news in alike]
    yield from block_of((*map(_file, groups.shared), *created, *_counted(edited, context)))


def alike_files(alike: Sequence[FileEdit], context: RenderContext) -> Iterator[Part]:
    """How the first changes, and in which others the same does."""
    yield file_details(alike[0])
    yield from paragraphs((same_edit_note(alike, context),))


def _counted(files: Collection[FileEdit], context: RenderContext) -> Iterator[Piece]:
    for first in list(files)[:1]:
        line = f"- {code_span(_sign(first))} {escaped(counted_files(files, context))}"
        yield Piece((line,), {Counted.FILES: len(files)})


def _sign(news: FileEdit) -> str:
    return "+" if news.is_new else "~"


def _secrets(imported: ImportResult, context: RenderContext) -> Block:
    header = [escaped(context.translate(title)) for title in (msg("Shop"), msg("Reference"), msg("Note"))]
    rows = secret_rows(imported, context)
    return table(
        header, (row((escaped(each.shops), code_span(each.reference), escaped(each.missing))) for each in rows)
    )
