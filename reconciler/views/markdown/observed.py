"""One shop as the backend has it, as Markdown: a table a kind under its admin screen's path.

In: an observed shop. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.state import FieldRef, Observed, Unknown, scalars
from reconciler.core.values import Scalar
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.phrases import observed_value, ownership_label
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import diagnostic_items, table


def observed_markdown(observed: Observed, context: RenderContext) -> str:
    return join_lines(_lines(observed, context))


def _row(ref: FieldRef, value: Scalar, context: RenderContext) -> tuple[str, ...]:
    shown = code_span(observed_value(ref, value, context))
    return (escaped(ref.display_name), shown, escaped(ownership_label(ref, context)))


def _lines(observed: Observed, context: RenderContext) -> Iterator[str]:
    yield f"### {escaped(observed.shop)}"
    titles = [escaped(context.translate(title)) for title in (msg("Label"), msg("Value"), msg("Field"))]
    for kind in KINDS:
        yield ""
        yield f"**{escaped(kind.label)}** {escaped(kind.screen)}"
        yield ""
        read = observed.reads[kind.name]
        if isinstance(read, Unknown):
            yield from diagnostic_items((read.reason,), context)
        else:
            yield from table(titles, (_row(ref, value, context) for ref, value in scalars(kind, read.value)))
