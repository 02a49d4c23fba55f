"""Two shops of one seller: Amazon sends all payments to both, and each handles only its own orders."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reconciler.core.values import ShopKey
from reconciler.ipn.process.decide import QUIET_TRIES
from reconciler.ports.inbox import MessageStatus
from reconciler.ports.shop_directory import ShopIdentity
from tests.ipn.worker_harness import EMAIL, ORDER, SHOP, BackOffice, OneShop, captured, open_office
from tests.support.sns_signer import SELLER

pytestmark = pytest.mark.anyio

OTHER = ShopKey("osaka-knives")
"""Has no order."""


class TwoShops(OneShop):
    mail = "pay@osaka-knives.example"

    async def by_key(self, shop: ShopKey, *, fresh: bool = False) -> ShopIdentity | None:
        return ShopIdentity(shop=shop, site_url=None, seller_id=SELLER, email=EMAIL if shop == SHOP else self.mail)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[BackOffice]:
    async with open_office(tmp_path) as made:
        made.directory = TwoShops()
        yield made


async def ends(office: BackOffice) -> dict[ShopKey, tuple[MessageStatus, str | None, str | None]]:
    return {entry.arrival.shop: (entry.status, entry.reason, entry.order) for entry in await office.entries()}


async def come_again(office: BackOffice, ended: int, **later: float) -> None:
    """The parked messages, once this many results were reported."""
    office.clock.advance(**later)
    office.bell.set()
    await office.watch.until(office.watch.ends, ended)


@pytest.mark.parametrize(("state", "reason"), [("Completed", "paid"), ("Declined", "declined")])
@pytest.mark.parametrize("first", [SHOP, OTHER])
async def test_what_one_shop_settled_with_its_order_is_over_at_the_other(
    office: BackOffice, state: str, reason: str, first: ShopKey
) -> None:
    async with office.working():
        await office.deliver_to_each(captured(state=state), *sorted((SHOP, OTHER), key=lambda shop: shop != first))
        await office.watch.until(office.watch.ends, 2)
        if first == OTHER:  # it cannot know yet
            assert (await ends(office))[OTHER] == (MessageStatus.PARKED, "unknown-order", None)
            await come_again(office, 3, minutes=1)
    assert await ends(office) == {
        SHOP: (MessageStatus.DONE, reason, ORDER),
        OTHER: (MessageStatus.DONE, "other-shop", None),
    }
    assert [mail.to for mail in await office.mails()] == ([EMAIL] if state == "Declined" else [])


async def test_a_failure_without_an_order_in_any_shop_is_mailed_once_after_hours(office: BackOffice) -> None:
    async with office.working():
        await office.deliver_to_each(captured(state="Declined"), OTHER)
        await office.watch.until(office.watch.ends, 1)
        for tries in range(1, QUIET_TRIES + 1):
            assert await office.mails() == []
            await come_again(office, tries + 1, hours=6)
    assert await ends(office) == {OTHER: (MessageStatus.DONE, "declined", None)}
    assert [mail.to for mail in await office.mails()] == [TwoShops.mail]
