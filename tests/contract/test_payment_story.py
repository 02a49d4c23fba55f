"""Orders and charges over the contract, in-process and over a socket: found, marked once, and what faults make of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from reconciler.adapters.backend.charges import HttpPayments
from reconciler.adapters.backend.http.client import Client
from reconciler.adapters.backend.orders import HttpOrders
from reconciler.core.values import ShopKey
from reconciler.embedded.actors.world import World
from reconciler.ports import BackendError, Conflict, Rejected, ShopUnknown, Throttled, Unexpected, Unreachable
from reconciler.ports.payments import Order
from tests.adapters.backend.fakes import FakeClock
from tests.contract.conftest import Kept

pytestmark = pytest.mark.anyio

SHOP = ShopKey("live-shop")
OTHER = ShopKey("new-shop")
REFERENCE = "S03-0000001-0000001"
AT = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)  # noon in Japan
PAYMENT = "payment$"
ORDERS = [
    {"orderNo": "100000000001", "shopKey": SHOP, "amazonOrderReferenceId": REFERENCE, "totalAmount": "1200"},
    {"orderNo": "100000000002", "shopKey": SHOP, "amazonOrderReferenceId": "S03-0000001-0000002"},
    {"orderNo": "100000000003", "shopKey": SHOP},
    {"orderNo": "100000000004", "shopKey": OTHER, "amazonOrderReferenceId": "S03-0000001-0000004"},
    {
        "orderNo": "100000000005",
        "shopKey": SHOP,
        "amazonOrderReferenceId": "S03-0000001-0000005",
        "status": "CANCELLED",
    },
]


@pytest.fixture
async def client(kept: Kept) -> AsyncIterator[Client]:
    kept.world.add_orders(ORDERS)
    made = Client(kept.config(read_timeout=5.0), FakeClock(), kept.transport)
    yield made
    await made.aclose()


@pytest.fixture
def orders(client: Client) -> HttpOrders:
    return HttpOrders(client)


async def only(orders: HttpOrders, reference: str = REFERENCE) -> Order:
    [order] = await orders.find(SHOP, reference)
    return order


async def test_an_order_is_found_by_its_reference(orders: HttpOrders) -> None:
    order = await only(orders)
    assert order == Order(
        shop=SHOP,
        number="100000000001",
        reference=REFERENCE,
        status="AWAITING_PAYMENT",
        paid=False,
        total=Decimal(1200),
        currency="JPY",
        version=order.version,
    )
    assert await orders.find(SHOP, "S03-9999999-9999999") == []
    assert await orders.find(OTHER, REFERENCE) == []
    with pytest.raises(ShopUnknown):
        await orders.find(ShopKey("nobody"), REFERENCE)


async def test_all_orders_of_a_reference_are_found_over_pages(orders: HttpOrders, world: World) -> None:
    many = [{**ORDERS[0], "orderNo": f"2000000{number:05}"} for number in range(150)]
    world.add_orders(many)
    assert len(await orders.find(SHOP, REFERENCE)) == 151


async def test_those_that_wait_for_amazon_pay_are_listed(orders: HttpOrders) -> None:
    waiting = [order.number async for order in orders.awaiting_payment(SHOP)]
    assert waiting == ["100000000001", "100000000002", "100000000005"]
    await orders.mark_paid(await only(orders), AT, "key")
    assert [order.number async for order in orders.awaiting_payment(SHOP)] == waiting[1:]


async def test_an_order_is_paid_once_and_received_in_japans_time(orders: HttpOrders, world: World) -> None:
    order = await only(orders)
    assert await orders.mark_paid(order, AT, "key-1") is True
    assert await orders.mark_paid(await only(orders), AT, "key-2") is False
    assert world.order(SHOP, order.number)["receiptDate"] == "2026-04-01T12:00:00"
    assert payments_in_the_trail(world) == 1


async def test_the_same_request_again_is_the_same_answer(orders: HttpOrders, world: World) -> None:
    order = await only(orders)
    assert await orders.mark_paid(order, AT, "key") is True
    assert await orders.mark_paid(order, AT, "key") is True
    assert payments_in_the_trail(world) == 1


async def test_an_order_that_moved_is_not_marked(orders: HttpOrders) -> None:
    order = replace(await only(orders), version="0")
    with pytest.raises(Conflict):
        await orders.mark_paid(order, AT, "key")


async def test_a_cancelled_order_is_refused_with_the_backends_word(orders: HttpOrders) -> None:
    with pytest.raises(Rejected) as refused:
        await orders.mark_paid(await only(orders, "S03-0000001-0000005"), AT, "key")
    assert refused.value.reason == "ORDER_CANCELLED"


@pytest.mark.parametrize("lost", ["CUT_AFTER", "PARTIAL_JSON"])
async def test_a_payment_whose_response_is_lost_is_verified(
    orders: HttpOrders, world: World, faults, lost: str
) -> None:
    """The backend applied it and answered nothing: it is read again, and not written again."""
    order = await only(orders)
    faults.add(lost, method="POST", path=PAYMENT)
    assert await orders.mark_paid(order, AT, "key") is True
    assert payments_in_the_trail(world) == 1


@pytest.mark.parametrize(
    ("fault", "error"), [("CUT_BEFORE", Unreachable), ("INTERNAL_ERROR", Unexpected), ("UNAVAILABLE", Unreachable)]
)
async def test_a_payment_that_did_not_happen_is_an_error_and_goes_later(
    orders: HttpOrders, world: World, faults, fault: str, error: type[BackendError]
) -> None:
    order = await only(orders)
    faults.add(fault, method="POST", path=PAYMENT)
    with pytest.raises(error):
        await orders.mark_paid(order, AT, "key")
    assert payments_in_the_trail(world) == 0
    assert await orders.mark_paid(order, AT, "key") is True


async def test_a_lost_payment_of_an_order_that_changed_is_a_conflict(orders: HttpOrders, world: World, faults) -> None:
    """Another actor reverted the payment: it is decided again from the present state."""
    order = replace(await only(orders), version="7")
    faults.add("CUT_BEFORE", method="POST", path=PAYMENT)
    with pytest.raises(Conflict, match="the order changed after it was read"):
        await orders.mark_paid(order, AT, "key")


async def test_a_busy_backend_is_waited_for_and_then_reported(orders: HttpOrders, faults) -> None:
    order = await only(orders)
    faults.add("TOO_MANY_REQUESTS", method="POST", path=PAYMENT, retry_after=2)
    assert await orders.mark_paid(order, AT, "key") is True
    faults.add("TOO_MANY_REQUESTS", path="/orders", retry_after=3600)
    with pytest.raises(Throttled):
        await orders.find(SHOP, REFERENCE)


async def test_charges_are_read_as_amazon_states_them(client: Client, world: World) -> None:
    payments = HttpPayments(client)
    made = world.merchant_captures(SHOP, "100000000001", chargeAmount="700")
    pending = world.merchant_captures(SHOP, "100000000001", chargeAmount="500", state="CaptureInitiated")
    charge = await payments.charge(SHOP, made)
    assert charge is not None
    assert (charge.reference, charge.state, charge.reason) == (REFERENCE, "Captured", None)
    assert (charge.amount, charge.currency) == (Decimal(700), "JPY")
    assert charge.updated.tzinfo is UTC
    assert [(each.id, each.amount) for each in await payments.charges(SHOP, REFERENCE)] == [
        (made, Decimal(700)),
        (pending, None),
    ]
    world.amazon_turns(SHOP, pending, "Declined", "AmazonRejected")
    declined = await payments.charge(SHOP, pending)
    assert declined is not None
    assert (declined.state, declined.reason) == ("Declined", "AmazonRejected")


async def test_a_charge_that_amazon_does_not_know_is_none(client: Client, faults) -> None:
    payments = HttpPayments(client)
    assert await payments.charge(SHOP, "S03-9999999-9999999-C000001") is None
    assert await payments.charges(SHOP, "S03-9999999-9999999") == []
    with pytest.raises(ShopUnknown):
        await payments.charge(ShopKey("nobody"), "S03-9999999-9999999-C000001")
    faults.add("MAINTENANCE", path="amazon-pay", times=9)
    with pytest.raises(Unreachable):
        await payments.charges(SHOP, REFERENCE)


def payments_in_the_trail(world: World) -> int:
    return sum(change["field"].endswith(".paymentStatus") for change in world.changes(SHOP))
