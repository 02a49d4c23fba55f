"""A list of leaves as text: one `SHOP LEAF` per line, and what a plan may be applied of under it.

In: text, or a plan and a list. Out: the leaves, or the plan in which every shop with another leaf is held. Empty lines and lines
that start with `#` say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.values import ShopKey

_LEAF: Final = re.compile(r"sha256:[0-9a-f]{64}")
Leaves = Mapping[ShopKey, str]
"""The leaf of each approved shop."""


class InvalidLeafLine(Exception):
    """`line` counts from 1. Never carries the content: the file may be anything."""

    def __init__(self, line: int, text: Message) -> None:
        super().__init__(str(text))
        self.line = line
        self.text = text


def parse_leaves(text: str) -> dict[ShopKey, str]:
    """Raises InvalidLeafLine."""
    found: dict[ShopKey, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != len(("shop", "leaf")):
            raise InvalidLeafLine(number, msg("Expected a shop key and a leaf; words found: {count}", count=len(words)))
        shop, leaf = words
        if not SHOP_KEY.accepts(shop):
            raise InvalidLeafLine(number, msg("The first word is not a shop key"))
        if _LEAF.fullmatch(leaf) is None:
            raise InvalidLeafLine(number, msg("The second word is not a leaf: `sha256:` and 64 hexadecimal digits"))
        if found.setdefault(ShopKey(shop), leaf) != leaf:
            raise InvalidLeafLine(number, msg("{shop} is listed twice with different leaves", shop=shop))
    return found


def format_leaves(leaves: Iterable[ShopLeaf]) -> str:
    return "".join(f"{leaf.shop} {leaf.digest}\n" for leaf in leaves)


def leaves_by_shop(leaves: Iterable[ShopLeaf]) -> dict[ShopKey, str]:
    return {leaf.shop: leaf.digest for leaf in leaves}


def hold_other_leaves(plan: Plan, approved: Leaves) -> Plan:
    """The plan in which each shop whose leaf is not the approved one is held. A shop in which nothing is to be approved stays as
    it is.
    """
    leaves = leaves_by_shop(plan.leaves)
    return replace(plan, shops=tuple(_held(shop, leaves, approved) for shop in plan.shops))


def _held(shop: ShopPlan, leaves: Leaves, approved: Leaves) -> ShopPlan:
    leaf = leaves.get(shop.shop)
    if leaf is None or leaf == approved.get(shop.shop):
        return shop
    return replace(shop, findings=sort_diagnostics((*shop.findings, other_leaf(shop, leaf, approved.get(shop.shop)))))


def other_leaf(shop: ShopPlan, leaf: str, approved: str | None) -> Diagnostic:
    """Both leaves, so that a reader can compare them with what was reviewed."""
    missing = msg("no leaf of this shop was approved")
    return diagnostic(
        codes.OTHER_LEAF,
        msg("The plan of {shop} has the leaf {leaf}", shop=shop.shop, leaf=leaf),
        expected=missing if approved is None else msg("the approved leaf {leaf}", leaf=approved),
        hint=msg("Get the current plan of the shop approved; `reconciler plan {shop}` shows it", shop=shop.shop),
        shop=shop.shop,
        origin=shop.origin,
    )
