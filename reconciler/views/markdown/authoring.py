"""What a formatting did, as Markdown: the count, then each file with how it changes, folded.

In: a formatting and a context. Out: text.

A new manifest, as Markdown: where it is, and what is to be filled in.
"""

from __future__ import annotations

from reconciler.core.results.authoring import FormatResult, NewManifestResult
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.summaries import formatted_summary, new_summary
from reconciler.views.markdown.escaping import escaped
from reconciler.views.markdown.parts import diagnostic_items, file_details


def fmt_markdown(formatted: FormatResult, context: RenderContext) -> str:
    lines = [line for news in formatted.files for line in (*file_details(news), "")]
    total = escaped(formatted_summary(formatted, context))
    return join_lines([f"### {total}", "", *lines, *diagnostic_items(formatted.diagnostics, context)])


def new_markdown(created: NewManifestResult, context: RenderContext) -> str:
    head = [] if created.news is None else [f"### {escaped(new_summary(created, context))}", ""]
    return join_lines([*head, *diagnostic_items(created.diagnostics, context)])
