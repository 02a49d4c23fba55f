"""The story of a plan: gather, compare, order, guard. It cannot write: the backend it is handed has no way to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.selection import Selection
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.guards import AllowList, GuardContext, Limits, apply_guards
from reconciler.core.planning.plan import Plan, RequestPace, plan_shop
from reconciler.core.runs.events import ShopInSync
from reconciler.core.runs.last_applied import in_sync_event
from reconciler.ports import Clock, Manifest, Manifests, ObservingBackend, Secrets
from reconciler.workflows.gather import GatheredShops, gather
from reconciler.workflows.maintenance_window import minutes_of_day
from reconciler.workflows.sources import DriftSources


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    selection: Selection = field(default_factory=Selection)
    limits: Limits = field(default_factory=Limits)
    allowed: AllowList = field(default_factory=AllowList)
    pace: RequestPace = field(default_factory=RequestPace)
    digest_key: DigestKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """`manifest` holds what could not be understood of the manifests; the plan covers the rest. `agreed` is what an apply should
    remember of the shops in which nothing is to be written; empty where no evidence was given.
    """

    plan: Plan
    manifest: Manifest
    in_sync: tuple[ShopInSync, ...] = ()


async def make_plan(
    request: PlanRequest,
    manifests: Manifests,
    secrets: Secrets,
    backend: ObservingBackend,
    clock: Clock,
    *,
    evidence: DriftSources | None = None,
) -> PlanResult:
    """Raises BackendError only where nothing at all can be read; and what the history of `evidence` raises."""
    world = await gather(manifests, request.selection, secrets, backend)
    shops = (plan_shop(wish, observed, request.pace) for wish, observed in world.pairs)
    plan = build_plan(shops, key=request.digest_key, unchanged_shops=world.manifest.unchanged)
    watch = GuardContext(
        limits=request.limits,
        allowed=request.allowed,
        minutes=minutes_of_day(clock.now(), {wish.maintenance.time_zone for wish in world.manifest.shops}),
    )
    agreed = () if evidence is None else tuple(_agreed(plan, world, evidence))
    return PlanResult(plan=apply_guards(plan, watch), manifest=world.manifest, in_sync=agreed)


def _agreed(plan: Plan, world: GatheredShops, evidence: DriftSources) -> Iterator[ShopInSync]:
    """Where something is to be written, the apply itself reads all of the shop back."""
    unchanged = {shop.shop for shop in plan.shops if not shop.changes}
    pairs = [pair for pair in world.pairs if pair[0].shop in unchanged]
    for wish, observed, past in evidence.with_last_applied(pairs):
        news = in_sync_event(wish, observed, past)
        if news is not None:
            yield news
