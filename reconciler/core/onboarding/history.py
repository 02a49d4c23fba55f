"""What an earlier status remembers of a shop, and what changed since.

In: shops as they are now, and what was stored. Out: shops with the time since when each item has been missing; diagnostics about
rows of tables that changed. Times are text in UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.onboarding.items import ItemStatus, OnboardingItem, RowPlace, ShopOnboarding
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class StoredOnboarding:
    """`since` has the items that were missing, or unknown after they were missing. `row` is the shop's row in a table."""

    shop: str
    since: Mapping[OnboardingItem, str] = field(default_factory=dict)
    was_live: bool = False
    row: RowPlace | None = None


@frozen
class TableShop:
    """One row of a table that names a shop."""

    shop: ShopKey
    row: RowPlace


def with_since(shop: ShopOnboarding, earlier: StoredOnboarding | None, now: str) -> ShopOnboarding:
    """An item that cannot be read keeps its time: that it could not be read is no news of it."""
    known = {} if earlier is None else earlier.since
    return replace(shop, items=tuple(_item(each, known.get(each.item), now) for each in shop.items))


def _item(item: ItemStatus, since: str | None, now: str) -> ItemStatus:
    if not item.is_open:
        return item
    return replace(item, since=since or (now if item.is_missing else None))


def first_rows(rows: Iterable[TableShop]) -> dict[ShopKey, RowPlace]:
    """By shop; of several rows the first."""
    found: dict[ShopKey, RowPlace] = {}
    for each in rows:
        found.setdefault(each.shop, each.row)
    return found


def repeated_rows(rows: Iterable[TableShop]) -> Iterator[Diagnostic]:
    """Each further row about a shop, with the place of the first."""
    first: dict[ShopKey, RowPlace] = {}
    for each in rows:
        other = first.setdefault(each.shop, each.row)
        if other is not each.row:
            found = diagnostic(
                codes.ROW_TWICE,
                msg("Shop `{shop}` is also in {other}", shop=each.shop, other=place_text(other)),
                hint=msg("Delete all but one of the rows"),
                shop=each.shop,
                origin=Origin(each.row.file, each.row.line),
            )
            yield replace(found, severity=Severity.WARNING)


def changed_rows(
    rows: Mapping[ShopKey, RowPlace], earlier: Mapping[str, StoredOnboarding], files: Collection[str]
) -> Iterator[Diagnostic]:
    """Rows that say something else than at the last status, are in another table, or are gone from one of `files`."""
    for shop, row in rows.items():
        before = None if shop not in earlier else earlier[shop].row
        if before is None:
            continue
        if before.file != row.file:
            yield _moved(shop, before, row)
        elif before.digest != row.digest:
            yield _changed(shop, before, row)
    for name, stored in earlier.items():
        if name not in rows and stored.row is not None and stored.row.file in files:
            yield _gone(ShopKey(name), stored.row)


def _moved(shop: ShopKey, before: RowPlace, row: RowPlace) -> Diagnostic:
    text = msg("The row of `{shop}` was in {before} at the last status", shop=shop, before=place_text(before))
    return _row_changed(shop, row, text)


def _changed(shop: ShopKey, before: RowPlace, row: RowPlace) -> Diagnostic:
    text = msg(
        "The row of `{shop}` changed since the last status, where it was {before}", shop=shop, before=place_text(before)
    )
    return _row_changed(shop, row, text)


def _gone(shop: ShopKey, before: RowPlace) -> Diagnostic:
    return diagnostic(
        codes.ROW_CHANGED,
        msg("The row of `{shop}` is gone; at the last status it was {before}", shop=shop, before=place_text(before)),
        hint=msg("If the shop is not taken in, delete its manifest as well; otherwise restore the row"),
        shop=shop,
        origin=Origin(before.file, before.line),
    )


def _row_changed(shop: ShopKey, row: RowPlace, text: Message) -> Diagnostic:
    return diagnostic(
        codes.ROW_CHANGED,
        text,
        hint=msg("Run `reconciler onboard {file}` to bring the manifest up to date", file=row.file),
        shop=shop,
        origin=Origin(row.file, row.line),
    )


def place_text(row: RowPlace) -> str:
    return f"{row.file}:{row.line}"


def remembered(shops: Sequence[ShopOnboarding]) -> tuple[StoredOnboarding, ...]:
    """What the next status has to know."""
    return tuple(
        StoredOnboarding(
            shop=shop.shop,
            since={each.item: each.since for each in shop.items if each.since is not None},
            was_live=shop.was_live,
            row=shop.row,
        )
        for shop in shops
    )
