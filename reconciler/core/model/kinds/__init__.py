"""The six kinds, in the order in which people see them. Each field has its policy here; rules across fields do not belong
here.

A new kind needs a module here, an entry in `KINDS`, a document, a wire codec, a stage in `ordering`, and a case. The
completeness test names what is missing.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.model.kinds.amazon_pay_payment import AMAZON_PAY_PAYMENT, AmazonPayPayment
from reconciler.core.model.kinds.amazon_settings import AMAZON_SETTINGS, AmazonSettings
from reconciler.core.model.kinds.entitlements import ENTITLEMENTS, Entitlements
from reconciler.core.model.kinds.ipn_endpoint import IPN_ENDPOINT, IpnEndpoint
from reconciler.core.model.kinds.storefront_status import STOREFRONT_STATUS, StorefrontState
from reconciler.core.model.kinds.system_parts import SYSTEM_PARTS, SystemParts
from reconciler.core.model.policy import KindSpec

KINDS: Final = (
    AMAZON_SETTINGS,
    AMAZON_PAY_PAYMENT,
    SYSTEM_PARTS,
    IPN_ENDPOINT,
    STOREFRONT_STATUS,
    ENTITLEMENTS,
)
KIND_NAMES: Final = tuple(kind.name for kind in KINDS)
_BY_NAME: Final = {kind.name: kind for kind in KINDS}


def kind_named(name: str) -> KindSpec:
    return _BY_NAME[name]


__all__ = [
    "AMAZON_PAY_PAYMENT",
    "AMAZON_SETTINGS",
    "ENTITLEMENTS",
    "IPN_ENDPOINT",
    "KINDS",
    "KIND_NAMES",
    "STOREFRONT_STATUS",
    "SYSTEM_PARTS",
    "AmazonPayPayment",
    "AmazonSettings",
    "Entitlements",
    "IpnEndpoint",
    "StorefrontState",
    "SystemParts",
    "kind_named",
]
