"""Since when an item has been missing, and rows of tables that changed between two statuses."""

from __future__ import annotations

from reconciler.core.diagnostics import codes
from reconciler.core.onboarding.history import (
    StoredOnboarding,
    TableShop,
    changed_rows,
    first_rows,
    remembered,
    repeated_rows,
    with_since,
)
from reconciler.core.onboarding.items import (
    ItemState,
    ItemStatus,
    OnboardingItem,
    OnboardingState,
    RowPlace,
    ShopOnboarding,
)
from reconciler.core.values import Origin, ShopKey

SHOP = ShopKey("kyoto-tea")
THEN, NOW = "2026-11-01T00:00:00Z", "2026-11-28T00:00:00Z"


def shop(state: ItemState) -> ShopOnboarding:
    return ShopOnboarding(
        shop=SHOP, state=OnboardingState.INCOMPLETE, items=(ItemStatus(item=OnboardingItem.TOKEN, state=state),)
    )


def since(state: ItemState, earlier: StoredOnboarding | None) -> str | None:
    return with_since(shop(state), earlier, NOW).items[0].since


def test_an_item_keeps_the_time_when_it_was_first_seen_missing():
    earlier = StoredOnboarding(shop=SHOP, since={OnboardingItem.TOKEN: THEN})
    assert since(ItemState.MISSING, None) == NOW
    assert since(ItemState.MISSING, earlier) == THEN
    assert since(ItemState.EXPIRED, earlier) == THEN
    assert since(ItemState.DONE, earlier) is None


def test_an_item_that_cannot_be_read_keeps_its_time_and_gets_none():
    earlier = StoredOnboarding(shop=SHOP, since={OnboardingItem.TOKEN: THEN})
    assert since(ItemState.UNKNOWN, earlier) == THEN
    assert since(ItemState.UNKNOWN, None) is None
    (stored,) = remembered([with_since(shop(ItemState.UNKNOWN), earlier, NOW)])
    assert since(ItemState.MISSING, stored) == THEN


def row(line: int, digest: str | None = "a", file: str = "new.csv") -> RowPlace:
    return RowPlace(file=file, line=line, digest=digest)


def changes(rows: dict[ShopKey, RowPlace], before: RowPlace) -> list[tuple[str, Origin | None]]:
    earlier = {SHOP: StoredOnboarding(shop=SHOP, row=before)}
    found = list(changed_rows(rows, earlier, ("new.csv",)))
    assert {each.code for each in found} <= {codes.ROW_CHANGED}
    return [(str(each.summary), each.origin) for each in found]


def test_a_row_that_says_something_else_is_named_with_both_places():
    assert changes({SHOP: row(7)}, row(3)) == []
    assert changes({SHOP: row(7, "b")}, row(3)) == [
        ("The row of `kyoto-tea` changed since the last status, where it was new.csv:3", Origin("new.csv", 7))
    ]
    assert changes({SHOP: row(7, file="more.csv")}, row(3)) == [
        ("The row of `kyoto-tea` was in new.csv:3 at the last status", Origin("more.csv", 7))
    ]
    assert changes({}, row(3)) == [
        ("The row of `kyoto-tea` is gone; at the last status it was new.csv:3", Origin("new.csv", 3))
    ]
    assert changes({}, row(3, file="other.csv")) == []


def test_two_rows_for_one_shop_in_two_tables_are_named_with_both_places():
    rows = [TableShop(shop=SHOP, row=row(2)), TableShop(shop=SHOP, row=row(5, file="more.csv"))]
    (found,) = repeated_rows(rows)
    assert (found.code, found.origin, found.blocking) == (codes.ROW_TWICE, Origin("more.csv", 5), False)
    assert "new.csv:2" in str(found.summary)
    assert first_rows(rows) == {SHOP: row(2)}
