"""Many shops in few words: how many, and the first of them by name.

In: shop keys and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.views.common.context import RenderContext
from reconciler.views.common.phrases import join_list

EXPAND_HINT: Final = msg("(`--expand` shows each shop)")


def shop_count(count: int, context: RenderContext) -> str:
    return context.plural("{count} shop", "{count} shops", count)


def share_of_shops(part: int, whole: int, context: RenderContext) -> str:
    """`2 of 5 shops`; only how many, where it is all of them."""
    if part == whole:
        return shop_count(part, context)
    return context.plural("{part} of {count} shop", "{part} of {count} shops", whole, part=part)


def listed_shops(shops: Sequence[str], context: RenderContext, most: int) -> str:
    """At most so many by name, and how many there are besides."""
    if len(shops) <= most:
        return join_list(shops, context)
    named, further = join_list(shops[:most], context), len(shops) - most
    return context.translate(msg("{shops} and {count} more", shops=named, count=f"{further:,}"))
