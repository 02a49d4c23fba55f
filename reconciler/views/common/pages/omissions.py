"""What a page under a budget does not show, in numbers, and where it can be read.

In: counts and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.views.common.context import RenderContext
from reconciler.views.common.phrases import join_list

EVERYTHING: Final = msg("`-o json` shows everything.")
"""Where nothing better is known: the format without a limit."""


class Counted(Enum):
    """As what an omitted part is counted, in the order in which the counts are shown."""

    CHANGES = "changes"
    DIFFERENCES = "differences"
    SHOPS = "shops"
    DIAGNOSTICS = "diagnostics"
    FILES = "files"
    ROWS = "rows"
    LINES = "lines"
    PARAGRAPHS = "paragraphs"
    SHORTENED = "shortened"


Counts = Mapping[Counted, int]


def omission_note(omitted: Counts, context: RenderContext) -> str:
    """How much is missing."""
    counts = [_count(kind, omitted[kind], context) for kind in Counted if omitted.get(kind)]
    return context.translate(msg("Omitted: {counts}.", counts=join_list(counts, context)))


def _count(kind: Counted, count: int, context: RenderContext) -> str:
    match kind:
        case Counted.CHANGES:
            return context.plural("{count} change", "{count} changes", count)
        case Counted.DIFFERENCES:
            return context.plural("{count} difference", "{count} differences", count)
        case Counted.SHOPS:
            return context.plural("{count} shop", "{count} shops", count)
        case Counted.DIAGNOSTICS:
            return context.plural("{count} diagnostic", "{count} diagnostics", count)
        case Counted.FILES:
            return context.plural("{count} file", "{count} files", count)
        case Counted.ROWS:
            return context.plural("{count} row", "{count} rows", count)
        case Counted.LINES:
            return context.plural("{count} line", "{count} lines", count)
        case Counted.PARAGRAPHS:
            return context.plural("{count} paragraph", "{count} paragraphs", count)
        case Counted.SHORTENED:
            return context.plural("the rest of {count} long text", "the rest of {count} long texts", count)
