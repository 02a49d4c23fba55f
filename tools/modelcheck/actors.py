"""What the processes of the model do: an apply as the command does it, a recovery as `resume` does it.

The code that runs is the product's: planning, the engine, the recovery, the leases, the journal and the HTTP client.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings
from reconciler.core.model.state import Desired, MaintenancePolicy
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.guards import AllowList
from reconciler.core.planning.plan import Plan, RequestPace, ShopPlan
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.recovery import RecoveredShop
from reconciler.core.runs.report import Report
from reconciler.core.values import Origin, ShopKey
from reconciler.ports import BackendError, SetupError
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.recovery import RecoveryContext, resume
from reconciler.workflows.execution.run import ApplyContext, apply
from reconciler.workflows.recover import block_recovering_shops
from tools.modelcheck.process import backend_of, journal_of, leases_of, unfinished_of
from tools.modelcheck.world import Actor, World, WorldClock

ALLOWED = AllowList(entries=(("turning-off", "*"), ("outside-window", "*")))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredShop:
    """What a commit in Git declares of a shop."""

    enabled: bool
    mail: str | None = None
    pre_order: bool | None = None

    def desired(self, shop: str) -> Desired:
        settings = {"enabled": self.enabled} | ({} if self.mail is None else {"notification_email": self.mail})
        values: dict[str, Any] = {"amazon_settings": AmazonSettings(**settings)}  # type: ignore[arg-type]  # by name
        if self.pre_order is not None:
            values["amazon_pay_payment"] = AmazonPayPayment(pre_order=self.pre_order)
        origin = Origin(f"shops/{shop}.yaml", 1, 1)
        return Desired(shop=ShopKey(shop), values=values, origin=origin, maintenance=MaintenancePolicy(close_shop=True))


@dataclass(slots=True)
class EventWatcher:
    """Implements ports.ProgressListener: the properties hear of each event."""

    world: World
    actor: Actor

    def on_event(self, event: object) -> None:
        if self.actor.dead:
            return
        for observer in self.world.observers:
            observer.on_event(self.actor, event)


def applier(name: str, number: int) -> Actor:
    return Actor(name=name, number=number, runs=(f"{name}-recovery", f"{name}-apply"))


async def run_apply(world: World, actor: Actor, declared: Mapping[str, DeclaredShop], longest_closed: float) -> None:
    """`reconciler apply`: recover what is unfinished, plan, apply. What ends the command ends the actor."""
    backend = backend_of(world, actor)
    try:
        recovered = await _recover(world, actor, backend, longest_closed)
        desired = [declared_shop.desired(shop) for shop, declared_shop in sorted(declared.items())]
        plan = block_recovering_shops(await _plan(backend, desired), recovered)
        for observer in world.observers:
            observer.on_plan(actor, plan)
        await _apply(world, actor, backend, plan, longest_closed)
    except (BackendError, SetupError):
        return


async def run_recovery(world: World, actor: Actor, longest_closed: float) -> None:
    """`reconciler resume`."""
    try:
        await _recover(world, actor, backend_of(world, actor), longest_closed)
    except (BackendError, SetupError):
        return


async def _recover(world: World, actor: Actor, backend: Any, longest_closed: float) -> Sequence[RecoveredShop]:
    left = unfinished_of(world, actor)
    if not left:
        return ()
    run = actor.runs[0]
    nothing = build_plan(ShopPlan(shop=shop, origin=Origin(str(shop))) for shop in sorted({one.shop for one in left}))
    context = RecoveryContext(
        backend=backend,
        journal=journal_of(world, actor, run, nothing),
        leases=leases_of(world, actor, run),
        clock=WorldClock(world, actor),
        left=lambda shop: unfinished_of(world, actor, shop),
        key=f"{run}-key",
        seconds=min(60.0, longest_closed),
    )
    return await resume(left, context)


async def _plan(backend: Any, desired: Sequence[Desired]) -> Plan:
    observed = {one.shop: one async for one in backend.observe([one.shop for one in desired])}
    return build_plan(plan_shop(one, observed[one.shop], RequestPace()) for one in desired if one.shop in observed)


async def _apply(world: World, actor: Actor, backend: Any, plan: Plan, longest_closed: float) -> Report:
    run = actor.runs[1]
    stop = actor.notes["stop"] = StopToken()
    numbers = itertools.count(1)
    return await apply(
        plan,
        ApplyContext(
            backend=backend,
            journal=journal_of(world, actor, run, plan),
            leases=leases_of(world, actor, run),
            clock=WorldClock(world, actor),
            new_key=lambda: f"{run}-key-{next(numbers)}",
            watchers=(EventWatcher(world, actor),),
            longest_closed=longest_closed,
            allowed=ALLOWED,
            stop=stop,
        ),
    )
