"""What a drift check reports about former sellers: whether the shops' IPN endpoints are still in the lists of those sellers.

The journal names the shops in which an apply replaced the SellerId. Only those cost a request: one per former seller, and one
per shop whose URL is unknown because it was not read now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift, ShopDrift
from reconciler.core.drift.foreign_endpoints import endpoints_of
from reconciler.core.drift.former_endpoints import FormerEndpoint, former_endpoint_diagnostic, former_endpoint_unread
from reconciler.core.planning.cascade import SELLER_FIELD
from reconciler.core.values import ShopKey
from reconciler.ports import BackendError, ObservingBackend, SellerEndpoints
from reconciler.workflows.drift.notifications import SeenShop
from reconciler.workflows.sources import DriftSources

FORMER_SELLERS: Final = 50
"""The lists that one check reads: each costs a request."""


@dataclass(slots=True)
class _ListsRead:
    """By seller: the URLs in the list, or why it could not be read."""

    urls: dict[str, frozenset[str]] = field(default_factory=dict)
    failed: dict[str, BackendError] = field(default_factory=dict)


async def with_former_endpoints(
    drift: Drift, seen: Mapping[ShopKey, SeenShop], sources: DriftSources, backend: ObservingBackend
) -> Drift:
    """`seen` are all shops of the drift that could be read, now or before. Raises what the history raises."""
    if sources.history is None or not isinstance(backend, SellerEndpoints):
        return drift
    replaced = sources.history.replaced_values(SELLER_FIELD)
    shops = [shop.shop for shop in drift.shops if shop.shop in replaced and shop.shop in seen]
    if not shops:
        return drift
    known = await _with_urls(shops, seen, backend)
    former = [one for shop in shops for one in _former(known[shop], replaced[shop], sources.other_endpoints)]
    sellers = sorted({one.seller for one in former})
    lists = await _read_lists(sellers[:FORMER_SELLERS], backend)
    findings = [finding for one in former if (finding := _finding(one, lists)) is not None]
    shown = replace(drift, shops=tuple(_with(shop, findings) for shop in drift.shops))
    return replace(shown, findings=sort_diagnostics((*shown.findings, *_left_out(len(sellers)))))


async def _with_urls(
    shops: Sequence[ShopKey], seen: Mapping[ShopKey, SeenShop], backend: ObservingBackend
) -> dict[ShopKey, SeenShop]:
    """A shop that was not read now, since it did not move, is read for its URL and seller."""
    known = {shop: seen[shop] for shop in shops}
    unread = [shop for shop in shops if known[shop].endpoints.url is None]
    try:
        if unread:
            async for observed in backend.observe(unread):
                endpoints = endpoints_of(observed)
                if endpoints is not None:
                    known[observed.shop] = replace(known[observed.shop], endpoints=endpoints)
    except BackendError:
        return known  # nothing can be read any more: what was read counts
    return known


def _former(seen: SeenShop, replaced: Sequence[str], accepted: Iterable[str]) -> list[FormerEndpoint]:
    here = seen.endpoints
    if here.url is None or here.url in accepted:
        return []
    return [
        FormerEndpoint(shop=here.shop, seller=seller, url=here.url, origin=seen.origin)
        for seller in replaced
        if seller != here.seller
    ]


async def _read_lists(sellers: Sequence[str], backend: SellerEndpoints) -> _ListsRead:
    lists = _ListsRead()

    async def read(seller: str) -> None:
        try:
            lists.urls[seller] = await backend.seller_endpoints(seller)
        except BackendError as error:
            lists.failed[seller] = error

    async with anyio.create_task_group() as group:
        for seller in sellers:
            group.start_soon(read, seller)
    return lists


def _finding(one: FormerEndpoint, lists: _ListsRead) -> Diagnostic | None:
    if one.seller in lists.failed:
        return former_endpoint_unread(one, lists.failed[one.seller].text)
    return former_endpoint_diagnostic(one) if one.url in lists.urls.get(one.seller, ()) else None


def _with(shop: ShopDrift, findings: Iterable[Diagnostic]) -> ShopDrift:
    own = [finding for finding in findings if finding.shop == shop.shop]
    return replace(shop, findings=sort_diagnostics((*shop.findings, *own))) if own else shop


def _left_out(sellers: int) -> list[Diagnostic]:
    if sellers <= FORMER_SELLERS:
        return []
    text = msg(
        "The endpoints of some former sellers were not read (read: {asked}, omitted: {count})",
        asked=FORMER_SELLERS,
        count=sellers - FORMER_SELLERS,
    )
    note = diagnostic(codes.FORMER_ENDPOINT, text, hint=msg("Name the shops to check"))
    return [replace(note, severity=Severity.NOTE)]
