"""What a formatting did, as Markdown: the count, then each file with how it changes, folded.

In: a formatting and a context. Out: a page.

What a division of the folder moved, as Markdown: the count, then each file, folded.

A new manifest, as Markdown: where it is, and what is to be filled in.
"""

from __future__ import annotations

from reconciler.core.results.authoring.format_result import FormatResult, ShardResult
from reconciler.core.results.authoring.new_result import NewManifestResult
from reconciler.views.common.context import RenderContext
from reconciler.views.common.summaries import formatted_summary, new_summary, sharded_summary
from reconciler.views.markdown.document import MarkdownPage, Piece, block_of, write_document
from reconciler.views.markdown.escaping import escaped
from reconciler.views.markdown.parts import each_diagnostic, file_details


def fmt_markdown(formatted: FormatResult, context: RenderContext) -> str:
    files = block_of((file_details(news) for news in formatted.files), spaced=True)
    sections = (*files, *each_diagnostic(formatted.diagnostics, context))
    head = (f"### {escaped(formatted_summary(formatted, context))}",)
    return write_document(MarkdownPage(head=head, sections=sections), context)


def shard_markdown(sharded: ShardResult, context: RenderContext) -> str:
    moves = block_of(Piece((f"- {escaped(move.source)} → {escaped(move.target)}",), {}) for move in sharded.moves)
    sections = (*moves, *each_diagnostic(sharded.diagnostics, context))
    head = (f"### {escaped(sharded_summary(sharded, context))}",)
    return write_document(MarkdownPage(head=head, sections=sections), context)


def new_markdown(created: NewManifestResult, context: RenderContext) -> str:
    head = () if created.news is None else (f"### {escaped(new_summary(created, context))}",)
    sections = tuple(each_diagnostic(created.diagnostics, context))
    return write_document(MarkdownPage(head=head, sections=sections), context)
