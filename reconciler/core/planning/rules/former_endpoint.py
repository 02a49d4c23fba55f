"""The endpoint that stays behind at Seller Central when a shop changes its seller.

An endpoint belongs to the list of one seller, so registering the URL with the new seller takes nothing away from the former one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.values import Registration, Scalar, Unset

_SELLER: Final = FieldRef("amazon_settings", "seller_id")
_REGISTRATION: Final = FieldRef("ipn_endpoint", "registration")


def former_endpoint_stays(case: RuleContext) -> Iterator[Diagnostic]:
    settings = case.observed.kind(AmazonSettings)
    if settings is None or case.observed.value(_REGISTRATION) is not Registration.REGISTERED:
        return
    for change in case.changes:
        if change.ref != _SELLER or not isinstance(change.before, str):
            continue
        yield diagnostic(
            codes.FORMER_ENDPOINT,
            _stays(settings.merchant_site_url, change.before),
            hint=msg(
                "Keep it until all open transactions there are settled, then remove it in Amazon Seller Central "
                "of {seller}: 設定 > インスタント通知(IPN)",
                seller=change.before,
            ),
            shop=case.desired.shop,
            subject=_REGISTRATION.manifest_path,
            origin=change.origin,
        )


def _stays(url: Scalar | Unset, seller: str) -> Message:
    if isinstance(url, str):
        return msg("The IPN endpoint {url} stays registered with the former seller {seller}", url=url, seller=seller)
    return msg("The shop's IPN endpoint stays registered with the former seller {seller}", seller=seller)
