"""One shop as the backend has it, as Markdown: a table a kind under its admin screen's path.

In: an observed shop. Out: a page.
"""

from __future__ import annotations

from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import KindSpec
from reconciler.core.model.state import FieldRef, Observed, Unknown, scalars
from reconciler.core.values import Scalar
from reconciler.views.common.context import RenderContext
from reconciler.views.common.phrases import observed_value, ownership_label
from reconciler.views.markdown.document import Block, MarkdownPage, Part, Piece, write_document
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import diagnostic_items, row, table


def observed_markdown(observed: Observed, context: RenderContext) -> str:
    sections = tuple(_kind(kind, observed, context) for kind in KINDS)
    return write_document(MarkdownPage(head=(f"### {escaped(observed.shop)}",), sections=sections), context)


def _kind(kind: KindSpec, observed: Observed, context: RenderContext) -> Block:
    before = (f"**{escaped(kind.label)}** {escaped(kind.screen)}", "")
    return Block(before=before, parts=tuple(_fields(kind, observed, context)))


def _fields(kind: KindSpec, observed: Observed, context: RenderContext) -> tuple[Part, ...]:
    read = observed.reads[kind.name]
    if isinstance(read, Unknown):
        return tuple(diagnostic_items((read.reason,), context))
    titles = [escaped(context.translate(title)) for title in (msg("Label"), msg("Value"), msg("Field"))]
    return (table(titles, (_row(ref, value, context) for ref, value in scalars(kind, read.value))),)


def _row(ref: FieldRef, value: Scalar, context: RenderContext) -> Piece:
    shown = code_span(observed_value(ref, value, context))
    return row((escaped(ref.display_name), shown, escaped(ownership_label(ref, context))))
