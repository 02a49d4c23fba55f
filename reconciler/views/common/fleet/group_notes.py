"""Of which other shops a diagnostic says the same.

In: a group of diagnostics and a context. Out: a one-line string without markup; empty for a group of one, and
where what to do about the others names them.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import Final

from reconciler.core.diagnostics.grouping import DiagnosticGroup
from reconciler.views.common.context import RenderContext
from reconciler.views.common.shop_lists import listed_shops

_FEW: Final = 5
_NAMED: Final = 2
_MANY: Final = 10


def groups_diagnostics(found: Sized, context: RenderContext) -> bool:
    """Whether those that say the same are put together."""
    return not context.expand and not context.concise and len(found) > _MANY


def others_note(group: DiagnosticGroup, context: RenderContext) -> str:
    others = () if group.other_hints else group.other_shops
    if others:
        return context.plural(
            "the same in {count} more shop: {shops}",
            "the same in {count} more shops: {shops}",
            len(others),
            shops=listed_shops(others, context, _FEW if len(others) <= _FEW else _NAMED),
        )
    if group.rest and not group.other_hints:
        return context.plural("the same in {count} more place", "the same in {count} more places", len(group.rest))
    return ""
