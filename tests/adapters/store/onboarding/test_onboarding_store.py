"""The last status of each shop, on both databases: what is read back, pages, and what a prune leaves."""

from __future__ import annotations

import pytest

from reconciler.adapters.store.onboarding.onboarding_store import StoreOnboarding
from reconciler.adapters.store.overview.onboarding_rows import read_onboarding_rows
from reconciler.adapters.store.retention.prune_onboarding import prune_onboarding
from reconciler.core.onboarding.items import (
    ActingParty,
    ItemReason,
    ItemState,
    ItemStatus,
    OnboardingItem,
    OnboardingState,
    RowPlace,
    ShopOnboarding,
)
from reconciler.core.overview.onboarding_page import OnboardingQuery

FIRST, SECOND = "2026-11-01T00:00:00Z", "2026-11-28T00:00:00Z"
TOKEN = ItemStatus(
    item=OnboardingItem.TOKEN, state=ItemState.MISSING, party=ActingParty.MERCHANT, reason=ItemReason.REFUSED,
    since=FIRST, until="2026-12-31",
)  # fmt: skip


def shop(name: str, state: OnboardingState = OnboardingState.INCOMPLETE) -> ShopOnboarding:
    items = () if state is OnboardingState.COMPLETE else (TOKEN,)
    row = RowPlace(file="new.csv", line=3, digest="0" * 64)
    return ShopOnboarding(shop=name, state=state, items=items, place="shops/a.yaml", row=row, was_live=True)


@pytest.fixture
def kept(store) -> StoreOnboarding:
    return StoreOnboarding(store)


def page(store, **query):
    with store.reading() as connection:
        return read_onboarding_rows(connection, "fleet", OnboardingQuery(**query))


def test_what_was_recorded_is_read_back_and_replaced(kept, store):
    assert kept.read("fleet") == {}
    kept.record("fleet", [shop("a"), shop("b")], FIRST)
    assert (kept.read("fleet")["a"].since, kept.read("other")) == ({OnboardingItem.TOKEN: FIRST}, {})
    assert kept.read("fleet")["a"].row == RowPlace(file="new.csv", line=3, digest="0" * 64)
    kept.record("fleet", [shop("a", OnboardingState.COMPLETE)], SECOND)
    assert kept.read("fleet")["a"].since == {}
    assert page(store).rows == (shop("a", OnboardingState.COMPLETE),)


def test_the_page_has_the_last_status_loudest_first(kept, store):
    shops = [shop(f"shop-{number:03}") for number in range(230)]
    kept.record("fleet", [*shops, shop("z", OnboardingState.REVOKED), shop("y", OnboardingState.COMPLETE)], FIRST)
    first = page(store)
    assert (first.rows[0].shop, first.total, first.pages, first.checked) == ("z", 232, 3, FIRST)
    assert (first.states[OnboardingState.INCOMPLETE], first.parties) == (230, {ActingParty.MERCHANT: 231})
    assert [each.shop for each in page(store, page=3).rows][-1] == "y"
    assert page(store, state=OnboardingState.COMPLETE).total == 1
    assert page(store, party=ActingParty.US).total == 0
    assert page(store, words="P-00").total == 10
    assert page(store, page=9).rows == ()


def test_a_prune_leaves_the_last_status_whole(kept, store):
    kept.record("fleet", [shop("gone"), shop("here")], FIRST)
    with store.writing() as connection:
        assert prune_onboarding(connection, "2027-01-01T00:00:00Z") == 0
    kept.record("fleet", [shop("here")], SECOND)
    with store.writing() as connection:
        assert prune_onboarding(connection, SECOND) == 1
    assert set(kept.read("fleet")) == {"here"}
