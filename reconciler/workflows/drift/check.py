"""The story of a drift check: gather, compare with what was last applied, and ask the backend who changed it. It cannot write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.drift.drift import Drift, ShopDrift, drift_of, most_severe_first, with_audit
from reconciler.core.drift.in_sync import is_in_sync
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired, Observed
from reconciler.core.planning.plan import RequestPace, plan_shop
from reconciler.core.values import ShopKey
from reconciler.ports import Audit, BackendError, Manifests, ObservingBackend, Secrets
from reconciler.ports.sync_cache import SyncCache, SyncedShop, SyncSnapshot
from reconciler.workflows.drift.foreign_endpoints import EndpointScope, with_foreign_endpoints
from reconciler.workflows.drift.former_endpoints import with_former_endpoints
from reconciler.workflows.drift.incremental import cached_endpoints, load_incremental, save_snapshot, synced_shop
from reconciler.workflows.drift.notifications import SeenShop, seen_of, with_notifications
from reconciler.workflows.drift.unmanaged import BackendShops, list_backend_shops, shops_on, with_unmanaged
from reconciler.workflows.gather import DesiredObserved, observe_in_chunks
from reconciler.workflows.sources import DriftSources, other_key_warnings

TRAILS: Final = 50
"""A trail costs at least one request, and hundreds of them are not useful."""


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
        wanted = selection.everything or known.list_unmanaged
        listed = await list_backend_shops(backend, everything=selection.everything) if wanted else BackendShops()
    if memory is not None and selection.everything and (recalled is None or recalled.moved):
        save_snapshot(memory, manifest, SyncSnapshot(pages=listed.pages, shops=held.stood))
    drift = Drift(
        shops=most_severe_first(held.shops), findings=(*manifest.findings, *other_key_warnings(held.incomparable))
    )
    names = (
        manifest.names if selection.everything else manifests.read(Selection()).names if known.list_unmanaged else ()
    )
    drift = with_unmanaged(drift, listed, names, known.history, listed=known.list_unmanaged)
    return await _with_surroundings(drift, held, selection, manifests, backend)


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
    return drift if known.audit is None else await _attributed(drift, held.worlds, known.audit)


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
        self.shops.extend(ShopDrift(shop=shop, origin=it.origin) for shop, it in standing.shops.items())
        self.stood.update(standing.shops)
        self.remembered = standing.shops

    def all_seen(self) -> dict[ShopKey, SeenShop]:
        """Also of the shops that were not read now. Only the hearing asks for them."""
        return {shop: cached_endpoints(shop, it) for shop, it in self.remembered.items()} | self.seen

    def compare(self, pairs: Sequence[DesiredObserved]) -> None:
        for wish, observed, past in self.known.with_last_applied(pairs):
            self.incomparable += past.incomparable
            self.seen.update(seen_of(wish, observed))
            if is_in_sync(wish, observed, past):
                self._report_in_sync(wish)
                continue
            shop_drift = drift_of(wish, observed, plan_shop(wish, observed, RequestPace()), past)
            self.shops.append(shop_drift)
            if shop_drift.backend_moved:
                self.worlds[wish.shop] = observed

    def _report_in_sync(self, wish: Desired) -> None:
        self.shops.append(ShopDrift(shop=wish.shop, origin=wish.origin))
        it = synced_shop(wish, self.seen[wish.shop])
        if it is not None:
            self.stood[wish.shop] = it


async def _attributed(drift: Drift, worlds: dict[ShopKey, Observed], audit: Audit) -> Drift:
    """The drift with who changed what. A trail that cannot be read leaves a note, and everything else as it is."""
    moved = [shop.shop for shop in drift.shops if shop.backend_moved]
    asked = moved[:TRAILS]
    trails = await _trails(asked, audit)

    def with_notes(shop: ShopDrift) -> ShopDrift:
        trail = trails.get(shop.shop)
        return shop if trail is None or isinstance(trail, BackendError) else with_audit(shop, worlds[shop.shop], trail)

    failed = [(shop, trail) for shop, trail in trails.items() if isinstance(trail, BackendError)]
    notes = [*unread_trails(sorted(failed, key=lambda one: one[0]), len(asked)), *_left_out(len(moved), len(asked))]
    return replace(drift, shops=tuple(with_notes(shop) for shop in drift.shops), findings=(*drift.findings, *notes))


async def _trails(shops: Sequence[ShopKey], audit: Audit) -> dict[ShopKey, Sequence[AuditEntry] | BackendError]:
    trails: dict[ShopKey, Sequence[AuditEntry] | BackendError] = {}

    async def read(shop: ShopKey) -> None:
        try:
            trails[shop] = await audit.last_changes(shop)
        except BackendError as error:
            trails[shop] = error

    async with anyio.create_task_group() as group:
        for shop in shops:
            group.start_soon(read, shop)
    return trails


def unread_trails(failed: Sequence[tuple[ShopKey, BackendError]], asked: int) -> list[Diagnostic]:
    """One note for all: where a backend keeps no trail, each shop would say the same."""
    if not failed:
        return []
    shop, error = failed[0]
    text = msg(
        "Could not read who made the changes ({count} of {asked} shops); {shop}: {why}",
        count=len(failed),
        asked=asked,
        shop=shop,
        why=error.text,
    )
    return [diagnostic(codes.NO_TRAIL, text)]


def _left_out(moved: int, asked: int) -> list[Diagnostic]:
    if moved == asked:
        return []
    text = msg(
        "Who made the changes was not read for every shop with drift (read: {asked}, omitted: {count})",
        asked=asked,
        count=moved - asked,
    )
    return [diagnostic(codes.NO_TRAIL, text, hint=msg("Name the shops to check"))]
