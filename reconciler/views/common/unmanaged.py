"""The shops of the backend that no manifest declares, for people, where they were asked for by name.

In: a drift. Out: rows of shop and what is known of its last apply.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.drift import Drift
from reconciler.core.drift.unmanaged import UnmanagedShop
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext

NO_MANIFEST: Final = msg("Shops without a manifest")


def unmanaged_rows(drift: Drift, context: RenderContext) -> list[tuple[ShopKey, str]]:
    if drift.unmanaged is None or not drift.unmanaged.listed:
        return []
    return [(each.shop, context.translate(_known(each))) for each in drift.unmanaged.shops]


def _known(each: UnmanagedShop) -> Message:
    if each.applied is None:
        return msg("never applied")
    return msg("manifest deleted; last applied {at}", at=each.applied)
