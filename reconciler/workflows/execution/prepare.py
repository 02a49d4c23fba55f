"""An approved plan held against the world once more, right before it is applied.

In: the plan and a fresh observation of the shops it touches. Out: the plan with what is still to be written; a shop of which
a touched field moved is refused, with planned-from, now and wanted; and the plan that undoes it. It writes nothing.
"""

from __future__ import annotations

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
from reconciler.core.values import ABSENT, Scalar
from reconciler.lib.frozen_class import frozen
from reconciler.ports import ObservingBackend


@frozen
class PreparedPlan:
    """`plan` is what will be applied; `undo` the plan that takes it back, shop by shop, as far as it can be."""

    plan: Plan
    undo: Plan


async def prepare(
    plan: Plan, backend: ObservingBackend, pace: RequestPace, key: DigestKey | None = None
) -> PreparedPlan:
    """`key` is that of the digests in a saved plan. Raises BackendError only where nothing at all can be read."""
    touched = [shop.shop for shop in plan.shops if shop.steps and not shop.blocked]
    worlds = {world.shop: world async for world in backend.observe(touched)} if touched else {}
    shops = tuple(_prepared(shop, worlds[shop.shop], pace, key) if shop.shop in worlds else shop for shop in plan.shops)
    back = [undo_plan(shop, worlds[shop.shop], pace) for shop in shops if shop.shop in worlds and not shop.blocked]
    return PreparedPlan(plan=replace(plan, shops=shops), undo=build_plan(back))


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
