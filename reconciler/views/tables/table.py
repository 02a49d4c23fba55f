"""A plain list of things, one row each, in every format: what `history` and `leases` print.

In: the columns with their names for machines and people, and rows of words. Out: text. The JSON document is an object a row, in
which a number is a number and what is not there is null; people see a dash, and no column in which there is nothing.
"""

from __future__ import annotations

from reconciler.core.diagnostics.messages import Message
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.json.document import EMPTY_HEAD, VERSION, DocumentHead, document_text
from reconciler.views.markdown.document import MarkdownPage, write_document
from reconciler.views.markdown.escaping import escaped
from reconciler.views.markdown.parts import row as markdown_row
from reconciler.views.markdown.parts import table as markdown_table
from reconciler.views.text.layout import titled

Word = str | int | None


@frozen
class Table:
    """`name` is that of the JSON format; `columns` pairs a key with what people read above the column."""

    name: str
    columns: tuple[tuple[str, Message], ...]
    rows: tuple[tuple[Word, ...], ...]
    empty: Message


def render_table(table: Table, context: RenderContext) -> str:
    """Without the columns that no row has anything in."""
    if not table.rows:
        return join_lines([context.translate(table.empty)])
    used = [at for at in range(len(table.columns)) if any(row[at] is not None for row in table.rows)]
    titles = [context.translate(table.columns[at][1]) for at in used]
    rows = ([None if row[at] is None else escape_unprintable(str(row[at])) for at in used] for row in table.rows)
    return join_lines(titled(titles, rows, context))


def table_json(table: Table, head: DocumentHead = EMPTY_HEAD) -> str:
    keys = [key for key, _ in table.columns]
    rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
    return document_text(table.name, VERSION, {"rows": rows}, head)


def table_markdown(table: Table, context: RenderContext) -> str:
    return write_document(table_document(table, context), context)


def table_document(table: Table, context: RenderContext) -> MarkdownPage:
    if not table.rows:
        return MarkdownPage(head=(context.translate(table.empty),))
    rows = (markdown_row(["-" if word is None else escaped(str(word)) for word in row]) for row in table.rows)
    titles = [escaped(context.translate(title)) for _, title in table.columns]
    return MarkdownPage(sections=(markdown_table(titles, rows),))
