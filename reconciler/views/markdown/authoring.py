"""An import as Markdown, for a pull request.

In: an import and a look. Out: text.

What a formatting did, as Markdown: the count, then each file with how it changes, folded.

An onboarding as Markdown: the count, what is wrong, a table of the shops, and how each file would change.

A new manifest, as Markdown: where it is, and what is to be filled in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring import FileEdit, FormatResult, ImportResult, NewManifestResult, OnboardResult
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.file_diff import diff_of
from reconciler.views.common.onboarding import SIGNS, missing_items, onboarded_sum, rows_to_show
from reconciler.views.common.summaries import (
    begun_summary,
    files_summary,
    formatted_summary,
    proof_summary,
    secrets_summary,
)
from reconciler.views.markdown.parts import code_span, details, escaped, finding_items, table


def import_markdown(imported: ImportResult, look: RenderContext) -> str:
    return join_lines(_lines(imported, look))


def _lines(imported: ImportResult, look: RenderContext) -> Iterator[str]:
    yield f"### {escaped(files_summary(imported, look))}"
    yield ""
    if imported.proof is not None:
        yield escaped(proof_summary(imported.proof, look))
        yield ""
    yield from finding_items(imported.all_findings, look)
    if imported.files:
        yield ""
        yield from details(escaped(look.translate(msg("Files"))), _files(imported))
    if imported.secrets:
        yield ""
        yield from details(escaped(secrets_summary(imported, look)), _secrets(imported, look))


def _files(imported: ImportResult) -> Iterator[str]:
    for news in imported.files:
        sign = "+" if news.is_new else "~"
        yield f"- {code_span(f'{sign} {news.file}')}"
        if imported.check:
            yield from ("", "````diff", diff_of(news).rstrip("\n"), "````", "")


def _secrets(imported: ImportResult, look: RenderContext) -> Iterator[str]:
    header = (look.translate(msg("Shop")), look.translate(msg("Reference")))
    yield from table(header, ([escaped(shop), code_span(reference)] for shop, reference in imported.secrets))


_FENCE: Final = "````"
"""No line of a manifest can end it: a text that holds such a line stands indented below its key."""


def fmt_markdown(formatted: FormatResult, look: RenderContext) -> str:
    lines = [line for news in formatted.files for line in (*file_fold(news), "")]
    total = escaped(formatted_summary(formatted, look))
    return join_lines([f"### {total}", "", *lines, *finding_items(formatted.findings, look)])


def file_fold(news: FileEdit) -> Iterator[str]:
    lines = map(escape_unprintable, diff_of(news).removesuffix("\n").split("\n"))
    yield from details(code_span(news.file), (f"{_FENCE}diff", *lines, _FENCE))


def onboard_markdown(onboarded: OnboardResult, look: RenderContext) -> str:
    files = [line for news in onboarded.news for line in (*file_fold(news), "")]
    head = (f"### {escaped(onboarded_sum(onboarded, look))}", "")
    return join_lines([*head, *finding_items(onboarded.findings, look), *_rows(onboarded, look), *files])


def _rows(onboarded: OnboardResult, look: RenderContext) -> Iterator[str]:
    header = ("", look.translate(msg("Shop")), look.translate(msg("File")), look.translate(msg("Lacks")))
    rows = [
        (SIGNS[row.does].strip(), code_span(row.shop), code_span(row.file), escaped(missing_items(row, look)))
        for row in rows_to_show(onboarded)
    ]
    if rows:
        yield from (*table(header, rows), "")


def new_markdown(begun: NewManifestResult, look: RenderContext) -> str:
    head = [] if begun.news is None else [f"### {escaped(begun_summary(begun, look))}", ""]
    return join_lines([*head, *finding_items(begun.findings, look)])
