"""Bulk writes: each item is a transaction of its own, under the rules of the single routes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.second_backend.handle_shops import allowed_shop, read_write, require_operator, write_part
from tests.second_backend.messages import Ask, Reply, Terms
from tests.second_backend.problems import Refusal
from tests.second_backend.shapes import read_json, require_shape
from tests.second_backend.state import Actor, State

Item = dict[str, Any]


def patch_integrations(state: State, ask: Ask) -> Reply:
    require_operator(ask.caller)
    if "bulk-write" not in state.offers:
        raise Refusal("METHOD_NOT_ALLOWED", "bulk writes are not offered")
    items = require_shape("BulkWrite", read_json(ask.body))["items"]
    answers: list[Item | None] = [None] * len(items)
    order = list(range(len(items)))
    if state.breaks("bulk-unordered"):
        order.reverse()
    failed = False
    for at in order:
        answers[at] = _failed(items[at]) if failed else _answer(state, ask, items[at])
        failed = state.breaks("bulk-stops") and "problem" in (answers[at] or {})
    if state.breaks("bulk-shuffled"):
        answers.reverse()
    return Reply(200, {"items": answers})


def _failed(item: Item) -> Item:
    return _named(item) | {"status": 500, "problem": Refusal("INTERNAL_ERROR", "an earlier item failed").document}


def _answer(state: State, ask: Ask, item: Item) -> Item:
    try:
        written = _once(state, ask, item)
        state.journal.commit()
    except Refusal as refusal:
        state.journal.discard()
        return _named(item) | {"status": refusal.status, "problem": refusal.document}
    return _named(item) | {"status": 200} | written


def _once(state: State, ask: Ask, item: Item) -> Item:
    """The answer that is kept under the item's idempotency key, or else that of writing it now."""
    if "idempotencyKey" not in item or state.breaks("key-forgotten"):
        return _write(state, ask, item)
    name = f"{ask.caller.client} bulk {item['idempotencyKey']}"
    content = [item["shopKey"], item["resource"], item["value"]]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    held = state.journal.get("answers", name)
    if held is not None and held["digest"] == digest:
        kept: Item = held["written"]
        return kept
    if held is not None and not state.breaks("key-reused"):
        raise Refusal("IDEMPOTENCY_KEY_REUSED", "the key named another item")
    written = _write(state, ask, item)
    state.journal.put("answers", name, {"digest": digest, "written": written})
    return written


def _write(state: State, ask: Ask, item: Item) -> Item:
    shop = allowed_shop(state, ask.caller, item["shopKey"])
    value = read_write(state, item["resource"], item["value"])
    fence = item.get("fence")
    terms = Terms(
        Actor(ask.caller.client, "CLIENT", item.get("writeKey")),
        item["ifMatch"],
        None if fence is None else (fence["issuer"], int(fence["number"])),
    )
    body, at = write_part(state, shop, item["resource"], value, terms)
    return {"etag": f'"{at}"', "value": body}


def _named(item: Item) -> Item:
    return {"shopKey": item["shopKey"], "resource": item["resource"]}
