"""A fleet run, as text and as Markdown: what it is, its waves, what failed.

In: a result and a context. Out: text, or Markdown.
"""

from __future__ import annotations

from reconciler.core.results.history_result import FleetRunResult
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.markdown.document import MarkdownPage, joined, write_document
from reconciler.views.markdown.escaping import escaped
from reconciler.views.tables.fleet_run import errors_table, failures_table, fleet_run_sentences, waves_table
from reconciler.views.tables.table import Table, render_table, table_document
from reconciler.views.text.layout import paragraph


def render_fleet_run(result: FleetRunResult, context: RenderContext) -> str:
    sentences = join_lines(
        line for sentence in fleet_run_sentences(result, context) for line in paragraph(sentence, context)
    )
    return "\n".join([sentences, *(render_table(table, context) for table in _tables(result, context))])


def fleet_run_markdown(result: FleetRunResult, context: RenderContext) -> str:
    head = MarkdownPage(head=tuple(escaped(sentence) for sentence in fleet_run_sentences(result, context)))
    pages = [table_document(table, context) for table in _tables(result, context)]
    return write_document(joined(head, *pages), context)


def _tables(result: FleetRunResult, context: RenderContext) -> list[Table]:
    tables = (waves_table(result, context), failures_table(result, context), errors_table(result))
    return [table for table in tables if table is not None]
