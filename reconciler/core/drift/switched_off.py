"""What a shop loses when 利用設定 is switched off at the backend, by a merchant or by the platform itself.

In: the desired and the observed settings of a shop that Git declares on. Out: a diagnostic with the consequences, since the
field alone does not show what shoppers see.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import Message, msg, msg_list
from reconciler.core.drift.payment_problems import PaymentFinding, PaymentProblem, is_open
from reconciler.core.model.state import Desired, FieldRef, Observed
from reconciler.core.planning.cascade import ENABLED_FIELD

_FOLLOWING: Final = (
    FieldRef("amazon_pay_payment", "use"),
    FieldRef("amazon_pay_payment", "regular"),
    FieldRef("system_parts", "output"),
)


def switched_off_finding(desired: Desired, observed: Observed, *, was_on: bool) -> PaymentFinding:
    """`was_on`: Git's value was applied before, so an open shop has lost a payment method that worked."""
    finding = _diagnostic(desired, observed)
    if was_on and is_open(observed):
        return PaymentFinding(
            problem=PaymentProblem.SWITCHED_OFF, diagnostic=replace(finding, severity=Severity.CRITICAL)
        )
    return PaymentFinding(problem=None, diagnostic=finding)


def _diagnostic(desired: Desired, observed: Observed) -> Diagnostic:
    return diagnostic(
        codes.SWITCHED_OFF,
        _consequences([ref.short_name for ref in _FOLLOWING if observed.value(ref) is False]),
        hint=msg(
            "Ask the platform or the merchant why; `reconciler apply {shop}` enables it again and "
            "closes the shop for the change (要閉店)",
            shop=desired.shop,
        ),
        shop=desired.shop,
        subject=ENABLED_FIELD.manifest_path,
        origin=desired.origin_of(ENABLED_FIELD.manifest_path),
    )


def _consequences(items: list[Message]) -> Message:
    if not items:
        return msg(
            "Amazon is disabled (`amazon.enabled`): no page of the shop shows an Amazon Pay or Amazon login button"
        )
    return msg(
        "Amazon is disabled (`amazon.enabled`): no page of the shop shows an Amazon Pay or "
        "Amazon login button; also disabled: {items}",
        items=msg_list(items),
    )
