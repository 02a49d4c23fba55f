"""Shops that a killed run may have left closed, for commands that only look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import Plan
from reconciler.core.values import ShopKey
from reconciler.ports import UnfinishedShop


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
