"""The story of a plan: gather, compare, order, guard. It cannot write: the backend it is handed has no way to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.selection import Selection
from reconciler.core.planning.fingerprint import assemble
from reconciler.core.planning.guards import Allowed, Limits, Watch, guard
from reconciler.core.planning.plan import Pace, Plan, plan_shop
from reconciler.core.runs.events import ShopAgreed
from reconciler.core.runs.last_applied import agreement
from reconciler.ports import Clock, Manifest, Manifests, ObservingBackend, Secrets
from reconciler.workflows.drift.check import Evidence
from reconciler.workflows.gather import Gathered, gather
from reconciler.workflows.maintenance_window import minutes_of_day


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    selection: Selection = field(default_factory=Selection)
    limits: Limits = field(default_factory=Limits)
    allowed: Allowed = field(default_factory=Allowed)
    pace: Pace = field(default_factory=Pace)
    digest_key: DigestKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """`manifest` holds what could not be understood of the manifests; the plan covers the rest. `agreed` is what an apply should
    remember of the shops in which nothing is to be written; empty where no evidence was given.
    """

    plan: Plan
    manifest: Manifest
    agreed: tuple[ShopAgreed, ...] = ()


async def make_plan(
    request: PlanRequest,
    manifests: Manifests,
    secrets: Secrets,
    backend: ObservingBackend,
    clock: Clock,
    *,
    evidence: Evidence | None = None,
) -> Planned:
    """Raises BackendError only where nothing at all can be read; and what the history of `evidence` raises."""
    world = await gather(manifests, request.selection, secrets, backend)
    shops = (plan_shop(wish, observed, request.pace) for wish, observed in world.pairs)
    plan = assemble(shops, key=request.digest_key, left_out=world.manifest.unchanged)
    watch = Watch(
        limits=request.limits,
        allowed=request.allowed,
        minutes=minutes_of_day(clock.now(), {wish.maintenance.time_zone for wish in world.manifest.shops}),
    )
    agreed = () if evidence is None else tuple(_agreed(plan, world, evidence))
    return Planned(plan=guard(plan, watch), manifest=world.manifest, agreed=agreed)


def _agreed(plan: Plan, world: Gathered, evidence: Evidence) -> Iterator[ShopAgreed]:
    """Where something is to be written, the apply itself reads all of the shop back."""
    unchanged = {shop.shop for shop in plan.shops if not shop.changes}
    pairs = [pair for pair in world.pairs if pair[0].shop in unchanged]
    for wish, observed, past in evidence.beside(pairs):
        news = agreement(wish, observed, past)
        if news is not None:
            yield news
