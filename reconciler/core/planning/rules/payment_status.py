"""Whether an order that is paid at Amazon becomes 入金済み: by 自動連携, or by a notification to the IPN endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings
from reconciler.core.model.state import FieldRef, fields_where
from reconciler.core.planning.cascade import REGISTRATION_FIELD, SELLER_FIELD
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.values import UNSET, Registration

_AUTO_LINK = FieldRef("amazon_pay_payment", "auto_link")
_OPTIONAL_FIELDS: Final = fields_where(lambda policy: policy.optional)


def orders_can_become_paid(case: RuleContext) -> Iterator[Diagnostic]:
    """A backend that does not offer 自動連携 says nothing about it, so nothing is judged there."""
    settings, payment = case.after.kind(AmazonSettings), case.after.kind(AmazonPayPayment)
    if settings is None or settings.enabled is not True or payment is None or payment.auto_link is not False:
        return
    if _has_endpoint(case):
        return
    yield diagnostic(
        codes.NO_PATH_TO_PAID,
        msg(
            "Amazon is enabled (`amazon.enabled`), automatic linkage is off and no IPN endpoint is "
            "registered: no order becomes 入金済み automatically, and sales are not captured"
        ),
        hint=msg("Set payment.amazon_pay.auto_link to true, or seller_central.ipn_endpoint to registered"),
        shop=case.desired.shop,
        subject=_AUTO_LINK.manifest_path,
        origin=case.desired.origin_of(_AUTO_LINK.manifest_path),
    )


def _has_endpoint(case: RuleContext) -> bool:
    """Also true where the registrations could not be read. A new seller has only the endpoint that the plan registers."""
    written = {change.ref for change in case.changes}
    if SELLER_FIELD in written and REGISTRATION_FIELD not in written:
        return False
    return case.after.value(REGISTRATION_FIELD) is not Registration.ABSENT


def declared_is_offered(case: RuleContext) -> Iterator[Diagnostic]:
    """An optional setting that the backend did not return is neither compared nor written."""
    for ref, _ in case.desired.declared_among(_OPTIONAL_FIELDS):
        if case.observed.value(ref) is UNSET:
            yield diagnostic(
                codes.NOT_OFFERED,
                msg("The backend does not offer {label}, so its declared value has no effect", label=ref.full_name),
                hint=msg("Delete {place}, or ask the platform", place=ref.manifest_path or ""),
                shop=case.desired.shop,
                subject=ref.manifest_path,
                origin=case.desired.origin_of(ref.manifest_path),
            )
