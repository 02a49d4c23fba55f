"""One shop's turn in an apply: under its lease, from the first step to the last.

In: the shop's run. A lease that another run holds refuses the shop before anything is written; a lease that is lost ends the
run after the step it is at. It decides nothing about what is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, found, in_order
from reconciler.core.diagnostics.messages import say
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.runs.events import ShopSkipped
from reconciler.ports import Held, LeaseHeld, Leases, Unusable
from reconciler.workflows.apply_shop import ShopRun
from reconciler.workflows.chronicle import unkept
from reconciler.workflows.keeping import Keeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    leases: Leases
    keeper: Keeper

    async def take(self, run: ShopRun) -> None:
        """Tells everything, raises nothing of the backend's."""
        try:
            lease = await self.leases.acquire(run.plan.shop)
        except Unusable as error:
            run.stop.give_up(unkept(error))
            return
        except LeaseHeld as held:
            await run.tell(ShopSkipped(shop=run.plan.shop, why=(held_by(held.by, run.plan),)))
            return

        def lose() -> None:
            run.lost = True

        async with self.keeper.kept(lease, lose, lambda error: run.stop.give_up(unkept(error))):
            await run.run()


def mark_busy(plan: Plan, held: Sequence[Held]) -> Plan:
    """The plan with a warning at each shop that another run is writing: what is planned, or that nothing is, will not last."""
    busy = {living.shop: living for living in held}
    shops = (_marked(shop, busy[shop.shop]) if shop.shop in busy else shop for shop in plan.shops)
    return replace(plan, shops=tuple(shops))


def _marked(shop: ShopPlan, held: Held) -> ShopPlan:
    warning = replace(held_by(held, shop), severity=Severity.WARNING)
    return replace(shop, findings=in_order((*shop.findings, warning)))


def held_by(held: Held, plan: ShopPlan) -> Diagnostic:
    return found(
        codes.LEASE_HELD,
        say(
            "The shop is being written by {owner} (run {run}) until {expires}",
            owner=held.owner,
            run=held.run,
            expires=held.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        ),
        way_on=say("Wait for that run to end; a run that was killed gives its shops back by itself"),
        shop=plan.shop,
        origin=plan.origin,
    )
