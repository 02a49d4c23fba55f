"""An import as Markdown, for a pull request.

In: an import and a context. Out: text.

What a formatting did, as Markdown: the count, then each file with how it changes, folded.

An onboarding as Markdown: the count, what is wrong, a table of the shops, and how each file would change.

A new manifest, as Markdown: where it is, and what is to be filled in.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring import FileEdit, FormatResult, ImportResult, NewManifestResult, OnboardResult
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.onboarding import SIGNS, missing_items, onboarded_sum, rows_to_show
from reconciler.views.common.summaries import (
    files_summary,
    formatted_summary,
    new_summary,
    proof_summary,
    secrets_summary,
)
from reconciler.views.markdown.escaping import code_span, escaped, html_text
from reconciler.views.markdown.parts import details, diagnostic_items, file_details, table


def import_markdown(imported: ImportResult, context: RenderContext) -> str:
    return join_lines(_lines(imported, context))


def _lines(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    yield f"### {escaped(files_summary(imported, context))}"
    yield ""
    if imported.proof is not None:
        yield escaped(proof_summary(imported.proof, context))
        yield ""
    yield from diagnostic_items(imported.all_diagnostics, context)
    if imported.files:
        yield ""
        yield from _files(imported, context)
    if imported.secrets:
        yield ""
        yield from details(html_text(secrets_summary(imported, context)), _secrets(imported, context))


def _files(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    """With `check`, how each would change."""
    if imported.check:
        for news in imported.files:
            yield from (*file_details(news), "")
    else:
        files = (f"- {code_span(f'{_sign(news)} {news.file}')}" for news in imported.files)
        yield from details(html_text(context.translate(msg("Files"))), files)


def _sign(news: FileEdit) -> str:
    return "+" if news.is_new else "~"


def _secrets(imported: ImportResult, context: RenderContext) -> Iterator[str]:
    header = (context.translate(msg("Shop")), context.translate(msg("Reference")))
    yield from table(header, ([escaped(shop), code_span(reference)] for shop, reference in imported.secrets))


def fmt_markdown(formatted: FormatResult, context: RenderContext) -> str:
    lines = [line for news in formatted.files for line in (*file_details(news), "")]
    total = escaped(formatted_summary(formatted, context))
    return join_lines([f"### {total}", "", *lines, *diagnostic_items(formatted.diagnostics, context)])


def onboard_markdown(onboarded: OnboardResult, context: RenderContext) -> str:
    files = [line for news in onboarded.news for line in (*file_details(news), "")]
    head = (f"### {escaped(onboarded_sum(onboarded, context))}", "")
    return join_lines([*head, *diagnostic_items(onboarded.diagnostics, context), *_rows(onboarded, context), *files])


def _rows(onboarded: OnboardResult, context: RenderContext) -> Iterator[str]:
    header = ("", context.translate(msg("Shop")), context.translate(msg("File")), context.translate(msg("Missing")))
    rows = [
        (
            code_span(SIGNS[row.does].strip()),
            code_span(row.shop),
            code_span(row.file),
            escaped(missing_items(row, context)),
        )
        for row in rows_to_show(onboarded)
    ]
    if rows:
        yield from (*table(header, rows), "")


def new_markdown(created: NewManifestResult, context: RenderContext) -> str:
    head = [] if created.news is None else [f"### {escaped(new_summary(created, context))}", ""]
    return join_lines([*head, *diagnostic_items(created.diagnostics, context)])
