"""Who changed the drifted fields, as the backend's audit trail has it.

In: a drift, the trail, and the authors that earlier looks read. Out: the drift with authors, and notes of what could not be read.
The shops without a known author are read first, so that a few looks find the authors of a whole fleet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.drift.drift import Drift, ShopDrift, with_audit
from reconciler.core.drift.label import DriftLabel
from reconciler.core.model.state import Observed
from reconciler.core.values import ShopKey
from reconciler.ports import Audit, BackendError
from reconciler.workflows.sources import KnownAuthors

TRAILS: Final = 50
"""A trail costs at least one request, and hundreds of them are not useful."""


async def with_authors(
    drift: Drift, observed: Mapping[ShopKey, Observed], audit: Audit, known: KnownAuthors | None
) -> Drift:
    """A trail that cannot be read leaves a note, and everything else as it is."""
    moved = [shop for shop in drift.shops if shop.backend_moved]
    remembered = {} if known is None else {shop.shop: _remembered(shop, known) for shop in moved}
    unknown_first = sorted(moved, key=lambda shop: shop.shop in remembered and not _lacks_author(remembered[shop.shop]))
    asked = [shop.shop for shop in unknown_first[:TRAILS]]
    trails = await _trails(asked, audit)

    def with_notes(shop: ShopDrift) -> ShopDrift:
        trail = trails.get(shop.shop)
        if trail is None or isinstance(trail, BackendError):
            return remembered.get(shop.shop, shop)
        return with_audit(shop, observed[shop.shop], trail)

    shops = tuple(with_notes(shop) for shop in drift.shops)
    missing = sum(_lacks_author(shop) for shop in shops if shop.backend_moved and shop.shop not in trails)
    failed = [(shop, trail) for shop, trail in trails.items() if isinstance(trail, BackendError)]
    notes = [*unread_trails(sorted(failed, key=lambda one: one[0]), len(asked)), *_left_out(len(moved), missing)]
    return replace(drift, shops=shops, findings=(*drift.findings, *notes))


def _remembered(shop: ShopDrift, known: KnownAuthors) -> ShopDrift:
    entries = (replace(entry, changed=known.author_of(shop.shop, entry)) for entry in shop.entries)
    return replace(shop, entries=tuple(entries))


def _lacks_author(shop: ShopDrift) -> bool:
    return any(entry.changed is None for entry in shop.entries if entry.label is not DriftLabel.PENDING)


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


def _left_out(moved: int, missing: int) -> list[Diagnostic]:
    if not missing:
        return []
    text = msg(
        "Who made the changes was not read for every shop with drift (read: {asked}, omitted: {count})",
        asked=moved - missing,
        count=missing,
    )
    return [diagnostic(codes.NO_TRAIL, text, hint=msg("Name the shops to check"))]
