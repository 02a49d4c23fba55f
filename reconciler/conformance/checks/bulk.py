"""Bulk writes: each item as its own route would write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.conformance.answers import BackendAnswer, expect_problem, expect_status, expect_value
from reconciler.conformance.checks.versions import OTHER_VERSION, expect_unchanged
from reconciler.conformance.client import API
from reconciler.conformance.kit import Kit, Probe
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shop_state import PART_OF_INTEGRATION, SETTINGS, STOREFRONT
from reconciler.conformance.verdicts import named_value
from reconciler.core.conformance.problem_codes import STATUS_OF_PROBLEM
from reconciler.core.diagnostics.messages import msg

Item = dict[str, Any]


async def _item(kit: Kit, probe: Probe, value: Any, *, if_match: str | None = None, **more: Any) -> Item:
    tag = (await kit.resource(probe.shop, probe.route)).etag if if_match is None else if_match
    name = PART_OF_INTEGRATION[probe.route]
    return {"shopKey": probe.shop, "resource": name, "ifMatch": tag, "value": probe.make(value), **more}


async def _send(kit: Kit, body: Any) -> BackendAnswer:
    kit.require_operator()
    return await kit.client.send("PATCH", f"{API}/integrations", body=body)


async def _items(kit: Kit, *items: Item) -> tuple[BackendAnswer, list[Mapping[str, Any]]]:
    """One answer for each item, in their order."""
    answer = expect_status(await _send(kit, {"items": list(items)}), 200)
    found = answer.body.get("items") if isinstance(answer.body, dict) else None
    if not isinstance(found, list) or len(found) != len(items):
        raise answer.broken(msg("{count} items", count=len(items)))
    for sent, got in zip(items, found, strict=True):
        for name in ("shopKey", "resource"):
            expect_value(answer, name, sent[name], got.get(name))
    return answer, found


def _expect_refused(answer: BackendAnswer, item: Mapping[str, Any], code: str) -> None:
    problem = item.get("problem")
    expect_value(answer, "code", code, problem.get("code") if isinstance(problem, dict) else None)
    expect_value(answer, "status", STATUS_OF_PROBLEM[code], item.get("status"))


@checks_clause("K701")
async def _answers_in_order(kit: Kit) -> None:
    probes = kit.probes()
    answer, found = await _items(kit, *[await _item(kit, probe, probe.after) for probe in probes])
    for probe, item in zip(probes, found, strict=True):
        expect_value(answer, "status", 200, item.get("status"))
        read = await kit.resource(probe.shop, probe.route)
        expect_value(answer, "value", read.body, item.get("value"))
        expect_value(answer, "etag", read.etag, item.get("etag"))
        expect_value(answer, probe.name, probe.after, probe.value_in(read.body))


@checks_clause("K702")
async def _alone(kit: Kit) -> None:
    probe = kit.probe()
    good = await _item(kit, probe, probe.after)
    wrong = {**good, "value": {"noSuchKey": True}}
    unknown = {**good, "shopKey": f"unknown-{kit.run}"}
    answer, found = await _items(kit, wrong, unknown, good)
    _expect_refused(answer, found[0], "VALIDATION_ERROR")
    _expect_refused(answer, found[1], "SHOP_NOT_FOUND")
    expect_value(answer, "status", 200, found[2].get("status"))
    await expect_unchanged(kit, probe, answer, probe.after)


@checks_clause("K703")
async def _outdated_item(kit: Kit) -> None:
    probe = kit.probe()
    answer, found = await _items(kit, await _item(kit, probe, probe.after, if_match=OTHER_VERSION))
    _expect_refused(answer, found[0], "PRECONDITION_FAILED")
    await expect_unchanged(kit, probe, answer)


@checks_clause("K704")
async def _open_shop(kit: Kit) -> None:
    kit.require_operator()
    shop = await kit.open_without_amazon()
    tag = (await kit.resource(shop, SETTINGS)).etag
    item = {"shopKey": shop, "resource": "amazonSettings", "ifMatch": tag, "value": {"useAmazon": False}}
    answer, found = await _items(kit, item)
    _expect_refused(answer, found[0], "SHOP_OPEN")


@checks_clause("K705")
async def _in_order(kit: Kit) -> None:
    """The second item has the version of before the first one: it is refused if the first was written before it."""
    probe = kit.probe()
    first = await _item(kit, probe, probe.after)
    answer, found = await _items(kit, first, {**first, "value": probe.make(probe.before)})
    expect_value(answer, "status", 200, found[0].get("status"))
    _expect_refused(answer, found[1], "PRECONDITION_FAILED")
    await expect_unchanged(kit, probe, answer, probe.after)


@checks_clause("K706")
async def _idempotency_of_items(kit: Kit) -> None:
    probe = kit.probe()
    item = await _item(kit, probe, probe.after, idempotencyKey=f"check-{kit.run}-item")
    answer, first = await _items(kit, item)
    expect_value(answer, "status", 200, first[0].get("status"))
    answer, again = await _items(kit, item)
    expect_value(answer, "items", first, again)
    answer, other = await _items(kit, {**item, "value": probe.make(probe.before)})
    _expect_refused(answer, other[0], "IDEMPOTENCY_KEY_REUSED")


@checks_clause("K707")
async def _fence_of_an_item(kit: Kit) -> None:
    probe = kit.probe()
    issuer = f"check-{kit.run}-bulk"
    answer, found = await _items(kit, await _item(kit, probe, probe.before, fence={"issuer": issuer, "number": 9}))
    expect_value(answer, "status", 200, found[0].get("status"))
    answer, found = await _items(kit, await _item(kit, probe, probe.after, fence={"issuer": issuer, "number": 8}))
    _expect_refused(answer, found[0], "FENCE_OUTDATED")
    await expect_unchanged(kit, probe, answer)


@checks_clause("K708")
async def _whole_request(kit: Kit) -> None:
    probe = kit.probe()
    good = await _item(kit, probe, probe.after)
    nameless = {name: value for name, value in good.items() if name != "resource"}
    wrong_resource = {**good, "resource": "orders"}
    bodies: tuple[Any, ...] = ({"items": [good, nameless]}, {"items": []}, {"items": [good, wrong_resource]}, {})
    for body in bodies:
        answer = expect_problem(await _send(kit, body), "VALIDATION_ERROR")
        await expect_unchanged(kit, probe, answer)


@checks_clause("K709")
async def _too_many(kit: Kit) -> None:
    probe = kit.probe(STOREFRONT)
    item = await _item(kit, probe, probe.before, if_match=OTHER_VERSION)
    answer = await _send(kit, {"items": [item] * 501})
    if answer.status == 200:
        raise answer.broken(msg("at most {count} items", count=500), named_value("items", 501))
    expect_problem(answer, "VALIDATION_ERROR", "BODY_TOO_LARGE")
