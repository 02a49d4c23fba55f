"""An onboarding as Markdown: the count, what to do next, what is wrong, a table of the shops, and how files would change.

In: an onboarding and a context. Out: text. Of many shops, equal rows are one.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring import OnboardResult
from reconciler.views.common.authoring.onboarding import onboarded_sum, onboarding_next_step, onboarding_rows
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.fleet.file_groups import folds_files, group_edits, same_edit_note
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import file_details, fleet_diagnostic_items, paragraphs, table


def onboard_markdown(onboarded: OnboardResult, context: RenderContext) -> str:
    return join_lines(_lines(onboarded, context))


def _lines(onboarded: OnboardResult, context: RenderContext) -> Iterator[str]:
    yield f"### {escaped(onboarded_sum(onboarded, context))}"
    yield from paragraphs(filter(None, (onboarding_next_step(onboarded, context),)))
    yield ""
    yield from fleet_diagnostic_items(onboarded.diagnostics, context)
    rows = [
        (code_span(row.sign.strip()), escaped(row.shops), escaped(row.names), escaped(row.missing))
        for row in onboarding_rows(onboarded, context)
    ]
    if rows:
        header = ("", *(escaped(context.translate(title)) for title in (msg("Shop"), msg("File"), msg("Missing"))))
        yield from (*table(header, rows), "")
    yield from _diffs(onboarded, context)


def _diffs(onboarded: OnboardResult, context: RenderContext) -> Iterator[str]:
    if not folds_files(onboarded.news, context):
        for news in onboarded.news:
            yield from (*file_details(news), "")
        return
    for alike in group_edits(onboarded.news, (row.shop for row in onboarded.rows)).edits:
        yield from file_details(alike[0])
        yield from (*paragraphs(filter(None, (same_edit_note(alike, context),))), "")
