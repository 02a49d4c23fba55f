"""定期: the charges of one permission have ids of their own, which do not begin with the permission's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.core.values import ShopKey
from reconciler.ipn.process.poller import PaymentPoller
from tests.ipn.worker_harness import SHOP, BackOffice, open_office
from tests.support.sns_signer import NOW, capture_message, charge_message

pytestmark = pytest.mark.anyio

PERMISSION = "B03-1442027-5744374"
CHARGE = "P03-5890444-1926095-C064126"
NEXT_CHARGE = "P03-5890555-1926096-C064127"
FIRST, SECOND = "100000030001", "100000030002"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[BackOffice]:
    async with open_office(tmp_path, amazons_time=lambda: NOW) as made:
        yield made


def order(office: BackOffice, number: str, reference: str = PERMISSION, **more: Any) -> None:
    usual = {"orderNo": number, "shopKey": SHOP, "type": "SUBSCRIPTION", "amazonOrderReferenceId": reference}
    office.world.add_orders([{**usual, **more}])


def charge(office: BackOffice, charge_id: str = CHARGE, **more: Any) -> None:
    usual = {"chargeId": charge_id, "shopKey": SHOP, "chargePermissionId": PERMISSION}
    office.world.seed({"charges": [{**usual, **more}]})


def notified(charge_id: str = CHARGE, permission: str = PERMISSION) -> str:
    return charge_message(charge_id, ChargePermissionId=permission)


async def poll(office: BackOffice) -> list[str]:
    async def shops() -> AsyncIterator[ShopKey]:
        yield SHOP

    return [each.reason.value for each in await PaymentPoller(office.effects, office.lanes, office.watch).poll(shops)]


async def test_a_charge_pays_the_order_of_its_permission(office: BackOffice) -> None:
    order(office, FIRST)
    charge(office)
    assert await office.work_off(notified()) == ["paid"]
    assert office.payments_made() == [FIRST]


@pytest.mark.parametrize("permission", ["P21-1442027-5744374", "P03-5890444-1926095"])
async def test_other_digits_after_the_letter_are_an_id_too(office: BackOffice, permission: str) -> None:
    order(office, FIRST, permission)
    charge(office, f"{permission}-C000001", chargePermissionId=permission)
    assert await office.work_off(notified(f"{permission}-C000001", permission)) == ["paid"]


async def test_the_permission_is_what_the_payment_side_says(office: BackOffice) -> None:
    """A notification is a trigger: what it says beside the id of the charge decides nothing."""
    order(office, FIRST)
    charge(office)
    assert await office.work_off(notified(permission="P03-5890444-1926095")) == ["paid"]
    assert office.payments_made() == [FIRST]


async def test_each_charge_pays_its_own_order_and_not_another_one(office: BackOffice) -> None:
    """Two months of one 定期: Amazon knows the numbers of the orders."""
    order(office, FIRST)
    charge(office, merchantReferenceId=FIRST)
    assert await office.work_off(notified()) == ["paid"]
    charge(office, NEXT_CHARGE, merchantReferenceId=SECOND)
    assert await office.work_off(notified(NEXT_CHARGE)) == ["unknown-order"]
    order(office, SECOND)
    assert await poll(office) == ["already-paid", "paid"]
    assert office.payments_made() == [SECOND, FIRST], "the newest first"


async def test_without_numbers_the_order_that_has_no_charge_yet_is_paid(office: BackOffice) -> None:
    order(office, FIRST)
    charge(office)
    assert await office.work_off(notified()) == ["paid"]
    order(office, SECOND)
    charge(office, NEXT_CHARGE)
    assert await office.work_off(notified(), notified(NEXT_CHARGE)) == ["already-paid", "paid"]
    assert sorted(office.payments_made()) == [FIRST, SECOND]


async def test_what_is_not_certain_is_not_paid(office: BackOffice) -> None:
    order(office, FIRST)
    order(office, SECOND)
    charge(office)
    charge(office, NEXT_CHARGE)
    assert await office.work_off(notified(), notified(NEXT_CHARGE)) == ["several-orders"] * 2
    assert set(await poll(office)) == {"several-orders"}
    assert office.payments_made() == []


async def test_an_order_with_the_order_reference_of_its_charge_is_found_too(office: BackOffice) -> None:
    order(office, FIRST, "P03-5890444-1926095")
    order(office, SECOND)
    charge(office)
    assert await office.work_off(notified()) == ["paid"]
    assert office.payments_made() == [FIRST]


async def test_polling_finds_the_charge_of_an_order_with_its_own_order_reference(office: BackOffice) -> None:
    order(office, FIRST, "P03-5890444-1926095")
    charge(office)
    assert await poll(office) == ["paid"]


async def test_the_older_notification_of_a_recurring_charge_asks_for_its_permission(office: BackOffice) -> None:
    order(office, FIRST)
    charge(office)
    assert await office.work_off(capture_message(capture=CHARGE)) == ["paid"]
    assert await office.work_off(notified()) == ["already-paid"]
    assert office.payments_made() == [FIRST]


async def test_a_declined_charge_is_one_mail_about_its_order(office: BackOffice) -> None:
    order(office, FIRST)
    order(office, SECOND, paymentStatus="RECEIVED")
    charge(office, state="Declined", reasonCode="HardDeclined", merchantReferenceId=FIRST)
    assert await office.work_off(notified()) == ["declined"]
    assert await poll(office) == ["declined"]
    [mail] = await office.mails()
    assert (mail.order, FIRST in mail.text) == (FIRST, True)


STATES = [
    ("AuthorizationInitiated", None),
    ("Authorized", None),
    ("Authorized", "StopShipmentAtypicalAuth"),
    ("CaptureInitiated", None),
    ("Captured", None),
    ("Captured", "StopShipmentAtypicalAuth"),
    ("Declined", "AmazonRejected"),
    ("Canceled", "ExpiredUnused"),
    ("Canceled", "MerchantCanceled"),
]


@pytest.mark.parametrize("permission", ["P03-5890444-1926095", PERMISSION])
@pytest.mark.parametrize(("state", "code"), STATES)
async def test_polling_and_notification_agree(
    office: BackOffice, tmp_path: Path, permission: str, state: str, code: str | None
) -> None:
    (tmp_path / "other").mkdir()
    async with open_office(tmp_path / "other", amazons_time=lambda: NOW) as other:
        for each in (office, other):
            order(each, FIRST, permission)
            charge(each, chargePermissionId=permission, state=state, reasonCode=code)
        assert await office.work_off(notified(permission=permission)) == await poll(other)
        assert office.payments_made() == other.payments_made()
        assert office.watch.alarms == other.watch.alarms
        assert [mail.event for mail in await office.mails()] == [mail.event for mail in await other.mails()]
