"""Items of a shop as JSON, and back. A word that this version does not know is ignored: a newer one wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from reconciler.core.onboarding.items import ActingParty, ItemReason, ItemState, ItemStatus, OnboardingItem

Document = Mapping[str, Any]


def write_items(items: Sequence[ItemStatus]) -> list[Document]:
    return [
        {
            "item": each.item.value,
            "state": each.state.value,
            "party": None if each.party is None else each.party.value,
            "reason": None if each.reason is None else each.reason.value,
            "since": each.since,
            "until": each.until,
        }
        for each in items
    ]


def read_items(documents: Sequence[Document]) -> tuple[ItemStatus, ...]:
    return tuple(_read(documents))


def _read(documents: Sequence[Document]) -> Iterator[ItemStatus]:
    for each in documents:
        with suppress(ValueError):
            yield ItemStatus(
                item=OnboardingItem(each["item"]),
                state=ItemState(each["state"]),
                party=None if each["party"] is None else ActingParty(each["party"]),
                reason=None if each["reason"] is None else ItemReason(each["reason"]),
                since=each["since"],
                until=each["until"],
            )
