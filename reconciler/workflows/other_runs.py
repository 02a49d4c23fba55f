"""What other runs hold or still owe: shops that one is writing, and shops that are still to be reopened.

Commands that only look say it of each shop; people hear of a reopening while it is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc
from reconciler.ports import LeaseInfo, UnfinishedShop

if TYPE_CHECKING:
    from reconciler.workflows.session import Session


def warn_owed_reopenings(plan: Plan, left: Sequence[UnfinishedShop]) -> Plan:
    """The plan with a warning at each shop that a run may have left closed, for those who only look."""
    owed = {warning.shop: warning for warning in owed_reopening_diagnostics(left)}
    shops = (
        replace(shop, findings=sort_diagnostics((*shop.findings, owed[shop.shop]))) if shop.shop in owed else shop
        for shop in plan.shops
    )
    return replace(plan, shops=tuple(shops))


def owed_reopening_diagnostics(left: Sequence[UnfinishedShop]) -> tuple[Diagnostic, ...]:
    """One for each shop that a run asked to be closed and is not known to have reopened."""
    owed = {shop.shop: shop.run.run for shop in left if shop.closed}
    return tuple(_owed(shop, run) for shop, run in sorted(owed.items()))


def _owed(shop: ShopKey, run: str) -> Diagnostic:
    warning = diagnostic(
        codes.LEFT_CLOSED,
        msg("An interrupted run ({run}) may have left the shop CLOSED", run=run),
        hint=msg("Run reconciler resume, which checks the shop and reopens it"),
        shop=shop,
    )
    return replace(warning, severity=Severity.WARNING)


def notify_wait(session: Session, shop: ShopKey, why: Message, seconds: float) -> None:
    """The shop cannot be reopened yet. It is tried for so many seconds at most."""
    until = format_utc(session.clock.now() + timedelta(seconds=seconds))
    session.listener.on_notice(
        msg("{shop}: waiting for the backend until {until} at most: {why}", shop=shop, until=until, why=why)
    )


def warn_busy_shops(plan: Plan, held: Sequence[LeaseInfo]) -> Plan:
    """The plan with a warning at each shop that another run is writing: what is planned, or that nothing is, will not last."""
    busy = {living.shop: living for living in held}
    shops = (_marked(shop, busy[shop.shop]) if shop.shop in busy else shop for shop in plan.shops)
    return replace(plan, shops=tuple(shops))


def _marked(shop: ShopPlan, held: LeaseInfo) -> ShopPlan:
    warning = replace(lease_held_diagnostic(held, shop), severity=Severity.WARNING)
    return replace(shop, findings=sort_diagnostics((*shop.findings, warning)))


def lease_held_diagnostic(held: LeaseInfo, plan: ShopPlan) -> Diagnostic:
    return diagnostic(
        codes.LEASE_HELD,
        msg(
            "{owner} is writing the shop (run {run}) until {expires}",
            owner=held.owner,
            run=held.run,
            expires=format_utc(held.expires),
        ),
        hint=msg("Wait for that run to end; the shops of a killed run are released automatically"),
        shop=plan.shop,
        origin=plan.origin,
    )
