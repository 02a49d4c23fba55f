"""The trail of changes: who, when, what, from which write."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from reconciler.conformance.answers import BackendAnswer, expect_status, expect_value
from reconciler.conformance.checks.cascade import switch_steps
from reconciler.conformance.checks.pages import expect_list, read_pages
from reconciler.conformance.checks.versions import OTHER_VERSION
from reconciler.conformance.client import path_of_shop
from reconciler.conformance.kit import Kit
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shapes import CHANGE_SHAPE, expect_shape
from reconciler.conformance.shop_state import PAYMENT, SETTINGS
from reconciler.conformance.verdicts import ClauseBroken, ClauseNotChecked, named_value
from reconciler.core.diagnostics.messages import msg

_NEWEST: Final = 50


async def _changes(kit: Kit, shop: str, limit: int = _NEWEST) -> BackendAnswer:
    answer = await kit.client.read(f"{path_of_shop(shop, 'changes')}?limit={limit}", shop)
    return expect_list(expect_status(answer, 200))


async def _last_id(kit: Kit, shop: str) -> int:
    items = (await _changes(kit, shop, 1)).body["items"]
    return int(items[0]["changeId"]) if items else -1


async def _since(kit: Kit, shop: str, last: int) -> tuple[BackendAnswer, list[Mapping[str, Any]]]:
    answer = await _changes(kit, shop)
    return answer, [each for each in answer.body["items"] if each.get("changeId", -1) > last]


@checks_clause("K601")
async def _recorded(kit: Kit) -> None:
    probe = kit.probe(SETTINGS, PAYMENT)
    last = await _last_id(kit, probe.shop)
    expect_status(await kit.write(probe, probe.after), 200)
    answer, found = await _since(kit, probe.shop, last)
    change = next((each for each in found if each.get("field") == probe.name), None)
    if change is None:
        raise answer.broken(msg("a change of `{field}`", field=probe.name), named_value("items", found))
    expect_shape(answer, CHANGE_SHAPE, change)
    expected = {"from": probe.before, "to": probe.after, "actorType": "CLIENT", "actor": kit.client.backend.client_id}
    for name, value in expected.items():
        expect_value(answer, name, value, change[name])


@checks_clause("K602")
async def _causes(kit: Kit) -> None:
    steps = await switch_steps(kit)
    if not any(step.changed for step in steps):
        raise ClauseNotChecked(msg("no named shop may turn `useAmazon` on"))
    answer = await _changes(kit, steps[0].answer.body["shopKey"])
    for name in ("use", "regular", "output"):
        change = next((each for each in answer.body["items"] if each.get("field") == name), None)
        if change is None:
            raise answer.broken(msg("a change of `{field}`", field=name), msg("no such change"))
        if "useAmazon" not in str(change.get("cause")):
            raise answer.broken(
                msg("`cause` names `{field}`", field="useAmazon"), named_value("cause", change.get("cause"))
            )


@checks_clause("K603")
async def _newest_first(kit: Kit) -> None:
    shop = kit.before[0].shop
    pages = await read_pages(kit, await _changes(kit, shop, 2), 10, shop)
    ids = [each.get("changeId") for page in pages for each in page.body["items"]]
    for left, right in pairwise(ids):
        if not left > right:
            raise pages[-1].broken(msg("newest first, each change once"), named_value("changeId", [left, right]))
    whole = await _changes(kit, shop)
    expect_value(whole, "changeId", [each["changeId"] for each in whole.body["items"]][: len(ids)], ids)


@checks_clause("K604")
async def _refused_writes(kit: Kit) -> None:
    probe = kit.probe()
    last = await _last_id(kit, probe.shop)
    await kit.write(probe, probe.after, if_match=OTHER_VERSION)
    await kit.client.send(probe.method, probe.path, probe.shop, probe.make(probe.after))
    await kit.patch(probe.shop, probe.route, {**probe.make(probe.after), "noSuchKey": True})
    present = probe.value_in((await kit.resource(probe.shop, probe.route)).body)
    answer, found = await _since(kit, probe.shop, last)
    if found and present == probe.before:
        raise answer.broken(msg("no change"), named_value("field", [each.get("field") for each in found]))


@checks_clause("K605")
async def _write_keys(kit: Kit) -> None:
    probe = kit.probe()
    last = await _last_id(kit, probe.shop)
    key = f"check-{kit.run}"
    expect_status(await kit.write(probe, probe.after, headers={"X-Write-Key": key}), 200)
    answer, found = await _since(kit, probe.shop, last)
    if not found:
        raise answer.broken(msg("a change of `{field}`", field=probe.name), msg("no such change"))
    for change in found:
        expect_value(answer, "writeKey", key, change.get("writeKey"))
    await _key_of_derived_changes(kit)
    expect_status(await kit.write(probe, probe.before), 200)
    answer, found = await _since(kit, probe.shop, last)
    expect_value(answer, "writeKey", None, found[0].get("writeKey"))


async def _key_of_derived_changes(kit: Kit) -> None:
    try:
        state = kit.switchable()
        steps = await switch_steps(kit)
    except (ClauseNotChecked, ClauseBroken):
        return
    if not any(step.changed for step in steps):
        return
    await kit.close(state.shop)
    last, key = await _last_id(kit, state.shop), f"check-{kit.run}-switch"
    expect_status(await kit.patch(state.shop, SETTINGS, {"useAmazon": not state.enabled}, X_Write_Key=key), 200)
    answer, found = await _since(kit, state.shop, last)
    for change in found:
        expect_value(answer, f"{change.get('field')}.writeKey", key, change.get("writeKey"))
