"""Orders and charges from a backend with wrong responses: nothing is guessed, and wrong values are not trusted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from reconciler.adapters.backend.charges import HttpPayments
from reconciler.adapters.backend.http.client import Client
from reconciler.adapters.backend.orders import HttpOrders
from reconciler.ports import Unexpected
from reconciler.ports.payments import ObjectKind, Order, PaymentObject
from tests.adapters.backend.fakes import SHOP, FakeClock, config
from tests.support.stub_http_server import Loopback, answer

pytestmark = pytest.mark.anyio

REFERENCE = "P03-0000001-0000001"
CHARGE = f"{REFERENCE}-C000001"
LIST = "GET /admin-api/v1/orders"
PAY = "POST /admin-api/v1/orders/100000000001/payment"
AT = datetime(2026, 4, 1, tzinfo=UTC)
ORDER = {
    "orderNo": "100000000001",
    "shopKey": SHOP,
    "type": "REGULAR",
    "status": "AWAITING_PAYMENT",
    "paymentStatus": "NOTRECEIVED",
    "receiptDate": None,
    "amazonOrderReferenceId": REFERENCE,
    "totalAmount": "1000",
    "currency": "JPY",
    "version": "1",
}
ANSWERED = {
    "chargeId": CHARGE,
    "chargePermissionId": REFERENCE,
    "captureAmount": {"amount": "1000", "currencyCode": "JPY"},
    "statusDetails": {"state": "Captured", "reasonCode": None, "lastUpdatedTimestamp": "20260401T000000Z"},
}


@pytest.fixture
async def client(server: Loopback, clock: FakeClock) -> AsyncIterator[Client]:
    made = Client(config(server.url), clock, None)
    yield made
    await made.aclose()


def page(*orders: dict[str, Any], next_url: Any = None) -> dict[str, Any]:
    return {"items": list(orders), "nextUrl": next_url}


def order(**other: Any) -> Order:
    usual: dict[str, Any] = {
        "shop": SHOP,
        "number": "100000000001",
        "reference": REFERENCE,
        "status": "AWAITING_PAYMENT",
        "paid": False,
        "total": Decimal(1000),
        "currency": "JPY",
        "version": "1",
    }
    return Order(**(usual | other))


WRONG_ORDERS = [
    ("totalAmount", amount)
    for amount in ("", "-1", "1,000", "１０００", "1e3", "NaN", "1000.505", " 1000", "9" * 13, 1000)
] + [
    ("currency", "yen"),
    ("currency", None),
    ("shopKey", "osaka-knives"),
    ("paymentStatus", "MAYBE"),
    ("amazonOrderReferenceId", "P03-9999999-9999999"),
    ("version", ""),
    ("version", 'x"y'),
    ("orderNo", 7),
    ("status", None),
]


@pytest.mark.parametrize(("field", "value"), WRONG_ORDERS)
async def test_an_order_that_is_not_in_its_form_is_not_believed(
    server: Loopback, client: Client, field: str, value: Any
) -> None:
    server.on(LIST, answer(page(ORDER, ORDER | {field: value})))
    with pytest.raises(Unexpected):
        await HttpOrders(client).find(SHOP, REFERENCE)


@pytest.mark.parametrize(
    "said",
    [{"items": {}}, {"nextUrl": None}, page(ORDER, next_url="https://evil.example/admin-api/v1/orders?cursor=x")],
)
async def test_a_page_that_is_none_or_leads_astray(server: Loopback, client: Client, said: dict[str, Any]) -> None:
    server.on(LIST, answer(said))
    with pytest.raises(Unexpected):
        await HttpOrders(client).find(SHOP, REFERENCE)


async def test_pages_that_lead_back_end(server: Loopback, client: Client) -> None:
    again = f"{server.url}/admin-api/v1/orders?cursor=x"
    server.on(LIST, answer(page(ORDER, next_url=again)))
    with pytest.raises(Unexpected, match="do not end"):
        await HttpOrders(client).find(SHOP, REFERENCE)


async def test_what_is_sent_to_mark_an_order(server: Loopback, client: Client) -> None:
    server.on(PAY, answer({**ORDER, "paymentStatus": "RECEIVED", "changed": True}))
    assert await HttpOrders(client).mark_paid(order(), datetime(2026, 3, 31, 15, 0, 30, tzinfo=UTC), "the-key")
    sent = server.last
    assert sent.json == {"paymentStatus": "RECEIVED", "receiptDate": "2026-04-01T00:00:30"}
    assert (sent.headers["if-match"], sent.headers["idempotency-key"]) == ('"1"', "the-key")
    assert sent.headers["x-shop-key"] == SHOP


async def test_a_number_cannot_leave_its_place_in_the_path(server: Loopback, client: Client) -> None:
    with pytest.raises(Exception, match="SHOP_NOT_FOUND"):
        await HttpOrders(client).mark_paid(order(number="../../1?x#"), AT, "key")
    assert server.last.target == "/admin-api/v1/orders/..%2F..%2F1%3Fx%23/payment"


WRONG_ANSWERS = [{"changed": True}, {"paymentStatus": "RECEIVED"}, {"paymentStatus": "RECEIVED", "changed": "yes"}]


@pytest.mark.parametrize("said", WRONG_ANSWERS)
async def test_a_response_that_does_not_confirm_the_payment_is_verified(
    server: Loopback, client: Client, said: dict[str, Any]
) -> None:
    server.on(PAY, answer(ORDER | said))
    server.on(LIST, answer(page(ORDER)))
    with pytest.raises(Unexpected):
        await HttpOrders(client).mark_paid(order(), AT, "key")
    server.on(LIST, answer(page(ORDER | {"paymentStatus": "RECEIVED", "version": "2"})))
    assert await HttpOrders(client).mark_paid(order(), AT, "key")
    assert server.asked(PAY) == 2, "each was written once and then only read"


async def test_a_lost_answer_about_an_order_that_is_gone_stays_an_error(server: Loopback, client: Client) -> None:
    server.on(PAY, answer({}))
    server.on(LIST, answer(page()))
    with pytest.raises(Unexpected):
        await HttpOrders(client).mark_paid(order(), AT, "key")


@pytest.mark.parametrize(
    "change",
    [
        {"chargeId": "P03-0000001-0000001-C000002"},
        {"captureAmount": {"amount": "1,000", "currencyCode": "JPY"}},
        {"captureAmount": {"amount": "1000", "currencyCode": "円"}},
        {"captureAmount": "1000"},
        {"statusDetails": None},
        {"statusDetails": {"state": "Captured!", "reasonCode": None, "lastUpdatedTimestamp": "20260401T000000Z"}},
        {"statusDetails": {"state": "Captured", "reasonCode": "a\r\nb", "lastUpdatedTimestamp": "20260401T000000Z"}},
        {"statusDetails": {"state": "Captured", "reasonCode": None, "lastUpdatedTimestamp": "20260231T000000Z"}},
        {"statusDetails": {"state": "Captured", "reasonCode": None, "lastUpdatedTimestamp": "2026-04-01T00:00:00"}},
    ],
)
async def test_a_charge_that_is_not_in_its_form_is_not_believed(
    server: Loopback, client: Client, change: dict[str, Any]
) -> None:
    server.on(f"GET /amazon-pay/v2/charges/{CHARGE}", answer(ANSWERED | change))
    with pytest.raises(Unexpected):
        await HttpPayments(client).charge(SHOP, CHARGE)


async def test_charges_of_another_reference_are_not_believed(server: Loopback, client: Client) -> None:
    server.on("GET /amazon-pay/v2/charges", answer({"charges": [ANSWERED]}))
    assert [charge.id for charge in await HttpPayments(client).charges(SHOP, REFERENCE)] == [CHARGE]
    with pytest.raises(Unexpected, match="another order reference"):
        await HttpPayments(client).charges(SHOP, "P03-9999999-9999999")
    server.on("GET /amazon-pay/v2/charges", answer({"charges": [ANSWERED, {}]}))
    with pytest.raises(Unexpected):
        await HttpPayments(client).charges(SHOP, REFERENCE)


async def test_amazons_own_way_of_saying_that_there_is_no_charge(server: Loopback, client: Client) -> None:
    path = f"GET /amazon-pay/v2/charges/{CHARGE}"
    server.on(path, answer({"reasonCode": "ResourceNotFound", "message": "no"}, 404))
    assert await HttpPayments(client).charge(SHOP, CHARGE) is None


STATUS = {"state": "Declined", "reasonCode": "AmazonRejected", "lastUpdatedTimestamp": "20260401T000000Z"}
REFUND = {
    "refundId": f"{REFERENCE}-R000001",
    "chargeId": CHARGE,
    "refundAmount": {"amount": "400", "currencyCode": "JPY"},
    "statusDetails": STATUS,
}
DISPUTE = {
    "disputeId": f"{REFERENCE}-B000001",
    "chargeId": CHARGE,
    "disputeAmount": {"amount": "400", "currencyCode": "JPY"},
    "filingReason": "Fraudulent",
    "statusDetails": {**STATUS, "state": "ActionRequired", "reasonCode": None},
    "merchantResponseDeadline": "20260412T000000Z",
}
PERMISSION = {
    "chargePermissionId": "B03-1442027-5744374",
    "chargePermissionType": "Recurring",
    "statusDetails": {**STATUS, "state": "Closed", "reasons": [{"reasonCode": "BuyerCanceled"}]},
}


async def test_a_refund_belongs_to_the_permission_of_its_charge(server: Loopback, client: Client) -> None:
    server.on(f"GET /amazon-pay/v2/refunds/{REFUND['refundId']}", answer(REFUND))
    server.on(f"GET /amazon-pay/v2/charges/{CHARGE}", answer({**ANSWERED, "chargePermissionId": "B03-1442027-5744374"}))
    found = await HttpPayments(client).refund(SHOP, str(REFUND["refundId"]))
    assert found == PaymentObject(
        kind=ObjectKind.REFUND,
        id=f"{REFERENCE}-R000001",
        reference=REFERENCE,
        permission="B03-1442027-5744374",
        charge=CHARGE,
        state="Declined",
        reason="AmazonRejected",
        updated=AT,
        amount=Decimal(400),
        currency="JPY",
    )


async def test_a_dispute_has_the_reason_it_was_filed_for_and_a_deadline(server: Loopback, client: Client) -> None:
    server.on(f"GET /amazon-pay/v2/disputes/{DISPUTE['disputeId']}", answer(DISPUTE))
    server.on(f"GET /amazon-pay/v2/charges/{CHARGE}", answer(ANSWERED))
    found = await HttpPayments(client).dispute(SHOP, str(DISPUTE["disputeId"]))
    assert found is not None
    assert (found.state, found.reason, found.deadline) == (
        "ActionRequired",
        "Fraudulent",
        datetime(2026, 4, 12, tzinfo=UTC),
    )


async def test_the_first_reason_of_a_permission_counts(server: Loopback, client: Client) -> None:
    server.on(f"GET /amazon-pay/v2/chargePermissions/{PERMISSION['chargePermissionId']}", answer(PERMISSION))
    found = await HttpPayments(client).permission(SHOP, str(PERMISSION["chargePermissionId"]))
    assert found is not None
    assert (found.kind, found.state, found.reason) == (ObjectKind.AGREEMENT, "Closed", "BuyerCanceled")


@pytest.mark.parametrize(
    "change",
    [
        {"refundId": f"{REFERENCE}-R000002"},
        {"refundAmount": {"amount": "1e3", "currencyCode": "JPY"}},
        {"chargeId": None},
        {"statusDetails": {**STATUS, "state": "not a word"}},
        {"statusDetails": {**STATUS, "lastUpdatedTimestamp": "2026-04-01"}},
        {"statusDetails": None},
    ],
)
async def test_a_refund_that_is_not_in_its_form_is_not_believed(
    server: Loopback, client: Client, change: dict[str, Any]
) -> None:
    server.on(f"GET /amazon-pay/v2/refunds/{REFUND['refundId']}", answer(REFUND | change))
    with pytest.raises(Unexpected):
        await HttpPayments(client).refund(SHOP, str(REFUND["refundId"]))


async def test_a_backend_without_these_objects_knows_none(server: Loopback, client: Client) -> None:
    payments = HttpPayments(client)
    for path in (f"refunds/{REFUND['refundId']}", f"disputes/{DISPUTE['disputeId']}", f"chargePermissions/{REFERENCE}"):
        server.on(f"GET /amazon-pay/v2/{path}", answer({"reasonCode": "ResourceNotFound"}, status=404))
    assert await payments.refund(SHOP, str(REFUND["refundId"])) is None
    assert await payments.dispute(SHOP, str(DISPUTE["disputeId"])) is None
    assert await payments.permission(SHOP, REFERENCE) is None
