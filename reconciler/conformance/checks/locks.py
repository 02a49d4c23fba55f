"""要閉店: what an open shop refuses and what it accepts."""

from __future__ import annotations

from reconciler.conformance.answers import expect_problem, expect_status, expect_value
from reconciler.conformance.kit import Kit
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shop_state import SETTINGS, STOREFRONT
from reconciler.conformance.verdicts import ClauseNotChecked
from reconciler.core.diagnostics.messages import msg


@checks_clause("K311")
async def _switch_of_an_open_shop(kit: Kit) -> None:
    shop = await kit.open_without_amazon()
    for value in (False, True):
        answer = expect_problem(await kit.patch(shop, SETTINGS, {"useAmazon": value}), "SHOP_OPEN")
        expect_value(answer, "useAmazon", False, (await kit.resource(shop, SETTINGS)).body.get("useAmazon"))


@checks_clause("K312")
async def _nothing_of_it_is_stored(kit: Kit) -> None:
    shop = await kit.open_without_amazon()
    mail = (await kit.resource(shop, SETTINGS)).body.get("notificationEmail")
    if mail is None:
        raise ClauseNotChecked(msg("the shop has no notification mail address"))
    body = {"notificationEmail": f"check-{kit.run}@reconciler.example", "useAmazon": False}
    answer = await kit.patch(shop, SETTINGS, body)
    if answer.status == 200:
        raise ClauseNotChecked(msg("the PATCH is not refused with 423"))
    present = (await kit.resource(shop, SETTINGS)).body.get("notificationEmail")
    expect_value(answer, "notificationEmail", mail, present)


@checks_clause("K313")
async def _the_rest_of_an_open_shop(kit: Kit) -> None:
    shop = await kit.open_without_amazon()
    found = [probe for probe in kit.probes() if probe.shop == shop and probe.route != STOREFRONT]
    if not found:
        raise ClauseNotChecked(msg("the shop has no value that can be changed and restored"))
    for probe in found:
        answer = expect_status(await kit.write(probe, probe.after), 200)
        expect_value(answer, probe.name, probe.after, probe.value_in(answer.body))
        expect_status(await kit.write(probe, probe.before), 200)


@checks_clause("K314")
async def _open_and_close(kit: Kit) -> None:
    shop = await kit.open_without_amazon()
    for status in ("CLOSED", "OPEN"):
        answer = expect_status(await kit.patch(shop, STOREFRONT, {"status": status}), 200)
        expect_value(answer, "status", status, answer.body.get("status"))
        read = await kit.resource(shop, STOREFRONT)
        expect_value(read, "status", status, read.body.get("status"))
        whole = await kit.integration(shop)
        expect_value(whole, "storefront.status", status, whole.body["storefront"]["value"].get("status"))
