"""Orders: found by their Amazon reference, marked 入金済み once."""

import pytest

from reconciler.embedded import World
from reconciler.embedded.seeding.seed import SeedError
from tests.embedded.harness import KYOTO, OSAKA, Api, fields, refusal

FIRST = "100000000001"
PAID = {"paymentStatus": "RECEIVED", "receiptDate": "2026-04-01T12:00:00"}


def pay(api: Api, order_no: str = FIRST, *, if_match: str | None = '"1"', key: str | None = None, body=PAID):
    headers = ({"If-Match": if_match} if if_match else {}) | ({"Idempotency-Key": key} if key else {})
    return api.ask("POST", f"/orders/{order_no}/payment", shop=OSAKA, json=body, headers=headers)


def find(api: Api, **params: object) -> list[dict]:
    return api.ask("GET", "/orders", shop=OSAKA, params=params).json()["items"]


def test_an_order_is_found_by_its_reference(api: Api) -> None:
    assert find(api, amazonOrderReferenceId="S03-0000001-0000001") == [
        {
            "orderNo": FIRST,
            "shopKey": OSAKA,
            "type": "REGULAR",
            "status": "AWAITING_PAYMENT",
            "paymentStatus": "NOTRECEIVED",
            "receiptDate": None,
            "amazonOrderReferenceId": "S03-0000001-0000001",
            "totalAmount": "1000",
            "currency": "JPY",
            "version": "1",
        }
    ]
    assert find(api, amazonOrderReferenceId="S03-unknown") == []


def test_a_shop_sees_its_own_orders_alone(api: Api) -> None:
    assert api.ask("GET", "/orders", shop=KYOTO).json() == {"items": [], "nextUrl": None}
    elsewhere = api.ask("POST", f"/orders/{FIRST}/payment", shop=KYOTO, json=PAID, headers={"If-Match": "*"})
    assert refusal(elsewhere) == (404, "NOT_FOUND")


def test_orders_are_paged_and_filtered_by_payment(api: Api) -> None:
    pay(api)
    assert [order["orderNo"] for order in find(api, paymentStatus="RECEIVED")] == [FIRST]
    first = api.ask("GET", "/orders", shop=OSAKA, params={"limit": 2, "paymentStatus": "NOTRECEIVED"})
    assert [order["orderNo"][-1] for order in first.json()["items"]] == ["2", "3"]
    assert first.json()["nextUrl"] is None
    page = api.ask("GET", "/orders", shop=OSAKA, params={"limit": 2}).json()
    headers = {"Authorization": f"Bearer {api.token}", "X-SHOP-KEY": OSAKA}
    rest = api.send("GET", page["nextUrl"], headers=headers).json()
    assert [order["orderNo"][-1] for order in page["items"] + rest["items"]] == ["1", "2", "3"]


def test_an_order_is_marked_as_paid_once(api: Api) -> None:
    answer = pay(api)
    assert answer.status_code == 200
    order = answer.json()
    assert (order["changed"], order["paymentStatus"], order["receiptDate"]) == (True, "RECEIVED", PAID["receiptDate"])
    assert answer.headers["ETag"] == f'"{order["version"]}"'
    later = {**PAID, "receiptDate": "2026-04-02T12:00:00"}
    again = pay(api, if_match=answer.headers["ETag"], body=later).json()
    assert (again["changed"], again["receiptDate"], again["version"]) == (False, PAID["receiptDate"], order["version"])
    assert [c["field"] for c in api.changes(OSAKA)] == [f"{FIRST}.paymentStatus", f"{FIRST}.receiptDate"]


def test_marking_is_compare_and_set(api: Api) -> None:
    assert refusal(pay(api, if_match=None)) == (428, "PRECONDITION_REQUIRED")
    assert refusal(pay(api, if_match='"7"')) == (412, "PRECONDITION_FAILED")
    assert find(api, paymentStatus="RECEIVED") == []


def test_the_same_key_gives_the_stored_answer_again(api: Api) -> None:
    first = pay(api, key="k-1")
    again = pay(api, key="k-1")
    assert (again.json(), again.headers["ETag"]) == (first.json(), first.headers["ETag"])
    other = pay(api, key="k-1", body={**PAID, "receiptDate": "2026-04-02T12:00:00"})
    assert refusal(other) == (409, "IDEMPOTENCY_KEY_REUSED")


def test_a_cancelled_order_is_not_marked(api: Api) -> None:
    assert refusal(pay(api, "100000000003")) == (409, "ORDER_CANCELLED")


def test_an_unknown_order_is_not_found(api: Api) -> None:
    assert refusal(pay(api, "999")) == (404, "NOT_FOUND")


BODIES = [
    {},
    {"paymentStatus": "RECEIVED"},
    {"paymentStatus": "NOTRECEIVED", "receiptDate": PAID["receiptDate"]},
    {**PAID, "receiptDate": "2026-02-30T12:00:00"},
    {**PAID, "receiptDate": "2026-04-01"},
    {**PAID, "receiptDate": "2026-04-01T12:00:00+09:00"},
    {**PAID, "totalAmount": "1"},
]


@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_another_shape_is_refused(api: Api, body: dict) -> None:
    answer = pay(api, body=body)
    assert refusal(answer) == (422, "VALIDATION_ERROR")
    assert fields(answer)


def test_orders_come_in_later(api: Api, world: World) -> None:
    world.add_orders([{"orderNo": "200000000001", "shopKey": OSAKA, "amazonOrderReferenceId": "S03-new"}])
    assert [order["orderNo"] for order in find(api, amazonOrderReferenceId="S03-new")] == ["200000000001"]


def test_an_order_that_is_there_already_is_named_as_a_clash(world: World) -> None:
    with pytest.raises(SeedError, match="already exists"):
        world.add_orders([{"orderNo": FIRST, "shopKey": OSAKA}])
