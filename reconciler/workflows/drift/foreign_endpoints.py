"""What a drift check reports about foreign endpoints in Seller Central.

The compared shops explain nearly every endpoint. A remaining one may belong to a shop outside the selection, to a cached one, or
to one that no manifest declares. Only then those are read too, first the few that have the same seller
in their manifest.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.drift.drift import Drift, ShopDrift, most_severe_first
from reconciler.core.drift.foreign_endpoints import (
    Endpoints,
    ForeignEndpoints,
    endpoints_of,
    find_foreign_endpoints,
    foreign_endpoint_diagnostic,
)
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.selection import Selection
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, Manifests, ObservingBackend
from reconciler.workflows.drift.notifications import SeenShop


@frozen
class EndpointScope:
    """Where to find the shops that were not compared. `known` are URLs that are allowed beside the shops' own; `remembered`
    counts the shops that were not read, since they are known to be in sync.
    """

    selection: Selection
    manifests: Manifests
    backend: ObservingBackend
    known: Container[str]
    remembered: int = 0


@frozen
class _EndpointsRead:
    """`whole`: all that was asked for could be read."""

    endpoints: tuple[Endpoints, ...]
    whole: bool


async def with_foreign_endpoints(drift: Drift, seen: Mapping[ShopKey, SeenShop], around: EndpointScope) -> Drift:
    """The drift with a finding a seller, at the first of his shops that was compared. `seen` are those that were read."""
    scope = [seen[shop].endpoints for shop in sorted(seen)]
    left, whole = find_foreign_endpoints(scope, known=around.known), True
    if left:
        read = await _namesakes(left, seen, around)
        left = find_foreign_endpoints(scope, read, around.known)
    if left:
        rest = await _rest((*scope, *read), around)
        left, whole = find_foreign_endpoints(scope, (*read, *rest.endpoints), around.known), rest.whole
    uncertain = frozenset() if whole else frozenset(one.seller for one in left)
    sellers = frozenset(one.seller for one in scope if one.seller is not None) - uncertain
    known = replace(drift, sellers=sellers, foreign=left if whole else ())
    if not left:
        return known
    found = {one.shop: foreign_endpoint_diagnostic(one, seen[one.shop].origin, certain=whole) for one in left}
    shops = tuple(_with(shop, found.get(shop.shop), certain=whole) for shop in drift.shops)
    return replace(known, shops=most_severe_first(shops))


def _with(shop: ShopDrift, found: Diagnostic | None, *, certain: bool) -> ShopDrift:
    """What is not certain is a note, and no difference."""
    if found is None:
        return shop
    return replace(shop, foreign_endpoints=certain, findings=sort_diagnostics((*shop.findings, found)))


async def _namesakes(
    left: Sequence[ForeignEndpoints], seen: Mapping[ShopKey, SeenShop], around: EndpointScope
) -> tuple[Endpoints, ...]:
    """The shops that were not read now, and to which a manifest gives one of these sellers."""
    read = _known(one.endpoints for one in seen.values())
    if around.selection.everything and not around.remembered and len(read) == len(seen):
        return ()
    sellers = {one.seller for one in left}
    declared = around.manifests.read(Selection()).shops
    shops = [
        desired.shop
        for desired in declared
        if desired.kind(AmazonSettings).seller_id in sellers and desired.shop not in read
    ]
    return (await _read(shops, around.backend)).endpoints


async def _rest(read: Sequence[Endpoints], around: EndpointScope) -> _EndpointsRead:
    """All shops of the backend that were not read yet."""
    already = _known(read)
    try:
        keys = [shop async for shop in around.backend.shops()]
    except BackendError:
        return _EndpointsRead(endpoints=(), whole=False)
    return await _read([shop for shop in keys if shop not in already], around.backend)


def _known(read: Iterable[Endpoints]) -> set[ShopKey]:
    """Those whose seller is known."""
    return {one.shop for one in read if one.seller is not None}


async def _read(shops: Sequence[ShopKey], backend: ObservingBackend) -> _EndpointsRead:
    endpoints: list[Endpoints] = []
    try:
        if shops:
            async for world in backend.observe(shops):
                one = endpoints_of(world)
                endpoints.extend([one] if one else [])
    except BackendError:
        return _EndpointsRead(endpoints=tuple(endpoints), whole=False)
    return _EndpointsRead(endpoints=tuple(endpoints), whole=len(endpoints) == len(shops))
