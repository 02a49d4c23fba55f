"""One shop as the backend has it, as Markdown: a table a kind under its admin screen's path.

In: an observed shop. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import say
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.state import Observed, Unknown, scalars
from reconciler.views.common.context import Look, page
from reconciler.views.common.phrases import owner_mark
from reconciler.views.markdown.parts import code, escaped, finding_items, table


def observed_markdown(observed: Observed, look: Look) -> str:
    return page(_lines(observed, look))


def _lines(observed: Observed, look: Look) -> Iterator[str]:
    yield f"### {escaped(observed.shop)}"
    titles = [escaped(look.tell(title)) for title in (say("Label"), say("Value"), say("Field"))]
    for kind in KINDS:
        yield ""
        yield f"**{escaped(kind.label)}** {escaped(kind.screen)}"
        yield ""
        read = observed.reads[kind.name]
        if isinstance(read, Unknown):
            yield from finding_items((read.why,), look)
        else:
            rows = (
                (escaped(ref.called), code(look.value(value)), escaped(owner_mark(ref, look)))
                for ref, value in scalars(kind, read.value)
            )
            yield from table(titles, rows)
