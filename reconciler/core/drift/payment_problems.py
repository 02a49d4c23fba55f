"""What keeps payments from working in a shop as it is now, whether or not a field differs from Git.

In: the desired and the observed settings of one shop. Out: diagnostics, each with its class where the shop is live: open, with
利用設定 on. A shop that is not live loses no payment now, so the same finding is only a warning there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import Message, msg, msg_list
from reconciler.core.model.kinds import AMAZON_SETTINGS, AmazonSettings, StorefrontState
from reconciler.core.model.policy import Policy
from reconciler.core.model.state import Desired, Observed
from reconciler.core.planning.cascade import ENABLED_FIELD, REQUIRED_SETTINGS
from reconciler.core.planning.field_diff import declared_values, diff
from reconciler.core.values import ABSENT, ApiStatus, StorefrontStatus
from reconciler.lib.frozen_class import frozen

PLANNED_CODES: Final = frozenset({codes.API_ERROR, codes.INCOMPLETE})
"""What the rules of a plan say of the same subjects, about the state after the plan. A drift check speaks of the state now."""


class PaymentProblem(Enum):
    CREDENTIALS_REFUSED = "credentials-refused"
    """Amazon refuses the API values of a live shop: shoppers reach an error page."""
    BUTTONS_HIDDEN = "buttons-hidden"
    """利用設定 is on and the shop is open, and shoppers see no button."""
    SWITCHED_OFF = "switched-off"
    """利用設定 was applied and has been switched off since, in a shop that is open."""


@frozen
class PaymentFinding:
    """`problem` is None where the shop is not live."""

    problem: PaymentProblem | None
    diagnostic: Diagnostic


def payment_findings(desired: Desired, observed: Observed) -> tuple[PaymentFinding, ...]:
    """Nothing of a shop that could not be read."""
    settings = observed.kind(AmazonSettings)
    if settings is None:
        return ()
    found = (*_refused_credentials(desired, observed, settings), *_hidden_buttons(desired, settings))
    if settings.enabled is True and is_open(observed):
        return tuple(
            PaymentFinding(problem=problem, diagnostic=replace(finding, severity=Severity.CRITICAL))
            for problem, finding in found
        )
    return tuple(PaymentFinding(problem=None, diagnostic=finding) for _, finding in found)


def is_open(observed: Observed) -> bool:
    storefront = observed.kind(StorefrontState)
    return storefront is not None and storefront.status is StorefrontStatus.OPEN


def _refused_credentials(
    desired: Desired, observed: Observed, settings: AmazonSettings
) -> Iterator[tuple[PaymentProblem, Diagnostic]]:
    if settings.api_status is not ApiStatus.ERROR:
        return
    replaced = any((change.ref.manifest_path or "").startswith("amazon.api.") for change in diff(desired, observed))
    finding = diagnostic(
        codes.API_ERROR,
        msg("Amazon refuses the shop's API values"),
        hint=msg("Write the values of the manifest with `reconciler apply {shop}`", shop=desired.shop)
        if replaced
        else msg("Check them in Amazon Seller Central and declare the right values under amazon.api"),
        shop=desired.shop,
        subject="amazon.api",
        origin=desired.origin_of("amazon.api.seller_id"),
    )
    yield PaymentProblem.CREDENTIALS_REFUSED, finding


def _hidden_buttons(desired: Desired, settings: AmazonSettings) -> Iterator[tuple[PaymentProblem, Diagnostic]]:
    missing = [AMAZON_SETTINGS.field(name).policy for name in REQUIRED_SETTINGS if getattr(settings, name) is ABSENT]
    if settings.enabled is not True or not (missing or settings.buttons_visible is False):
        return
    finding = diagnostic(
        codes.INCOMPLETE,
        _no_button(missing),
        hint=_complete(desired, missing),
        shop=desired.shop,
        subject=(missing[0].manifest_path if missing else None) or ENABLED_FIELD.manifest_path,
        origin=desired.origin_of(ENABLED_FIELD.manifest_path),
    )
    yield PaymentProblem.BUTTONS_HIDDEN, finding


def _no_button(missing: list[Policy]) -> Message:
    if not missing:
        return msg(
            "Amazon is enabled (`amazon.enabled`) and every item of the screen is set, but shoppers see no button"
        )
    items = msg_list([policy.short_name for policy in missing])
    return msg(
        "Amazon is enabled (`amazon.enabled`), but shoppers see no button because these items are not set: {items}",
        items=items,
    )


def _complete(desired: Desired, missing: list[Policy]) -> Message:
    if not missing:
        return msg("Disable and enable it in the admin screen (利用設定), or ask the platform")
    places = ", ".join(policy.manifest_path or "" for policy in missing)
    if all(_declares(desired, policy) for policy in missing):
        return msg("Write the values of the manifest with `reconciler apply {shop}`", shop=desired.shop)
    return msg("Set {places}, then run `reconciler apply {shop}`", places=places, shop=desired.shop)


def _declares(desired: Desired, policy: Policy) -> bool:
    return any(ref.manifest_path == policy.manifest_path for ref, _ in declared_values(desired))
