"""What a write changes, and what is refused before anything is stored."""

from __future__ import annotations

from typing import Any, Final

from reconciler.conformance.answers import (
    BackendAnswer,
    expect_keys,
    expect_problem,
    expect_status,
    expect_value,
    expect_version,
)
from reconciler.conformance.checks.versions import expect_unchanged
from reconciler.conformance.kit import Kit
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shop_state import PART_OF_INTEGRATION, PARTS, PAYMENT, ROUTES, SETTINGS, STOREFRONT
from reconciler.conformance.verdicts import ClauseNotChecked
from reconciler.core.diagnostics.messages import msg

DERIVED: Final = {
    SETTINGS: ("merchantSiteUrl", "buttonsVisible", "apiStatus"),
    PAYMENT: ("use", "regular"),
    PARTS: ("output",),
}
_WRONG_TYPES: Final[tuple[tuple[str, Any], ...]] = (
    (PAYMENT, {"preOrder": "false"}),
    (PAYMENT, []),
    (STOREFRONT, {"status": "AJAR"}),
    (STOREFRONT, {}),
    (PARTS, {"parts": "ORDER_AREA"}),
    (SETTINGS, {"notificationEmail": 1}),
)


@checks_clause("K211")
async def _only_named_keys(kit: Kit) -> None:
    for probe in kit.probes():
        before = await kit.integration(probe.shop)
        answer = expect_status(await kit.write(probe, probe.after), 200)
        after = await kit.integration(probe.shop)
        for route in ROUTES:
            name = PART_OF_INTEGRATION[route]
            old, new = before.body[name]["value"], after.body[name]["value"]
            if route != probe.route:
                expect_value(answer, name, old, new)
            else:
                expect_keys(answer, old, new, ["parts"] if route == PARTS else [probe.name])
        expect_value(
            answer, probe.name, probe.after, probe.value_in((await kit.resource(probe.shop, probe.route)).body)
        )
        await kit.write(probe, probe.before)


@checks_clause("K212")
async def _whole_resource(kit: Kit) -> None:
    for probe in kit.probes():
        answer = expect_status(await kit.write(probe, probe.after), 200)
        read = await kit.resource(probe.shop, probe.route)
        expect_keys(answer, read.body, answer.body)
        expect_value(answer, probe.name, probe.after, probe.value_in(answer.body))
        expect_version(answer, read.etag)
        await kit.write(probe, probe.before)


@checks_clause("K213")
async def _no_null(kit: Kit) -> None:
    for probe in kit.probes():
        answer = expect_problem(await kit.write(probe, None), "VALIDATION_ERROR")
        await expect_unchanged(kit, probe, answer)


@checks_clause("K214")
async def _not_empty(kit: Kit) -> None:
    bodies: tuple[tuple[str, Any], ...] = ((SETTINGS, {}), (PAYMENT, {}), (PARTS, {"parts": []}), (PARTS, {}))
    for route, body in bodies:
        expect_problem(await kit.patch(kit.shop, route, body), "VALIDATION_ERROR")


@checks_clause("K215")
async def _unknown_key(kit: Kit) -> None:
    for probe in kit.probes():
        tag = (await kit.resource(probe.shop, probe.route)).etag
        body = {**probe.make(probe.after), "noSuchKey": True}
        sent = {"If-Match": tag}
        answer = await kit.client.send(probe.method, probe.path, probe.shop, body, headers=sent)
        expect_problem(answer, "VALIDATION_ERROR")
        await expect_unchanged(kit, probe, answer)
        expect_version(await kit.resource(probe.shop, probe.route), tag)


@checks_clause("K216")
async def _derived_keys(kit: Kit) -> None:
    """Each is sent with the value that it has."""
    for route, names in DERIVED.items():
        present = (await kit.resource(kit.shop, route)).body
        more = {"parts": [{"part": present["parts"][0]["part"]}]} if route == PARTS and present["parts"] else {}
        for name in names:
            expect_problem(await kit.patch(kit.shop, route, {**more, name: present.get(name)}), "DERIVED_FIELD")


@checks_clause("K217")
async def _unknown_part(kit: Kit) -> None:
    answer = await kit.patch(kit.shop, PARTS, {"parts": [{"part": "NO_SUCH_PART", "label": "check"}]})
    expect_problem(answer, "UNKNOWN_PART")


@checks_clause("K218")
async def _other_texts_stay(kit: Kit) -> None:
    probe = kit.probe(PARTS)
    before = (await kit.state(probe.shop)).texts
    answer = expect_status(await kit.write(probe, probe.after), 200)
    after = (await kit.state(probe.shop)).texts
    _expect_texts(answer, {**before, _key(probe.name): probe.after}, after)


def _key(name: str) -> tuple[str, str]:
    _parts, part, key = name.split(".")
    return part, key


def _expect_texts(
    answer: BackendAnswer, expected: dict[tuple[str, str], Any], found: dict[tuple[str, str], Any]
) -> None:
    for (part, key), value in expected.items():
        expect_value(answer, f"{part}.{key}", value, found.get((part, key)))


@checks_clause("K219")
async def _other_shops_stay(kit: Kit) -> None:
    if len(kit.before) < 2:
        raise ClauseNotChecked(msg("only one shop is named"))
    for probe in kit.probes():
        others = [state.shop for state in kit.before if state.shop != probe.shop]
        before = [await kit.integration(shop) for shop in others]
        answer = expect_status(await kit.write(probe, probe.after), 200)
        for shop, old in zip(others, before, strict=True):
            expect_value(answer, shop, old.body, (await kit.integration(shop)).body)
        await kit.write(probe, probe.before)


@checks_clause("K221")
async def _wrong_types(kit: Kit) -> None:
    mail = kit.before[0].values[SETTINGS].get("notificationEmail")
    for route, body in _WRONG_TYPES if mail is not None else _WRONG_TYPES[:-1]:
        expect_problem(await kit.patch(kit.shop, route, body), "VALIDATION_ERROR")
