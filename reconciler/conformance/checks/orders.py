"""Orders and charges. No order is marked as paid: that could not be undone."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from reconciler.conformance.answers import BackendAnswer, expect_problem, expect_status, expect_value
from reconciler.conformance.checks.pages import expect_list, read_pages
from reconciler.conformance.client import API
from reconciler.conformance.kit import Kit
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shapes import ORDER_SHAPE, expect_shape
from reconciler.conformance.verdicts import ClauseNotChecked, ClauseNotOffered
from reconciler.core.diagnostics.messages import msg

_PAYMENT: Final = {"paymentStatus": "RECEIVED", "receiptDate": "2026-04-01T12:00:00"}


async def _orders(kit: Kit, shop: str, **query: str | int) -> BackendAnswer:
    answer = await kit.client.read(f"{API}/orders?{urlencode(query)}", shop)
    if answer.status in (404, 405):
        raise ClauseNotOffered
    return expect_list(expect_status(answer, 200))


async def _shop_with_orders(kit: Kit, **query: str) -> tuple[str, BackendAnswer]:
    for state in kit.before:
        answer = await _orders(kit, state.shop, **query)
        if answer.body["items"]:
            return state.shop, answer
    raise ClauseNotChecked(msg("no named shop has such an order"))


@checks_clause("K811")
async def _order_shape(kit: Kit) -> None:
    shop, answer = await _shop_with_orders(kit)
    for order in answer.body["items"]:
        expect_shape(answer, ORDER_SHAPE, order)
        expect_value(answer, "shopKey", shop, order["shopKey"])


@checks_clause("K812")
async def _order_filters(kit: Kit) -> None:
    shop, whole = await _shop_with_orders(kit)
    for status in ("RECEIVED", "NOTRECEIVED"):
        answer = await _orders(kit, shop, paymentStatus=status)
        expect_value(
            answer, "paymentStatus", True, all(each["paymentStatus"] == status for each in answer.body["items"])
        )
    reference = next((each["amazonOrderReferenceId"] for each in whole.body["items"]), None)
    if reference is not None:
        answer = await _orders(kit, shop, amazonOrderReferenceId=reference)
        found = {each["amazonOrderReferenceId"] for each in answer.body["items"]}
        expect_value(answer, "amazonOrderReferenceId", [reference], sorted(found))
    pages = await read_pages(kit, await _orders(kit, shop, limit=1), 20, shop)
    numbers = [each["orderNo"] for page in pages for each in page.body["items"]]
    expect_value(pages[-1], "orderNo", _numbers(whole)[: len(numbers)], numbers)


def _numbers(answer: BackendAnswer) -> list[Any]:
    return [each.get("orderNo") for each in answer.body["items"]]


@checks_clause("K813")
async def _paid_already(kit: Kit) -> None:
    shop, answer = await _shop_with_orders(kit, paymentStatus="RECEIVED")
    order = next((each for each in answer.body["items"] if each["status"] != "CANCELLED"), None)
    if order is None:
        raise ClauseNotChecked(msg("no named shop has such an order"))
    headers = {"If-Match": f'"{order["version"]}"', "Idempotency-Key": f"check-{kit.run}-paid"}
    path = f"{API}/orders/{order['orderNo']}/payment"
    paid = expect_status(await kit.client.send("POST", path, shop, _PAYMENT, headers=headers), 200)
    expect_value(paid, "changed", False, paid.body.get("changed"))
    for name, value in order.items():
        expect_value(paid, name, value, paid.body.get(name))


@checks_clause("K814")
async def _unknown_order(kit: Kit) -> None:
    await _orders(kit, kit.shop, limit=1)
    path = f"{API}/orders/999999999999/payment"
    answer = await kit.client.send("POST", path, kit.shop, _PAYMENT, headers={"If-Match": '"1"'})
    expect_problem(answer, "NOT_FOUND")


@checks_clause("K821")
async def _unknown_charge(kit: Kit) -> None:
    answer = await kit.client.read("/amazon-pay/v2/charges?chargePermissionId=S00-0000000-0000000", kit.shop)
    if answer.status in (404, 405):
        raise ClauseNotOffered
    expect_status(answer, 200)
    expect_value(answer, "charges", [], answer.body.get("charges"))
    unknown = await kit.client.read("/amazon-pay/v2/charges/S00-0000000-0000000-C000000", kit.shop)
    expect_problem(unknown, "NOT_FOUND")
