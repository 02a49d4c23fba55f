"""Whether what will stand hangs together: the screen's items, the seller of the IPN endpoint, what should follow the switch."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import say
from reconciler.core.model.kinds import AMAZON_SETTINGS, SYSTEM_PARTS, AmazonSettings, SystemParts
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.cascade import SCREEN_ITEMS, SWITCH, not_following
from reconciler.core.planning.rules.case import Case
from reconciler.core.values import ABSENT, UNSET, ApiStatus

_REGISTRATION = FieldRef("ipn_endpoint", "registration")


def screen_is_complete(case: Case) -> Iterator[Diagnostic]:
    """Buttons show only when 利用設定 is on and every item of the screen is set: on without them is allowed, and useless."""
    settings = case.after.of(AmazonSettings)
    if settings is None or settings.enabled is not True or case.desired.of(AmazonSettings).enabled is UNSET:
        return
    for name in SCREEN_ITEMS:
        if getattr(settings, name) is ABSENT:
            policy = AMAZON_SETTINGS.field(name).policy
            yield found(
                codes.INCOMPLETE,
                say("利用設定 will be on, but {item} is empty, so shoppers will see no button", item=policy.label),
                way_on=say("Declare {place}", place=policy.declared or ""),
                shop=case.desired.shop,
                subject=policy.declared,
                origin=case.desired.origin_of(SWITCH.declared),
            )


def ipn_has_a_seller(case: Case) -> Iterator[Diagnostic]:
    """An endpoint is registered with a seller id, and is the URL that the platform issued."""
    settings = case.after.of(AmazonSettings)
    for change in case.changes:
        if change.ref != _REGISTRATION or settings is None:
            continue
        for name in ("seller_id", "merchant_site_url"):
            if not isinstance(getattr(settings, name), str):
                label = AMAZON_SETTINGS.field(name).policy.label
                yield found(
                    codes.NO_SELLER,
                    say("The IPN endpoint cannot be written: the shop has no {item}", item=label),
                    way_on=say("Declare amazon.api.seller_id")
                    if name == "seller_id"
                    else say("Ask the platform to issue it, or leave seller_central.ipn_endpoint out until then"),
                    shop=case.desired.shop,
                    subject=_REGISTRATION.declared,
                    origin=change.origin,
                )


def api_values_hold(case: Case) -> Iterator[Diagnostic]:
    """Amazon refuses what stands, and nothing in the plan replaces it."""
    settings = case.observed.of(AmazonSettings)
    replaced = any(change.ref.declared and change.ref.declared.startswith("amazon.api.") for change in case.changes)
    if settings is not None and settings.api_status is ApiStatus.ERROR and not replaced:
        yield found(
            codes.API_ERROR,
            say("Amazon refuses the shop's API values as they stand, and the plan does not replace them"),
            way_on=say("Check them in Seller Central, and declare the right ones under amazon.api"),
            shop=case.desired.shop,
            subject="amazon.api",
            origin=case.desired.origin_of("amazon.api.seller_id"),
        )


def derived_follow(case: Case) -> Iterator[Diagnostic]:
    """決済一覧, 通常販売 or the system parts do not follow 利用設定, and the manifest does not manage 利用設定."""
    if case.desired.of(AmazonSettings).enabled is not UNSET:
        return
    for ref in not_following(case.after):
        yield found(
            codes.NOT_FOLLOWED,
            say("{label} does not follow 利用設定, which the manifest does not manage", label=ref.spec.policy.label),
            way_on=say(
                "Declare amazon.enabled, so that it can be written again, or turn it off and on in the admin screen"
            ),
            shop=case.desired.shop,
            subject=str(ref),
            origin=case.desired.origin,
        )


def parts_exist(case: Case) -> Iterator[Diagnostic]:
    """Which system parts there are is the backend's matter: one that it did not answer, it will refuse."""
    have = case.observed.of(SystemParts)
    if have is None or have.messages is UNSET:
        return
    parts = {_part(entry) for entry in have.messages}
    for change in case.changes:
        if change.ref.kind == SYSTEM_PARTS.name and change.ref.entry and _part(change.ref.entry) not in parts:
            yield found(
                codes.UNKNOWN_PART,
                say("The backend has no system part {part}", part=_part(change.ref.entry)),
                expected=say("one of {parts}", parts=", ".join(sorted(parts))),
                way_on=say("Mend the name under amazon.messages, or delete it"),
                shop=case.desired.shop,
                subject=change.ref.declared,
                origin=change.origin,
            )


def _part(entry: str) -> str:
    return entry.partition(".")[0]
