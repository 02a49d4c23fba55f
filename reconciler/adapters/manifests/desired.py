"""A checked document as the core wants it: one value of each kind that the manifest mentions something of.

In: a shop's document and where its values come from. Out: `Desired`. Nothing is judged or defaulted here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.core.model.kinds import (
    AMAZON_PAY_PAYMENT,
    AMAZON_SETTINGS,
    IPN_ENDPOINT,
    STOREFRONT_STATUS,
    SYSTEM_PARTS,
)
from reconciler.core.model.state import Desired, Maintenance
from reconciler.core.values import Origin, ShopKey

_UNMENTIONED: Final = Maintenance()


def desired_of(document: ShopDocument, origins: Mapping[str, Origin]) -> Desired:
    """`origins` has the place of `shop`, which stands for the whole."""
    return Desired(
        shop=ShopKey(document.shop),
        values={name: value for name, value in _values(document) if value is not None},
        origin=origins["shop"],
        origins=origins,
        group=document.group,
        labels={name: value for name, value in (document.labels or {}).items() if value is not None},
        maintenance=document.maintenance.permission() if document.maintenance else _UNMENTIONED,
    )


def _values(document: ShopDocument) -> Iterator[tuple[str, Any]]:
    if (amazon := document.amazon) is not None:
        yield AMAZON_SETTINGS.name, amazon.settings()
        yield SYSTEM_PARTS.name, amazon.parts()
    if (payment := document.payment) is not None:
        yield AMAZON_PAY_PAYMENT.name, payment.settings()
    if (seller_central := document.seller_central) is not None:
        yield IPN_ENDPOINT.name, seller_central.endpoint()
    if (storefront := document.storefront) is not None:
        yield STOREFRONT_STATUS.name, storefront.state()
