"""Of which other shops a diagnostic says the same.

In: a group of diagnostics and a context. Out: a one-line string without markup; empty for a group of one.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.grouping import DiagnosticGroup
from reconciler.views.common.context import RenderContext
from reconciler.views.common.shop_lists import listed_shops

_NAMED: Final = 5


def others_note(group: DiagnosticGroup, context: RenderContext) -> str:
    others = group.other_shops
    if others:
        return context.plural(
            "the same in {count} more shop: {shops}",
            "the same in {count} more shops: {shops}",
            len(others),
            shops=listed_shops(others, context, _NAMED),
        )
    if group.rest:
        return context.plural("the same in {count} more place", "the same in {count} more places", len(group.rest))
    return ""
