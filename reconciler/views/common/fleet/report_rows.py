"""The shops of a run in few rows: those that came to the same end are one row.

In: a report and a context. Out: rows of strings without markup, the loudest last.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.report import ShopOutcome, ShopReport
from reconciler.lib.folding import fold_items
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import RenderContext
from reconciler.views.common.outcomes import outcome_word, shop_progress
from reconciler.views.common.phrases import join_list
from reconciler.views.common.shop_lists import listed_shops, shop_count

FEW_OUTCOMES: Final = 10
"""So many shops are shown one by one."""
_NAMED: Final = 10


@frozen
class OutcomeRow:
    """`names`: which shops, where they are few or something went wrong in them; empty where `shops` says it.
    `count`: how many.
    """

    outcome: ShopOutcome
    word: str
    shops: str
    progress: str
    names: str
    count: int


def folds_outcomes(shops: list[ShopReport], context: RenderContext) -> bool:
    return not context.expand and len(shops) > FEW_OUTCOMES


def outcome_rows(shops: Iterable[ShopReport], context: RenderContext) -> list[OutcomeRow]:
    """A shop that was left closed is always a row of its own."""
    shown = list(shops)
    folds = fold_items(shown, about=_end, like=_end, order=_order, room=len(shown))
    return [_row(fold.items, context) for fold in sorted(folds, key=lambda fold: _rank(fold.items[0]))]


def _row(shops: tuple[ShopReport, ...], context: RenderContext) -> OutcomeRow:
    first, many = shops[0], len(shops) > 1
    names = [shop.shop for shop in shops]
    return OutcomeRow(
        outcome=first.outcome,
        word=context.translate(outcome_word(first)),
        shops=shop_count(len(shops), context) if many else first.shop,
        progress=join_list([each for each in (_progress(shops, context), _closed(shops, context)) if each], context),
        names=listed_shops(names, context, _NAMED) if many and first.failed else "",
        count=len(shops),
    )


def _progress(shops: tuple[ShopReport, ...], context: RenderContext) -> str:
    return shop_progress(shops[0] if len(shops) == 1 else replace(shops[0], closed_ms=None), context)


def _closed(shops: tuple[ShopReport, ...], context: RenderContext) -> str:
    """The longest time that one of them was closed."""
    longest = max((shop.closed_ms or 0 for shop in shops), default=0)
    if len(shops) == 1 or not longest:
        return ""
    return context.translate(msg("closed for at most {seconds} s each", seconds=f"{longest / 1000:.1f}"))


def _end(shop: ShopReport) -> Hashable:
    alone = shop.shop if shop.outcome is ShopOutcome.LEFT_CLOSED else None
    return outcome_word(shop), shop.outcome, shop.done, shop.writes, shop.verified, shop.reopened, alone


def _order(shop: ShopReport) -> str:
    return shop.shop


def _rank(shop: ShopReport) -> tuple[int, int, str]:
    return -list(ShopOutcome).index(shop.outcome), shop.done, shop.shop
