"""Rows of an onboarding status that more than one format has: equal shops as one row, what is missing by who acts.

In: a status and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.onboarding.guides import merchant_tasks
from reconciler.core.onboarding.items import (
    STATE_ORDER,
    ActingParty,
    ItemReason,
    ItemState,
    ItemStatus,
    OnboardingItem,
    OnboardingState,
    ShopOnboarding,
)
from reconciler.core.onboarding.words import (
    ITEM_WORDS,
    ONBOARDING_STATE_WORDS,
    PARTY_WORDS,
    REASON_WORDS,
)
from reconciler.core.results.onboarding.status_result import OnboardingStatusResult
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import RenderContext
from reconciler.views.common.phrases import join_list
from reconciler.views.common.shop_lists import listed_shops, shop_count

FEW_ROWS: Final = 20
"""So many shops are shown one by one."""
_NAMED: Final = 2
_DAY: Final = 10

Signature = tuple[tuple[str, str, str, str], ...]


@frozen
class OnboardingStatusRow:
    """`shops` is one shop by name, or how many with the first of them; `open` lists what is missing; `since` is the earliest."""

    state: OnboardingState
    shops: str
    open: str
    since: str


def folds_status(status: OnboardingStatusResult, context: RenderContext) -> bool:
    return not context.expand and len(_shown(status)) > FEW_ROWS


def status_rows(status: OnboardingStatusResult, context: RenderContext) -> list[OnboardingStatusRow]:
    """Complete shops are only counted. Of many, equal ones are one row; the first thing missing comes first."""
    shown = _shown(status)
    if not folds_status(status, context):
        return [_row([shop], context) for shop in shown]
    alike: dict[tuple[OnboardingState, Signature], list[ShopOnboarding]] = defaultdict(list)
    for shop in shown:
        alike[shop.state, _signature(shop)].append(shop)
    groups = sorted(alike.values(), key=lambda shops: (STATE_ORDER[shops[0].state], -len(shops), shops[0].shop))
    return [_row(shops, context) for shops in groups]


def _shown(status: OnboardingStatusResult) -> list[ShopOnboarding]:
    return [shop for shop in status.shops if shop.state is not OnboardingState.COMPLETE]


def _signature(shop: ShopOnboarding) -> Signature:
    return tuple(
        (
            each.item.value,
            each.state.value,
            "" if each.party is None else each.party.value,
            "" if each.reason is None else each.reason.value,
        )
        for each in shop.open_items
    )


def _row(shops: Sequence[ShopOnboarding], context: RenderContext) -> OnboardingStatusRow:
    first = shops[0]
    names = first.shop
    if len(shops) > 1:
        named = listed_shops([shop.shop for shop in shops], context, _NAMED)
        names = context.translate(msg("{shops} ({names})", shops=shop_count(len(shops), context), names=named))
    return OnboardingStatusRow(
        state=first.state,
        shops=names,
        open=open_text(first, context),
        since=day_of(min((shop.since for shop in shops if shop.since is not None), default=None), context),
    )


def day_of(moment: str | None, context: RenderContext) -> str:
    return "" if moment is None else context.time(moment)[:_DAY]


def open_text(shop: ShopOnboarding, context: RenderContext) -> str:
    """By who acts, in the order of the items: `merchant: SellerId, IPN endpoint / us: live`. What only waits is omitted."""
    by_party: dict[tuple[ActingParty, bool], list[ItemStatus]] = defaultdict(list)
    for each in _told_items(shop):
        by_party[each.party or ActingParty.US, each.reason is ItemReason.NOT_APPLIED].append(each)
    clauses = [_clause(party, items, context, apply=apply) for (party, apply), items in by_party.items()]
    joined = clauses[0] if clauses else ""
    for clause in clauses[1:]:
        joined = context.translate(msg("{left} / {right}", left=joined, right=clause))
    return joined


def _told_items(shop: ShopOnboarding) -> Iterator[ItemStatus]:
    """Of a shop that the backend does not know or that could not be read, the items add nothing."""
    cause: ItemReason | None = None
    for each in shop.open_items:
        if each.reason is ItemReason.EARLIER_ITEMS:
            continue
        if each.reason in (ItemReason.UNREAD, ItemReason.SHOP_UNKNOWN):
            if cause is None:
                cause = each.reason
                yield each
            continue
        yield each


def _clause(party: ActingParty, items: Sequence[ItemStatus], context: RenderContext, *, apply: bool) -> str:
    """`apply`: what the manifest declares already, and an apply would write."""
    if apply:
        names = join_list([context.translate(ITEM_WORDS[each.item]) for each in items], context)
        return context.translate(
            msg("{party} (apply): {items}", party=context.translate(PARTY_WORDS[party]), items=names)
        )
    texts = join_list([item_text(each, context) for each in items], context)
    return context.translate(msg("{party}: {items}", party=context.translate(PARTY_WORDS[party]), items=texts))


def item_text(item: ItemStatus, context: RenderContext) -> str:
    """An item with its reason."""
    if item.reason in (ItemReason.UNREAD, ItemReason.SHOP_UNKNOWN):
        return context.translate(REASON_WORDS[item.reason])
    name = context.translate(ITEM_WORDS[item.item])
    if item.state is ItemState.EXPIRED and item.until is not None:
        return context.translate(msg("{item} (attestation expired on {day})", item=name, day=item.until))
    if item.reason is None:
        return name
    return context.translate(msg("{item} ({reason})", item=name, reason=context.translate(REASON_WORDS[item.reason])))


def state_sum(status: OnboardingStatusResult, context: RenderContext) -> str:
    """How many shops are in which state; states without one are omitted."""
    parts = [
        context.translate(msg("{count} {state}", count=f"{count:,}", state=ONBOARDING_STATE_WORDS[state]))
        for state, count in status.states.items()
        if count
    ]
    head = shop_count(len(status.shops), context)
    if not parts:
        return context.translate(msg("No shop has a manifest yet."))
    return context.translate(msg("Onboarding of {shops}: {states}.", shops=head, states=join_list(parts, context)))


def party_sum(status: OnboardingStatusResult, context: RenderContext) -> str:
    """For how many shops each party acts first; empty where all are complete."""
    parts = [
        context.translate(msg("{party} {count}", party=PARTY_WORDS[party], count=f"{count:,}"))
        for party, count in sorted(status.parties.items(), key=lambda each: -each[1])
        if count
    ]
    if not parts:
        return ""
    return context.translate(msg("Who acts first: {parties}.", parties=join_list(parts, context)))


def places_to_find(status: OnboardingStatusResult, context: RenderContext) -> list[tuple[str, str]]:
    """What merchants have to enter or to do, with the screen where that is; each screen once."""
    found: dict[str, dict[OnboardingItem, None]] = {}
    for shop in status.shops:
        for task in merchant_tasks(shop):
            found.setdefault(task.where, {}).update(dict.fromkeys(task.items))
    return [
        (join_list([context.translate(ITEM_WORDS[item]) for item in OnboardingItem if item in items], context), where)
        for where, items in found.items()
    ]
