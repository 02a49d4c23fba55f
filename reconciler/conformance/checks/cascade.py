"""What follows `useAmazon`, and what does not; entitlements.

The switch of one shop is written once to the other value and once back; several clauses judge what was observed then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reconciler.conformance.answers import BackendAnswer, expect_keys, expect_problem, expect_status, expect_value
from reconciler.conformance.kit import Kit, entitled_to_amazon, entitled_to_pre_order, entitled_to_subscription
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shop_state import PAYMENT, SETTINGS
from reconciler.conformance.verdicts import ClauseNotChecked, named_value
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.frozen_class import frozen

_FOLLOWERS: Final = (("amazonPay", "use"), ("amazonPay", "regular"), ("systemParts", "output"))


@frozen
class SwitchStep:
    """`value` was written to `useAmazon`; the integration before and after it."""

    value: bool
    answer: BackendAnswer
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def changed(self) -> bool:
        return bool(self.before["amazonSettings"]["value"]["useAmazon"]) is not self.value


async def switch_steps(kit: Kit) -> tuple[SwitchStep, ...]:
    """The other value, the same again, and back; where the shop may not turn it on, only off."""
    if "switch" not in kit.memory:
        kit.memory["switch"] = None
        state = kit.switchable()
        await kit.close(state.shop)
        values = (
            [False, False] if not entitled_to_amazon(state) else [not state.enabled, not state.enabled, state.enabled]
        )
        kit.memory["switch"] = tuple([await _step(kit, state.shop, value) for value in values])
    steps: tuple[SwitchStep, ...] | None = kit.memory["switch"]
    if steps is None:
        raise ClauseNotChecked(msg("`useAmazon` could not be written"))
    return steps


async def _step(kit: Kit, shop: str, value: bool) -> SwitchStep:
    before = (await kit.integration(shop)).body
    answer = expect_status(await kit.patch(shop, SETTINGS, {"useAmazon": value}), 200)
    expect_value(answer, "useAmazon", value, answer.body.get("useAmazon"))
    return SwitchStep(value=value, answer=answer, before=before, after=(await kit.integration(shop)).body)


@checks_clause("K301")
async def _followers(kit: Kit) -> None:
    for step in await switch_steps(kit):
        for part, name in _FOLLOWERS:
            expect_value(step.answer, name, step.value, step.after[part]["value"].get(name))


@checks_clause("K302")
async def _others_do_not_follow(kit: Kit) -> None:
    for step in await switch_steps(kit):
        old, new = step.before["amazonPay"]["value"], step.after["amazonPay"]["value"]
        for name in ("preOrder", "subscription", "autoLink"):
            expect_value(step.answer, name, old.get(name), new.get(name))


@checks_clause("K303")
async def _followers_have_new_versions(kit: Kit) -> None:
    changed = [step for step in await switch_steps(kit) if step.changed]
    if not changed:
        raise ClauseNotChecked(msg("no named shop may turn `useAmazon` on"))
    for step in changed:
        for part in ("amazonSettings", "amazonPay", "systemParts"):
            old, new = step.before[part]["version"], step.after[part]["version"]
            if old == new:
                raise step.answer.broken(
                    msg("another version of `{part}`", part=part), named_value(f"{part}.version", new)
                )


@checks_clause("K304")
async def _buttons(kit: Kit) -> None:
    for state in kit.before:
        answer = await kit.resource(state.shop, SETTINGS)
        _expect_buttons(answer, answer.body)
    for step in await switch_steps(kit):
        _expect_buttons(step.answer, step.after["amazonSettings"]["value"])


def _expect_buttons(answer: BackendAnswer, settings: Mapping[str, Any]) -> None:
    items = all(settings.get(key) for key in ("sellerId", "clientId", "notificationEmail"))
    shown = bool(settings.get("useAmazon") and items and settings["mwsAuthToken"].get("state") != "UNSET")
    expect_value(answer, "buttonsVisible", shown, settings.get("buttonsVisible"))


@checks_clause("K305")
async def _values_survive(kit: Kit) -> None:
    for step in await switch_steps(kit):
        settings, after = step.before["amazonSettings"]["value"], step.after["amazonSettings"]["value"]
        expect_keys(step.answer, settings, after, ["useAmazon", "buttonsVisible"])
        parts = step.before["systemParts"]["value"]["parts"]
        expect_value(step.answer, "parts", parts, step.after["systemParts"]["value"].get("parts"))


@checks_clause("K306")
async def _payment_does_not_reach_back(kit: Kit) -> None:
    probe = kit.probe(PAYMENT)
    before = await kit.resource(probe.shop, SETTINGS)
    answer = expect_status(await kit.write(probe, probe.after), 200)
    after = await kit.resource(probe.shop, SETTINGS)
    expect_keys(answer, before.body, after.body)
    expect_value(after, "ETag", before.etag, after.etag)


@checks_clause("K307")
async def _switch_needs_entitlements(kit: Kit) -> None:
    state = kit.find(
        lambda each: not entitled_to_amazon(each) and not each.enabled and each.consistent,
        msg("every named shop may turn `useAmazon` on"),
    )
    await kit.close(state.shop)
    answer = expect_problem(await kit.patch(state.shop, SETTINGS, {"useAmazon": True}), "NOT_ENTITLED")
    expect_value(answer, "useAmazon", False, (await kit.resource(state.shop, SETTINGS)).body.get("useAmazon"))


@checks_clause("K308")
async def _payment_needs_entitlements(kit: Kit) -> None:
    refused = 0
    for state in kit.before:
        payment = state.values[PAYMENT]
        for name, allowed in (
            ("preOrder", entitled_to_pre_order(state)),
            ("subscription", entitled_to_subscription(state)),
        ):
            if allowed or payment.get(name):
                continue
            refused += 1
            answer = expect_problem(await kit.patch(state.shop, PAYMENT, {name: True}), "NOT_ENTITLED")
            expect_value(answer, name, False, (await kit.resource(state.shop, PAYMENT)).body.get(name))
    if not refused:
        raise ClauseNotChecked(msg("every named shop may use both"))
