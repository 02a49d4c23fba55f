"""The story of a drift check: gather, compare with what was last applied, and ask the backend who changed it. It cannot write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing

from reconciler.core.drift.drift import Drift, ShopDrift, drift_of, most_severe_first
from reconciler.core.drift.in_sync import is_in_sync
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired, Observed
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import ShopKey
from reconciler.ports import Manifests, ObservingBackend, Secrets
from reconciler.ports.sync_cache import SyncCache, SyncedShop, SyncSnapshot
from reconciler.workflows.drift.foreign_endpoints import EndpointScope, with_foreign_endpoints
from reconciler.workflows.drift.former_endpoints import with_former_endpoints
from reconciler.workflows.drift.incremental import cached_endpoints, load_incremental, save_snapshot, synced_shop
from reconciler.workflows.drift.notifications import SeenShop, seen_of, with_notifications
from reconciler.workflows.drift.trails import with_authors
from reconciler.workflows.drift.unmanaged import BackendShops, list_backend_shops, shops_on, with_unmanaged
from reconciler.workflows.gather import DesiredObserved, observe_in_chunks
from reconciler.workflows.sources import DriftSources, other_key_warnings


async def check_drift(  # noqa: PLR0913  # what is compared, and how, all by keyword
    selection: Selection,
    manifests: Manifests,
    secrets: Secrets,
    backend: ObservingBackend,
    evidence: DriftSources | None = None,
    *,
    memory: SyncCache | None = None,
    require_secrets: bool = False,
) -> Drift:
    """Raises BackendError only where nothing at all can be read; and what the history raises.

    `require_secrets`: a shop of which a secret is not available counts as unknown. With a `memory`, what moved neither in Git
    nor at the backend since the last time is not compared again. Shops without a manifest are counted where everything is
    checked.
    """
    known = evidence or DriftSources()
    held = _DriftCollector(known)
    recalled = await load_incremental(memory, selection, manifests, secrets, backend, require_secrets=require_secrets)
    if recalled is not None:
        held.recall(recalled.standing)
        held.compare(recalled.pairs)
        manifest, listed = recalled.manifest, shops_on(recalled.standing.pages)
    else:
        manifest = manifests.read(selection)
        async with aclosing(
            observe_in_chunks(manifest.shops, secrets, backend, require_secrets=require_secrets)
        ) as coming:
            async for pairs in coming:
                held.compare(pairs)
        listed = await _listed(backend, selection, known)
    if memory is not None and selection.everything and (recalled is None or recalled.moved):
        save_snapshot(memory, manifest, SyncSnapshot(pages=listed.pages, shops=held.stood))
    drift = Drift(
        shops=most_severe_first(held.shops), findings=(*manifest.findings, *other_key_warnings(held.incomparable))
    )
    names = manifest.names if selection.everything else _all_names(manifests, known)
    drift = with_unmanaged(drift, listed, names, known.history, listed=known.list_unmanaged)
    return await _with_surroundings(drift, held, selection, manifests, backend)


async def _listed(backend: ObservingBackend, selection: Selection, known: DriftSources) -> BackendShops:
    """The shops of the backend, where those without a manifest are counted or listed."""
    if not selection.everything and not known.list_unmanaged:
        return BackendShops()
    return await list_backend_shops(backend, everything=selection.everything)


def _all_names(manifests: Manifests, known: DriftSources) -> Sequence[str]:
    """Of a check of some shops: the names of all, where those without a manifest are listed."""
    return manifests.read(Selection()).names if known.list_unmanaged else ()


async def _with_surroundings(
    drift: Drift, held: _DriftCollector, selection: Selection, manifests: Manifests, backend: ObservingBackend
) -> Drift:
    """With what is known beside the settings: endpoints of sellers, notifications, and who changed what."""
    known = held.known
    around = EndpointScope(
        selection=selection,
        manifests=manifests,
        backend=backend,
        known=known.other_endpoints,
        remembered=len(held.remembered),
    )
    drift = await with_foreign_endpoints(drift, held.seen, around)
    drift = await with_former_endpoints(drift, held.all_seen(), known, backend)
    drift = (
        drift if known.notifications is None else await with_notifications(drift, held.all_seen(), known.notifications)
    )
    return drift if known.audit is None else await with_authors(drift, held.worlds, known.audit, known.authors)


class _DriftCollector:
    """The shops so far; of the changed ones also the observed values, which are needed to find who changed them."""

    def __init__(self, known: DriftSources) -> None:
        self.known = known
        self.shops: list[ShopDrift] = []
        self.worlds: dict[ShopKey, Observed] = {}
        self.seen: dict[ShopKey, SeenShop] = {}
        self.stood: dict[ShopKey, SyncedShop] = {}
        self.incomparable = 0
        self.remembered: Mapping[ShopKey, SyncedShop] = {}

    def recall(self, standing: SyncSnapshot) -> None:
        self.shops.extend(
            ShopDrift(shop=shop, origin=it.origin, labels=it.labels, group=it.group)
            for shop, it in standing.shops.items()
        )
        self.stood.update(standing.shops)
        self.remembered = standing.shops

    def all_seen(self) -> dict[ShopKey, SeenShop]:
        """Also of the shops that were not read now. Only the hearing asks for them."""
        return {shop: cached_endpoints(shop, it) for shop, it in self.remembered.items()} | self.seen

    def compare(self, pairs: Sequence[DesiredObserved]) -> None:
        for desired, observed, past in self.known.with_last_applied(pairs):
            self.incomparable += past.incomparable
            self.seen.update(seen_of(desired, observed))
            if is_in_sync(desired, observed, past):
                self._report_in_sync(desired)
                continue
            shop_drift = drift_of(desired, observed, plan_shop(desired, observed, RequestPace()), past)
            self.shops.append(shop_drift)
            if shop_drift.backend_moved:
                self.worlds[desired.shop] = observed

    def _report_in_sync(self, desired: Desired) -> None:
        self.shops.append(
            ShopDrift(shop=desired.shop, origin=desired.origin, labels=desired.labels, group=desired.group)
        )
        it = synced_shop(desired, self.seen[desired.shop])
        if it is not None:
            self.stood[desired.shop] = it
