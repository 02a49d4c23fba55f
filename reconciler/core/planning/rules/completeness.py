"""Whether the resulting state is consistent: the screen's values, the seller of the IPN endpoint, its derived fields."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg, msg_list
from reconciler.core.model.kinds import AMAZON_SETTINGS, SYSTEM_PARTS, AmazonSettings, SystemParts
from reconciler.core.planning.cascade import ENABLED_FIELD, REGISTRATION_FIELD, REQUIRED_SETTINGS, inconsistent_fields
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.values import ABSENT, UNSET, ApiStatus


def required_settings_present(case: RuleContext) -> Iterator[Diagnostic]:
    """Buttons show only when 利用設定 is on and every item of the screen is set: on without them is allowed, and useless."""
    settings = case.after.kind(AmazonSettings)
    if settings is None or settings.enabled is not True or case.desired.kind(AmazonSettings).enabled is UNSET:
        return
    missing = [AMAZON_SETTINGS.field(name).policy for name in REQUIRED_SETTINGS if getattr(settings, name) is ABSENT]
    if missing:
        yield diagnostic(
            codes.INCOMPLETE,
            _no_button(
                msg_list([policy.short_name for policy in missing]), is_on=case.observed.value(ENABLED_FIELD) is True
            ),
            hint=msg("Set {place}", place=", ".join(policy.manifest_path or "" for policy in missing)),
            shop=case.desired.shop,
            subject=missing[0].manifest_path,
            origin=case.desired.origin_of(ENABLED_FIELD.manifest_path),
        )


def _no_button(items: Message, *, is_on: bool) -> Message:
    if is_on:
        return msg(
            "Amazon is enabled (`amazon.enabled`), but shoppers see no button because these items are not set: {items}",
            items=items,
        )
    return msg(
        "Amazon will be enabled (`amazon.enabled`), but shoppers will see no button because "
        "these items are not set: {items}",
        items=items,
    )


def ipn_has_a_seller(case: RuleContext) -> Iterator[Diagnostic]:
    """An endpoint is registered with a seller id, and is the URL that the platform issued."""
    settings = case.after.kind(AmazonSettings)
    for change in case.changes:
        if change.ref != REGISTRATION_FIELD or settings is None:
            continue
        for name in ("seller_id", "merchant_site_url"):
            if not isinstance(getattr(settings, name), str):
                label = AMAZON_SETTINGS.field(name).policy.full_name
                yield diagnostic(
                    codes.NO_SELLER,
                    msg("The IPN endpoint cannot be written: the shop has no {item}", item=label),
                    hint=msg("Set amazon.api.seller_id")
                    if name == "seller_id"
                    else msg("Ask the platform to issue it, or omit seller_central.ipn_endpoint until then"),
                    shop=case.desired.shop,
                    subject=REGISTRATION_FIELD.manifest_path,
                    origin=change.origin,
                )


def api_credentials_valid(case: RuleContext) -> Iterator[Diagnostic]:
    """Amazon refuses the present values, and nothing in the plan replaces them."""
    settings = case.observed.kind(AmazonSettings)
    replaced = any(
        change.ref.manifest_path and change.ref.manifest_path.startswith("amazon.api.") for change in case.changes
    )
    if settings is not None and settings.api_status is ApiStatus.ERROR and not replaced:
        yield diagnostic(
            codes.API_ERROR,
            msg("Amazon does not accept the shop's current API values, and the plan does not replace them"),
            hint=msg("Check them in Amazon Seller Central and declare the right values under amazon.api"),
            shop=case.desired.shop,
            subject="amazon.api",
            origin=case.desired.origin_of("amazon.api.seller_id"),
        )


def derived_consistent(case: RuleContext) -> Iterator[Diagnostic]:
    """決済一覧, 通常販売 or the system parts do not follow 利用設定, and the manifest does not manage 利用設定."""
    if case.desired.kind(AmazonSettings).enabled is not UNSET:
        return
    for ref in inconsistent_fields(case.after):
        yield diagnostic(
            codes.NOT_FOLLOWED,
            msg("{label} does not follow `amazon.enabled`, which the manifest does not manage", label=ref.full_name),
            hint=msg(
                "Declare amazon.enabled so that it can be written again, or disable and enable it in the admin screen"
            ),
            shop=case.desired.shop,
            subject=str(ref),
            origin=case.desired.origin,
        )


def parts_exist(case: RuleContext) -> Iterator[Diagnostic]:
    """Which system parts there are is the backend's matter: one that it did not answer, it will refuse."""
    have = case.observed.kind(SystemParts)
    if have is None or have.messages is UNSET:
        return
    parts = {_part(entry) for entry in have.messages}
    for change in case.changes:
        if change.ref.kind == SYSTEM_PARTS.name and change.ref.entry and _part(change.ref.entry) not in parts:
            yield diagnostic(
                codes.UNKNOWN_PART,
                msg("Unknown system part {part}", part=_part(change.ref.entry)),
                expected=msg("one of {parts}", parts=", ".join(sorted(parts))),
                hint=msg("Fix the name under amazon.messages, or delete it"),
                shop=case.desired.shop,
                subject=change.ref.manifest_path,
                origin=change.origin,
            )


def _part(entry: str) -> str:
    return entry.partition(".")[0]
