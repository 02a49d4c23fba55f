"""An approved plan held against the world once more, right before it is applied.

In: the plan and a fresh observation of the shops it touches. Out: the plan with what is still to be written; a shop of which
a touched field moved is refused, with planned-from, now and wanted; and the plan that undoes it. It writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, StaleField, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.canonical import DigestKey, display_canonical
from reconciler.core.model.state import FieldRef, Observed, Unknown
from reconciler.core.model.value_words import value_name
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, RequestPace, ShopPlan
from reconciler.core.planning.rebase import StaleChange, rebase
from reconciler.core.planning.undo import undo_plan
from reconciler.core.values import ABSENT, Scalar, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, ObservingBackend
from reconciler.ports.sync_cache import CachedPage, PagedBackend, PagesRearranged


@frozen
class PreparedPlan:
    """`plan` is what will be applied; `undo` the plan that takes it back, shop by shop, as far as it can be."""

    plan: Plan
    undo: Plan


async def prepare(
    plan: Plan,
    backend: ObservingBackend,
    pace: RequestPace,
    key: DigestKey | None = None,
    *,
    pages: Sequence[CachedPage] = (),
) -> PreparedPlan:
    """`key` is that of the digests in a saved plan; `pages` are those that the plan was made from. Raises BackendError only where
    nothing at all can be read.
    """
    worlds = await _present([shop for shop in plan.shops if shop.steps and not shop.blocked], backend, pages)
    shops = tuple(_prepared(shop, worlds[shop.shop], pace, key) if shop.shop in worlds else shop for shop in plan.shops)
    back = [undo_plan(shop, worlds[shop.shop], pace) for shop in shops if shop.shop in worlds and not shop.blocked]
    return PreparedPlan(plan=replace(plan, shops=shops), undo=build_plan(back))


async def _present(
    touched: Sequence[ShopPlan], backend: ObservingBackend, pages: Sequence[CachedPage]
) -> Mapping[ShopKey, Observed]:
    """The shops as they are now. If they are all on the pages that they were planned from, only changed pages are sent again."""
    planned = {shop.shop: shop.planned_from for shop in touched if shop.planned_from is not None}
    known = {shop for page in pages for shop in page.shops}.issuperset(planned) and len(planned) == len(touched)
    if known and isinstance(backend, PagedBackend) and len(pages) < len(touched):
        with suppress(PagesRearranged, BackendError):  # read as usual, an error is about the shops that it affects
            changed = [world async for _, worlds in backend.reread_changed(pages) for world in worlds]
            return planned | {world.shop: world for world in changed}
    shops = [shop.shop for shop in touched]
    return {world.shop: world async for world in backend.observe(shops)} if shops else {}


def _prepared(shop: ShopPlan, observed: Observed, pace: RequestPace, key: DigestKey | None) -> ShopPlan:
    unknown = [read.reason.for_shop(shop.shop) for read in observed.reads.values() if isinstance(read, Unknown)]
    if unknown:
        return _refused(shop, unknown)
    ready = rebase(shop, observed, pace, key)
    return ready if isinstance(ready, ShopPlan) else _refused(shop, [stale_diagnostic(moved, shop) for moved in ready])


def _refused(shop: ShopPlan, why: list[Diagnostic]) -> ShopPlan:
    return replace(shop, findings=sort_diagnostics((*shop.findings, *why)))


def _shown(value: Scalar, ref: FieldRef) -> Message:
    if isinstance(value, bool | StrEnum):
        return value_name(value, ref.spec.policy.words)
    return msg("(not set)") if value is ABSENT else msg("{value}", value=display_canonical(value))


def stale_diagnostic(moved: StaleChange, shop: ShopPlan) -> Diagnostic:
    """Planned from, now, wanted: what a person needs to decide. At the line of the field, where the plan writes it."""
    origin = next((change.origin for change in shop.written_changes if change.ref == moved.ref), shop.origin)
    return diagnostic(
        codes.STALE,
        msg(
            "{label} was {planned} when planned, is {now} now, and would become {wanted}",
            label=moved.ref.full_name,
            planned=_shown(moved.planned, moved.ref),
            now=_shown(moved.now, moved.ref),
            wanted=_shown(moved.wanted, moved.ref),
        ),
        hint=msg("Check what changed it, then run `reconciler plan` again"),
        shop=shop.shop,
        subject=moved.ref.manifest_path or str(moved.ref),
        origin=origin,
        stale_field=StaleField(name=moved.ref.short_name, planned=moved.planned, now=moved.now, wanted=moved.wanted),
    )
