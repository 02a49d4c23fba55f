"""A drift check of a fleet that was checked before: only later changes are read and compared.

In: the shops found in sync, and a backend that reports changed pages. Out: the pairs to be compared, and what to cache for the
next check. If neither Git nor a page changed, no manifest is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.core.drift.foreign_endpoints import Endpoints
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired, Observed
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Manifest, Manifests, ObservingBackend, Secrets
from reconciler.ports.sync_cache import PagedBackend, PagesRearranged, SyncCache, SyncedShop, SyncSnapshot
from reconciler.workflows.drift.notifications import SeenShop
from reconciler.workflows.gather import DesiredObserved, resolve_secrets, unknown_without_secrets, uses_secret


@frozen
class IncrementalCheck:
    """What is known without comparing, and what has to be compared. `manifest` is empty if nothing has. If no page `moved`, the
    cache is already current.
    """

    standing: SyncSnapshot
    manifest: Manifest
    moved: bool
    pairs: tuple[DesiredObserved, ...] = ()


async def load_incremental(
    memory: SyncCache | None,
    selection: Selection,
    manifests: Manifests,
    secrets: Secrets,
    backend: ObservingBackend,
    *,
    require_secrets: bool = False,
) -> IncrementalCheck | None:
    """None where nothing is known that would help. Raises BackendError where nothing can be read."""
    kept = memory.load() if memory is not None and selection.everything else None
    if kept is None or not isinstance(backend, PagedBackend):
        return None
    try:
        moved = {page.query: (page, worlds) async for page, worlds in backend.reread_changed(kept.pages)}
    except PagesRearranged:
        return None
    pages = tuple(moved[page.query][0] if page.query in moved else page for page in kept.pages)
    worlds = {world.shop: world for _, some in moved.values() for world in some}
    manifest = manifests.read(selection) if worlds else Manifest(shops=(), findings=())
    left = {shop: it for shop, it in kept.shops.items() if shop not in worlds} if worlds else kept.shops
    return IncrementalCheck(
        standing=SyncSnapshot(pages=pages, shops=left),
        manifest=manifest,
        moved=bool(moved),
        pairs=tuple(_pairs(manifest, worlds, secrets, require_secrets=require_secrets)),
    )


def _pairs(
    manifest: Manifest, worlds: dict[ShopKey, Observed], secrets: Secrets, *, require_secrets: bool
) -> Iterable[DesiredObserved]:
    ready = resolve_secrets([desired for desired in manifest.shops if desired.shop in worlds], secrets)
    unknown = unknown_without_secrets(ready) if require_secrets else []
    left_out = {desired.shop for desired, _ in unknown}
    yield from ((desired, worlds[desired.shop]) for desired in ready if desired.shop not in left_out)
    yield from unknown


def save_snapshot(memory: SyncCache, manifest: Manifest, standing: SyncSnapshot) -> None:
    """Errors in manifests are reported each time; a page with a shop that was not in sync is read again."""
    if manifest.findings or not standing.pages:
        return
    held = (p if standing.shops.keys() >= set(p.shops) else replace(p, version=None) for p in standing.pages)
    memory.save(replace(standing, pages=tuple(held)))


def synced_shop(desired: Desired, seen: SeenShop) -> SyncedShop | None:
    """None where the verdict hangs on more than Git, the shop's page and the history: a secret may be changed unseen, and an
    endpoint beside the shop's own is explained by other shops.
    """
    if uses_secret(desired) or seen.endpoints.others:
        return None
    return SyncedShop(desired.origin, seen.endpoints.registered, seen.origin, desired.labels, desired.group)


def cached_endpoints(shop: ShopKey, it: SyncedShop) -> SeenShop:
    endpoints = Endpoints(shop=shop, registered=it.registered, seller=None, url=None, others=())
    return SeenShop(endpoints=endpoints, origin=it.place)
