"""Shops that the backend has and no manifest declares: nothing of them is compared, so they are counted.

In: the shops of the backend, the names of all manifests, when each of the rest was last applied. Out: the unmanaged shops, and a
warning for each whose manifest is gone. A shop that was never applied is only counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class UnmanagedShop:
    """`applied` is when a manifest of the shop was last applied, in UTC, and `run` by which run; None where none ever was."""

    shop: ShopKey
    applied: str | None = None
    run: str | None = None


@frozen
class UnmanagedShops:
    """Sorted by shop key. `listed`: they were asked for by name, and not only counted."""

    shops: tuple[UnmanagedShop, ...]
    listed: bool = False


def unmanaged_keys(backend: Iterable[ShopKey], manifests: Iterable[str]) -> tuple[ShopKey, ...]:
    """`manifests` are shop keys, and files that could not be understood: such a file declares the shop of its name."""
    declared = {name.rpartition("/")[2].removesuffix(".yaml") for name in manifests}
    return tuple(sorted({shop for shop in backend if shop not in declared}))


def deleted_manifest_diagnostics(shops: Iterable[UnmanagedShop]) -> Iterator[Diagnostic]:
    """The settings stay at the backend when a manifest is deleted, and are not compared any more."""
    for each in shops:
        if each.applied is None:
            continue
        yield diagnostic(
            codes.MANIFEST_DELETED,
            msg("The shop exists at the backend but its manifest is gone; it was last applied {at}", at=each.applied),
            hint=msg(
                "Restore the manifest from Git, or generate a new one with `reconciler import {shop}`", shop=each.shop
            ),
            shop=each.shop,
        )
