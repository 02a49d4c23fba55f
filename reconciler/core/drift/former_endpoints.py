"""The IPN endpoint of a shop that is still in the list of a seller whom the shop left.

In: the shop's URL and the former seller. Out: what a drift check says. It is a warning and no difference: the endpoint may
have to stay until what is open at the former seller is settled, and no apply removes it.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.foreign_endpoints import REGISTRATION
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class FormerEndpoint:
    """`url` is the shop's 販売事業者様サイトURL, `seller` one whom the shop left; `origin` is where a finding points."""

    shop: ShopKey
    seller: str
    url: str
    origin: Origin


def former_endpoint_diagnostic(former: FormerEndpoint) -> Diagnostic:
    """The endpoint is still registered."""
    return diagnostic(
        codes.FORMER_ENDPOINT,
        msg(
            "The IPN endpoint {url} is still registered with the former seller {seller}",
            url=former.url,
            seller=former.seller,
        ),
        hint=msg(
            "Keep it until all open transactions there are settled, then remove it in Amazon Seller Central "
            "of {seller}: 設定 > インスタント通知(IPN)",
            seller=former.seller,
        ),
        shop=former.shop,
        subject=REGISTRATION.manifest_path,
        origin=former.origin,
    )


def former_endpoint_unread(former: FormerEndpoint, why: Message) -> Diagnostic:
    """Whether it is still registered is not known."""
    finding = diagnostic(
        codes.FORMER_ENDPOINT,
        msg(
            "Cannot read whether the IPN endpoint {url} is still registered with the former seller {seller}: {why}",
            url=former.url,
            seller=former.seller,
            why=why,
        ),
        shop=former.shop,
        subject=REGISTRATION.manifest_path,
        origin=former.origin,
    )
    return replace(finding, severity=Severity.NOTE)
