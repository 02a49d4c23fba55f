"""An approved plan held against the world once more, right before it is applied.

In: the plan and a fresh observation of the shops it touches. Out: the plan with what is still to be written; a shop of which
a touched field moved is refused, with planned-from, now and wanted; and the plan that undoes it. It writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, MovedField, found, in_order
from reconciler.core.diagnostics.messages import say
from reconciler.core.model.canonical import DigestKey, shown
from reconciler.core.model.state import Observed, Unknown
from reconciler.core.planning.fingerprint import assemble
from reconciler.core.planning.plan import Pace, Plan, ShopPlan
from reconciler.core.planning.rebase import Moved, rebase
from reconciler.core.planning.undo import invert
from reconciler.ports import ObservingBackend


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """`plan` is what will be applied; `undo` the plan that takes it back, shop by shop, as far as it can be."""

    plan: Plan
    undo: Plan


async def prepare(plan: Plan, backend: ObservingBackend, pace: Pace, key: DigestKey | None = None) -> Prepared:
    """`key` is that of the digests in a saved plan. Raises BackendError only where nothing at all can be read."""
    touched = [shop.shop for shop in plan.shops if shop.steps and not shop.blocked]
    worlds = {world.shop: world async for world in backend.observe(touched)} if touched else {}
    shops = tuple(_prepared(shop, worlds[shop.shop], pace, key) if shop.shop in worlds else shop for shop in plan.shops)
    back = [invert(shop, worlds[shop.shop], pace) for shop in shops if shop.shop in worlds and not shop.blocked]
    return Prepared(plan=replace(plan, shops=shops), undo=assemble(back, key=key))


def _prepared(shop: ShopPlan, observed: Observed, pace: Pace, key: DigestKey | None) -> ShopPlan:
    unknown = [read.why.about(shop.shop) for read in observed.reads.values() if isinstance(read, Unknown)]
    if unknown:
        return _refused(shop, unknown)
    ready = rebase(shop, observed, pace, key)
    return ready if isinstance(ready, ShopPlan) else _refused(shop, [stale(moved, shop) for moved in ready])


def _refused(shop: ShopPlan, why: list[Diagnostic]) -> ShopPlan:
    return replace(shop, findings=in_order((*shop.findings, *why)))


def stale(moved: Moved, shop: ShopPlan) -> Diagnostic:
    """Planned from, now, wanted: what a person needs to decide. At the line of the field, where the plan writes it."""
    origin = next((change.origin for change in shop.written if change.ref == moved.ref), shop.origin)
    return found(
        codes.STALE,
        say(
            "{label} was {planned} when planned, is {now} now, and should become {wanted}",
            label=moved.ref.called,
            planned=shown(moved.planned),
            now=shown(moved.now),
            wanted=shown(moved.wanted),
        ),
        way_on=say("Look at what changed it, and plan again"),
        shop=shop.shop,
        subject=moved.ref.declared or str(moved.ref),
        origin=origin,
        moved=MovedField(called=moved.ref.called, planned=moved.planned, now=moved.now, wanted=moved.wanted),
    )
