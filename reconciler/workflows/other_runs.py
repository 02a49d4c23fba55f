"""Shops that are still to be reopened: what commands that only look say of them, and what people hear while it is tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.plan import Plan
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc
from reconciler.ports import UnfinishedShop

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
