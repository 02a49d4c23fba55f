"""What a reader checks a fingerprint with: the leaves of a plan, or the roots of parts of the tree where these are too many.

In: a plan. Out: names and digests; None where nothing is to be approved.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.planning.fingerprint import plan_leaves
from reconciler.core.planning.leaves import SubtreeRoot, merkle_root, subtree_roots
from reconciler.core.planning.plan import Plan
from reconciler.views.common.context import RenderContext
from reconciler.views.common.shop_lists import shop_count
from reconciler.views.html.elements import LeafTable

_MOST_LEAVES: Final = 1_000
_MOST_PARTS: Final = 256
_FEWEST: Final = 16
"""Of either, on a small page."""
_LARGE: Final = 400_000
"""Characters of a page with room for all of them."""
_PREFIX: Final = "sha256:"


def leaf_table(plan: Plan, context: RenderContext) -> LeafTable | None:
    """None as well for a saved plan of an older version, whose fingerprint is not the root of a tree."""
    leaves = plan_leaves(plan)
    if not leaves or merkle_root(leaves) != plan.fingerprint:
        return None
    small = context.budget is not None and context.budget < _LARGE
    if len(leaves) <= (_FEWEST if small else _MOST_LEAVES):
        rows = tuple((str(leaf.shop), leaf.digest.removeprefix(_PREFIX)) for leaf in leaves)
        return LeafTable(rows=rows, each_shop=True, shops=len(leaves))
    parts = subtree_roots(leaves, _FEWEST if small else _MOST_PARTS)
    rows = tuple((_name(part, context), part.digest.removeprefix(_PREFIX)) for part in parts)
    return LeafTable(rows=rows, each_shop=False, shops=len(leaves))


def _name(part: SubtreeRoot, context: RenderContext) -> str:
    return f"{part.first} … {part.last} ({shop_count(part.count, context)})"
