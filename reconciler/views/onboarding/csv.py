"""An onboarding status as CSV for spreadsheets: one row for each shop, one column for each item, in the reader's language.

A cell that a spreadsheet would take for a formula starts with an apostrophe. Lines end as RFC 4180 says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.onboarding.items import OnboardingItem, ShopOnboarding
from reconciler.core.onboarding.words import ITEM_STATE_WORDS, ITEM_WORDS, ONBOARDING_STATE_WORDS, PARTY_WORDS
from reconciler.core.results.onboarding.status_result import OnboardingStatusResult
from reconciler.views.common.context import RenderContext
from reconciler.views.onboarding.rows import day_of, open_text

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BEFORE: Final = (msg("Shop"), msg("State"), msg("Acts first"), msg("Missing since"))
_AFTER: Final = (msg("Missing, by who acts"), msg("File"))


def status_csv(status: OnboardingStatusResult, context: RenderContext) -> str:
    return "".join(f"{','.join(map(_cell, row))}\r\n" for row in _rows(status, context))


def _rows(status: OnboardingStatusResult, context: RenderContext) -> Iterator[Sequence[str]]:
    items = [ITEM_WORDS[item] for item in OnboardingItem]
    yield [context.translate(title) for title in (*_BEFORE, *items, *_AFTER)]
    for shop in status.shops:
        yield _row(shop, context)


def _row(shop: ShopOnboarding, context: RenderContext) -> Sequence[str]:
    party = shop.acts_first
    states = {each.item: context.translate(ITEM_STATE_WORDS[each.state]) for each in shop.items}
    return (
        shop.shop,
        context.translate(ONBOARDING_STATE_WORDS[shop.state]),
        "" if party is None else context.translate(PARTY_WORDS[party]),
        day_of(shop.since, context),
        *(states.get(item, "") for item in OnboardingItem),
        open_text(shop, context),
        shop.place or "",
    )


def _cell(text: str) -> str:
    harmless = f"'{text}" if text.startswith(_FORMULA) else text
    quoted = any(sign in harmless for sign in ',"\r\n;\t')
    return '"{}"'.format(harmless.replace('"', '""')) if quoted else harmless
