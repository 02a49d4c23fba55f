"""Which authorizations are open, from what the inbox knows, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import anyio
import pytest

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.inbox.open_authorizations import StoreAuthorizations
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.core.onboarding.offboarding import OpenAuthorization, ShopAuthorizations
from reconciler.lib.utc import format_utc
from reconciler.ports.payments import ObjectKind, ObjectState, PaymentObject, Source
from tests.adapters.store.fakes import OTHER, SHOP, START, ManualClock

DAY = timedelta(days=1)
LANE = "S01-2063624-0128488"


def known(number: int, state: str, shop=SHOP, kind=ObjectKind.AUTHORIZATION, updated=START, **more) -> ObjectState:
    what = PaymentObject(
        kind=kind,
        id=f"{LANE}-A{number:06d}",
        reference=LANE,
        state=state,
        updated=updated,
        amount=Decimal(1000),
        currency="JPY",
        **more,
    )
    return ObjectState(shop=shop, what=what, order=f"10000000{number}", source=Source.NOTICE)


def fill(location, *objects: ObjectState) -> None:
    async def filling() -> None:
        store = open_store(location)
        queue = StoreWorkQueue(store, ManualClock())
        for each in objects:
            await queue.record_fact(None, known=each)
        store.close()

    anyio.run(filling)


def of_shops(location, *shops, now=START + DAY):
    return anyio.run(StoreAuthorizations(str(location)).of_shops, shops or (SHOP, OTHER), now)


def test_only_authorizations_that_amazon_holds_are_open(location):
    fill(
        location,
        known(1, "Open"),
        known(2, "Pending"),
        known(3, "Authorized"),
        known(4, "AuthorizationInitiated"),
        known(5, "Closed"),
        known(6, "Declined"),
        known(7, "Canceled"),
        known(8, "Open", kind=ObjectKind.REFERENCE),
        known(9, "Open", shop=OTHER),
    )
    found = of_shops(location)
    assert [(each.id[-1], each.state, each.pending) for each in found[SHOP].open] == [
        ("1", "Open", False),
        ("2", "Pending", True),
        ("3", "Authorized", False),
        ("4", "AuthorizationInitiated", True),
    ]
    assert len(found[OTHER].open) == 1


def test_what_is_known_of_one(location):
    fill(location, known(1, "Open"))
    assert of_shops(location, SHOP)[SHOP] == ShopAuthorizations(
        open=(
            OpenAuthorization(
                id=f"{LANE}-A000001",
                reference=LANE,
                order="100000001",
                amount="1000 JPY",
                state="Open",
                pending=False,
                updated=format_utc(START),
                lapses=format_utc(START + 30 * DAY),
            ),
        ),
        heard=True,
    )


@pytest.mark.parametrize(("days", "count"), [(9, 1), (10, 0)])
def test_one_that_lapsed_is_not_open_by_its_deadline(location, days, count):
    fill(location, known(1, "Open", deadline=START + 10 * DAY))
    found = of_shops(location, SHOP, now=START + days * DAY)[SHOP]
    assert (len(found.open), found.heard) == (count, True)


@pytest.mark.parametrize(("days", "count"), [(29, 1), (30, 0)])
def test_without_a_deadline_it_lapses_after_30_days(location, days, count):
    fill(location, known(1, "Open"))
    assert len(of_shops(location, SHOP, now=START + days * DAY)[SHOP].open) == count


def test_a_shop_that_nothing_is_known_of_is_told_apart_from_one_without_open_ones(location):
    fill(location, known(1, "Closed"))
    assert of_shops(location) == {SHOP: ShopAuthorizations(heard=True), OTHER: ShopAuthorizations()}


def test_a_place_without_an_inbox_is_an_error(tmp_path):
    with pytest.raises(StoreError):
        of_shops(tmp_path / "none.db")
