"""Orders, and what Amazon Pay knows about their payments."""

from __future__ import annotations

from typing import Any

from tests.second_backend.handle_shops import allowed_shop, paged, require_terms
from tests.second_backend.messages import Ask, Reply, Terms
from tests.second_backend.problems import Refusal, wrong
from tests.second_backend.repeated import once
from tests.second_backend.shapes import read_json, require_shape
from tests.second_backend.state import State, version


def _shop(state: State, ask: Ask) -> str:
    key = ask.headers.get("X-SHOP-KEY")
    if key is None:
        raise Refusal("SHOP_KEY_MISMATCH", "X-SHOP-KEY is missing")
    return str(allowed_shop(state, ask.caller, key)["shopKey"])


def _order(held: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in held.items() if name != "revision"} | {
        "version": version(held["revision"], held["paymentStatus"])
    }


def get_orders(state: State, ask: Ask) -> Reply:
    shop, limit, after = _shop(state, ask), ask.number("limit", 100), ask.after
    status = ask.choice("paymentStatus", ("NOTRECEIVED", "RECEIVED"))
    reference = ask.query.get("amazonOrderReferenceId")
    found = [
        _order(order)
        for _, order in sorted(state.journal.items("orders"))
        if order["shopKey"] == shop
        and order["orderNo"] > after
        and status in {None, order["paymentStatus"]}
        and reference in {None, order["amazonOrderReferenceId"]}
    ]
    following = found[limit - 1]["orderNo"] if len(found) > limit else None
    return paged(state, ask, found[:limit], following)


def post_payment(state: State, ask: Ask) -> Reply:
    shop, number = _shop(state, ask), ask.path["orderNo"]
    value = require_shape("PaymentPost", read_json(ask.body))
    terms = Terms.of(ask)

    def mark() -> Reply:
        held = state.journal.get("orders", f"{shop} {number}")
        if held is None:
            raise Refusal("NOT_FOUND", "there is no such order")
        require_terms(state, terms, _order(held)["version"])
        if held["status"] == "CANCELLED":
            raise Refusal("ORDER_CANCELLED", "the order was cancelled")
        changed = held["paymentStatus"] != "RECEIVED"
        if changed:
            paid = {"paymentStatus": "RECEIVED", "receiptDate": value["receiptDate"]}
            for name, after in paid.items():
                state.note(shop, terms.actor, ("orders", f"{number}.{name}"), (held[name], after))
            held |= paid | {"revision": held["revision"] + 1}
            state.journal.put("orders", f"{shop} {number}", held)
        return Reply(200, _order(held) | {"changed": changed or state.breaks("paid-twice")}, _order(held)["version"])

    return once(state, ask, terms, mark)


def get_charges(state: State, ask: Ask) -> Reply:
    shop, permission = _shop(state, ask), ask.query.get("chargePermissionId")
    if not permission:
        raise wrong("chargePermissionId", "is missing", "MISSING")
    found = [
        charge["body"]
        for _, charge in state.journal.items("charges")
        if charge["shop"] == shop
        and (charge["body"]["chargePermissionId"] == permission or charge["body"]["chargeId"].startswith(permission))
    ]
    body = {"charges": found}
    return Reply(200, body, version(0, body))


def get_object(state: State, ask: Ask) -> Reply:
    shop = _shop(state, ask)
    held = state.journal.get(ask.path["kind"], ask.path["id"])
    if held is None or held["shop"] != shop:
        raise Refusal("NOT_FOUND", "there is no such object")
    return Reply(200, held["body"], version(0, held["body"]))
