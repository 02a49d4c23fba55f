"""The story of a plan: gather, compare, order, guard. It cannot write: the backend it is handed has no way to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from reconciler.core.approval import assemble
from reconciler.core.canonical import DigestKey
from reconciler.core.guards import Allowed, Limits, Watch, guard
from reconciler.core.plan import Pace, Plan, plan_shop
from reconciler.core.selection import Selection
from reconciler.ports import Clock, Manifest, Manifests, ObservingBackend, Secrets
from reconciler.workflows.gather import gather


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    selection: Selection = field(default_factory=Selection)
    limits: Limits = field(default_factory=Limits)
    allowed: Allowed = field(default_factory=Allowed)
    pace: Pace = field(default_factory=Pace)
    digest_key: DigestKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """`manifest` holds what could not be understood of the manifests; the plan covers the rest."""

    plan: Plan
    manifest: Manifest


async def make_plan(
    request: PlanRequest, manifests: Manifests, secrets: Secrets, backend: ObservingBackend, clock: Clock
) -> Planned:
    """Raises BackendError only where nothing at all can be read."""
    world = await gather(manifests, request.selection, secrets, backend)
    plan = assemble((plan_shop(wish, observed, request.pace) for wish, observed in world.pairs), key=request.digest_key)
    watch = Watch(
        limits=request.limits,
        allowed=request.allowed,
        minutes=minutes_of_day(clock.now(), {wish.maintenance.time_zone for wish in world.manifest.shops}),
    )
    return Planned(plan=guard(plan, watch), manifest=world.manifest)


def minutes_of_day(now: datetime, zones: Iterable[str]) -> Mapping[str, int]:
    """The local time of day, in minutes, in each zone."""
    local = {zone: now.astimezone(ZoneInfo(zone)) for zone in zones}
    return {zone: time.hour * 60 + time.minute for zone, time in local.items()}
