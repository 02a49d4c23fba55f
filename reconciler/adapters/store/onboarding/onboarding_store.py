"""Implements ports.onboarding.OnboardingStore over the store: one row for each shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, select

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.onboarding_tables import onboarding_shops
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.db.run_tables import insert
from reconciler.adapters.store.onboarding.item_documents import read_items, write_items
from reconciler.core.onboarding.history import StoredOnboarding
from reconciler.core.onboarding.items import STATE_ORDER, OnboardingState, RowPlace, ShopOnboarding

STATES = tuple(OnboardingState)


class StoreOnboarding:
    """All of it raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, fleet: str) -> Mapping[str, StoredOnboarding]:
        query = select(onboarding_shops).where(onboarding_shops.c.fleet == fleet)
        with self._store.reading() as connection:
            return {row["shop"]: _stored(row) for row in connection.execute(query).mappings()}

    def record(self, fleet: str, shops: Sequence[ShopOnboarding], at: str) -> None:
        with self._store.writing() as connection:
            added = insert(connection.dialect.name, onboarding_shops)
            kept = [column.name for column in onboarding_shops.columns if not column.primary_key]
            new = {name: added.excluded[name] for name in kept}
            statement = added.on_conflict_do_update(index_elements=("fleet", "shop"), set_=new)
            for some in portions([_row(fleet, shop, at) for shop in shops]):
                connection.execute(statement, some)


def _row(fleet: str, shop: ShopOnboarding, at: str) -> dict[str, Any]:
    row, party = shop.row, shop.acts_first
    return {
        "fleet": fleet,
        "shop": shop.shop,
        "checked": at,
        "rank": STATE_ORDER[shop.state],
        "party": None if party is None else party.value,
        "since": shop.since,
        "was_live": shop.was_live,
        "items": write_items(shop.items),
        "place": shop.place,
        "table_file": None if row is None else row.file,
        "table_line": None if row is None else row.line,
        "row_digest": None if row is None else row.digest,
    }


def _stored(row: RowMapping) -> StoredOnboarding:
    items = read_items(row["items"])
    return StoredOnboarding(
        shop=row["shop"],
        since={each.item: each.since for each in items if each.since is not None},
        was_live=row["was_live"],
        row=_row_place(row),
    )


def stored_shop(row: RowMapping) -> ShopOnboarding:
    return ShopOnboarding(
        shop=row["shop"],
        state=STATES[row["rank"]],
        items=read_items(row["items"]),
        place=row["place"],
        row=_row_place(row),
        was_live=row["was_live"],
    )


def _row_place(row: RowMapping) -> RowPlace | None:
    if row["table_file"] is None:
        return None
    return RowPlace(file=row["table_file"], line=row["table_line"], digest=row["row_digest"])
