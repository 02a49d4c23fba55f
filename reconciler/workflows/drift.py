"""The story of a drift check: gather, compare with what was last applied, and ask the backend who changed it. It cannot write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import anyio

from reconciler.core import codes
from reconciler.core.audit import AuditEntry
from reconciler.core.canonical import DigestKey
from reconciler.core.diagnostics import Diagnostic, found
from reconciler.core.drift import Drift, ShopDrift, drift_of, with_trail
from reconciler.core.last_applied import Past
from reconciler.core.plan import Pace, plan_shop
from reconciler.core.selection import Selection
from reconciler.core.state import Observed
from reconciler.core.texts import say
from reconciler.core.values import ShopKey
from reconciler.ports import Audit, BackendError, History, Manifests, ObservingBackend, Secrets
from reconciler.workflows.gather import gather

TRAILS: Final = 50
"""Trails cost a request or more each, and nobody reads them by the hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Who may know which side moved, and who moved it; each may be missing. `key` is that of the history's digests."""

    history: History | None = None
    key: DigestKey | None = None
    audit: Audit | None = None

    def past(self, shop: ShopKey) -> Past:
        if self.history is None:
            return Past()
        applied = self.history.last_applied(shop)
        return Past(applied={field: last.value for field, last in applied.items()}, key=self.key)


async def find_drift(
    selection: Selection,
    manifests: Manifests,
    secrets: Secrets,
    backend: ObservingBackend,
    evidence: Evidence | None = None,
) -> Drift:
    """Raises BackendError only where nothing at all can be read; and what the history raises."""
    known = evidence or Evidence()
    world = await gather(manifests, selection, secrets, backend)
    shops = tuple(
        drift_of(wish, observed, plan_shop(wish, observed, Pace()), known.past(wish.shop))
        for wish, observed in world.pairs
    )
    drift = Drift(shops=shops, findings=world.manifest.findings)
    if known.audit is None:
        return drift
    return await _attributed(drift, {observed.shop: observed for _, observed in world.pairs}, known.audit)


async def _attributed(drift: Drift, worlds: dict[ShopKey, Observed], audit: Audit) -> Drift:
    """The drift with who changed what. A trail that cannot be read leaves a note, and everything else as it is."""
    moved = [shop.shop for shop in drift.shops if shop.backend_moved]
    asked = moved[:TRAILS]
    trails = await _trails(asked, audit)

    def told(shop: ShopDrift) -> ShopDrift:
        trail = trails.get(shop.shop)
        return shop if trail is None or isinstance(trail, BackendError) else with_trail(shop, worlds[shop.shop], trail)

    failed = [(shop, trail) for shop, trail in trails.items() if isinstance(trail, BackendError)]
    notes = [*_unread(sorted(failed, key=lambda one: one[0]), len(asked)), *_left_out(len(moved), len(asked))]
    return replace(drift, shops=tuple(told(shop) for shop in drift.shops), findings=(*drift.findings, *notes))


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


def _unread(failed: Sequence[tuple[ShopKey, BackendError]], asked: int) -> list[Diagnostic]:
    """One note for all: where a backend keeps no trail, each shop would say the same."""
    if not failed:
        return []
    shop, error = failed[0]
    text = say(
        "Who changed what could not be read in {count} of {asked} shops; {shop}: {why}",
        count=len(failed),
        asked=asked,
        shop=shop,
        why=error.text,
    )
    return [found(codes.NO_TRAIL, text)]


def _left_out(moved: int, asked: int) -> list[Diagnostic]:
    if moved == asked:
        return []
    text = say(
        "Who changed what was asked in {asked} shops only, and {count} more drifted", asked=asked, count=moved - asked
    )
    return [found(codes.NO_TRAIL, text, way_on=say("Name the shops to be asked about"))]
