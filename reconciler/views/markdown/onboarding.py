"""An onboarding as Markdown: the count, what to do next, what is wrong, a table of the shops, and how files would change.

In: an onboarding and a context. Out: a page. Of many shops, equal rows are one.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring.onboard_result import OnboardResult
from reconciler.views.common.authoring.onboarding import onboarded_sum, onboarding_next_step, onboarding_rows
from reconciler.views.common.context import RenderContext
from reconciler.views.common.fleet.file_groups import folds_files, group_edits
from reconciler.views.markdown.document import MarkdownPage, Part, block_of, write_document
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.importing import alike_files
from reconciler.views.markdown.parts import file_details, fleet_diagnostics, paragraphs, row, table


def onboard_markdown(onboarded: OnboardResult, context: RenderContext) -> str:
    head = (f"### {escaped(onboarded_sum(onboarded, context))}",)
    return write_document(MarkdownPage(head=head, sections=tuple(_sections(onboarded, context))), context)


def _sections(onboarded: OnboardResult, context: RenderContext) -> Iterator[Part]:
    yield from paragraphs((onboarding_next_step(onboarded, context),))
    yield from fleet_diagnostics(onboarded.diagnostics, context)
    rows = [
        row((code_span(each.sign.strip()), escaped(each.shops), escaped(each.names), escaped(each.missing)))
        for each in onboarding_rows(onboarded, context)
    ]
    if rows:
        header = ("", *(escaped(context.translate(title)) for title in (msg("Shop"), msg("File"), msg("Missing"))))
        yield table(header, rows)
    yield from block_of(_diffs(onboarded, context), spaced=True)


def _diffs(onboarded: OnboardResult, context: RenderContext) -> Iterator[Part]:
    if not folds_files(onboarded.news, context):
        yield from map(file_details, onboarded.news)
        return
    for alike in group_edits(onboarded.news, (each.shop for each in onboarded.rows)).edits:
        yield from alike_files(alike, context)
