"""One shop as the backend has it, as Markdown: a table a kind under its admin screen's path.

In: an observed shop. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.state import Observed, Unknown, scalars
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.phrases import ownership_label
from reconciler.views.markdown.parts import code_span, escaped, finding_items, table


def observed_markdown(observed: Observed, look: RenderContext) -> str:
    return join_lines(_lines(observed, look))


def _lines(observed: Observed, look: RenderContext) -> Iterator[str]:
    yield f"### {escaped(observed.shop)}"
    titles = [escaped(look.translate(title)) for title in (msg("Label"), msg("Value"), msg("Field"))]
    for kind in KINDS:
        yield ""
        yield f"**{escaped(kind.label)}** {escaped(kind.screen)}"
        yield ""
        read = observed.reads[kind.name]
        if isinstance(read, Unknown):
            yield from finding_items((read.reason,), look)
        else:
            rows = (
                (escaped(ref.display_name), code_span(look.value(value)), escaped(ownership_label(ref, look)))
                for ref, value in scalars(kind, read.value)
            )
            yield from table(titles, rows)
