"""The endpoints in Seller Central: what a shop's seller has registered, and which URL is no shop's 販売事業者様サイトURL.

In: the observed shops. Out: foreign endpoints, and their diagnostics. A list belongs to a seller: the shops of one seller see the
same list, so the first of them reports it. Whether a URL is another shop's is known only for shops that were read.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.model.kinds import AmazonSettings, IpnEndpoint
from reconciler.core.model.state import FieldRef, Observed
from reconciler.core.values import Origin, Registration, ShopKey
from reconciler.lib.frozen_class import frozen

REGISTRATION: Final = FieldRef("ipn_endpoint", "registration")
_OTHERS: Final = FieldRef("ipn_endpoint", "others")
_NAMED: Final = 5
_LONGEST: Final = 200


@frozen
class Endpoints:
    """`url` is the shop's 販売事業者様サイトURL, `others` are the URLs beside it in the list of `seller`."""

    shop: ShopKey
    registered: bool
    seller: str | None
    url: str | None
    others: tuple[str, ...]


@frozen
class ForeignEndpoints:
    """`urls`, sorted, are in the list of `seller`, as `shop` sees it."""

    shop: ShopKey
    seller: str
    urls: tuple[str, ...]


def endpoints_of(observed: Observed) -> Endpoints | None:
    """None where the shop could not be read."""
    settings, endpoint = observed.kind(AmazonSettings), observed.kind(IpnEndpoint)
    if settings is None or endpoint is None:
        return None
    return Endpoints(
        shop=observed.shop,
        registered=endpoint.registration is Registration.REGISTERED,
        seller=settings.seller_id if isinstance(settings.seller_id, str) else None,
        url=settings.merchant_site_url if isinstance(settings.merchant_site_url, str) else None,
        others=endpoint.others if isinstance(endpoint.others, tuple) else (),
    )


def find_foreign_endpoints(
    scope: Sequence[Endpoints], beside: Sequence[Endpoints] = (), known: Container[str] = ()
) -> tuple[ForeignEndpoints, ...]:
    """Of the sellers of `scope`, in its order. `beside` are further shops, `known` are allowed URLs."""
    lists: dict[str, Endpoints] = {}
    for one in scope:
        if one.seller is not None and one.others:
            lists.setdefault(one.seller, one)
    ours = {(one.seller, one.url) for one in (*scope, *beside) if one.seller in lists}
    endpoints = (
        ForeignEndpoints(
            shop=one.shop,
            seller=seller,
            urls=tuple(sorted({url for url in one.others if (seller, url) not in ours and url not in known})),
        )
        for seller, one in lists.items()
    )
    return tuple(one for one in endpoints if one.urls)


def foreign_endpoint_diagnostic(these: ForeignEndpoints, origin: Origin, *, certain: bool) -> Diagnostic:
    """`certain`: all shops that the backend has were read. Where not, it is only a note."""
    named = ", ".join(_shown(url) for url in these.urls[:_NAMED])
    found = diagnostic(
        codes.FOREIGN_ENDPOINT,
        msg(
            "{seller} has endpoints in Amazon Seller Central that belong to no known shop ({count}): {urls}",
            seller=these.seller,
            count=len(these.urls),
            urls=named if len(these.urls) <= _NAMED else f"{named}, ...",
        ),
        expected=msg("only the 販売事業者様サイトURL of the seller's shops"),
        hint=msg("Remove them in Amazon Seller Central, or list them under `ipn.other_endpoints` if they belong there"),
        shop=these.shop,
        subject=str(_OTHERS),
        origin=origin,
    )
    if certain:
        return found
    return replace(
        found,
        severity=Severity.NOTE,
        hint=msg("Not all shops could be read, so it may belong to one of them: check again when they can be read"),
    )


def _shown(url: str) -> str:
    """Foreign text: an address may have a user, a query or a length of its own."""
    plain = redact(url)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
