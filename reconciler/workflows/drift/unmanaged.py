"""Which shops of the backend no manifest declares, for a drift check of everything.

A page of the fleet names all shops on it, so a check that went by pages asks for no more than the pages that it did not need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift
from reconciler.core.drift.unmanaged import (
    UnmanagedShop,
    UnmanagedShops,
    deleted_manifest_diagnostics,
    unmanaged_keys,
)
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports import BackendError, History, ObservingBackend
from reconciler.ports.sync_cache import CachedPage, PagedBackend


@frozen
class BackendShops:
    """`shops` are the backend's, less those that were asked for where it was read by `pages`; None where they were not listed."""

    shops: tuple[ShopKey, ...] | None = None
    pages: tuple[CachedPage, ...] = ()
    error: BackendError | None = None


async def list_backend_shops(backend: ObservingBackend, *, everything: bool) -> BackendShops:
    """After an observation, `everything`: of all shops that are declared."""
    try:
        if everything and isinstance(backend, PagedBackend) and backend.pages:
            await backend.read_remaining_pages()
            return shops_on(backend.pages)
        return BackendShops(shops=tuple([shop async for shop in backend.shops()]))
    except BackendError as error:
        return BackendShops(shops=None, error=error)


def shops_on(pages: Sequence[CachedPage]) -> BackendShops:
    """`pages` are all of the fleet."""
    return BackendShops(shops=tuple(shop for page in pages for shop in page.others), pages=tuple(pages))


def with_unmanaged(
    drift: Drift, backend: BackendShops, names: Sequence[str], history: History | None, *, listed: bool
) -> Drift:
    """The drift with the shops that no manifest of `names` declares. Raises what the history raises."""
    if backend.shops is None:
        return _not_listed(drift, backend.error) if listed and backend.error is not None else drift
    keys = unmanaged_keys(backend.shops, names)
    shops = tuple(_with_history(keys, history))
    found = (*drift.findings, *deleted_manifest_diagnostics(shops))
    return replace(drift, unmanaged=UnmanagedShops(shops=shops, listed=listed), findings=sort_diagnostics(found))


def _with_history(keys: Sequence[ShopKey], history: History | None) -> list[UnmanagedShop]:
    applied = {} if history is None or not keys else history.last_applied(keys)
    latest = {shop: max(values.values(), key=lambda one: one.at) for shop, values in applied.items() if values}
    return [
        UnmanagedShop(shop=key, applied=format_utc(latest[key].at), run=latest[key].run)
        if key in latest
        else UnmanagedShop(shop=key)
        for key in keys
    ]


def _not_listed(drift: Drift, error: BackendError) -> Drift:
    note = diagnostic(
        codes.SHOPS_NOT_LISTED,
        msg("The backend does not list its shops: {why}", why=error.text),
        hint=msg("Use a client that may read all shops, or omit --unmanaged"),
    )
    return replace(drift, findings=sort_diagnostics((*drift.findings, note)))
