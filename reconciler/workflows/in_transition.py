"""Shops whose present state is temporary: a run is writing them, or a killed run may have left them closed.

In: the live leases, and the unfinished shops of the journal. Out: why each of them must not be imported as it is.
If a shop that is closed temporarily were imported as closed, the next apply would close it permanently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import ShopKey
from reconciler.ports import LeaseInfo, UnfinishedShop


def shops_in_transition(left: Sequence[UnfinishedShop], held: Sequence[LeaseInfo]) -> Mapping[ShopKey, Diagnostic]:
    return {finding.shop: finding for finding in (*_closed(left), *_busy(held)) if finding.shop is not None}


def _closed(left: Sequence[UnfinishedShop]) -> Iterator[Diagnostic]:
    for shop in left:
        if shop.closed:
            yield diagnostic(
                codes.NOT_IMPORTED,
                msg(
                    "The shop was not imported: an interrupted run ({run}) may have left it CLOSED",
                    run=shop.run.run,
                ),
                hint=msg("Run reconciler resume, which reopens it; then import the shop again"),
                shop=shop.shop,
            )


def _busy(held: Sequence[LeaseInfo]) -> Iterator[Diagnostic]:
    for lease in held:
        yield diagnostic(
            codes.NOT_IMPORTED,
            msg(
                "The shop was not imported: {owner} is writing it (run {run})",
                owner=lease.owner,
                run=lease.run,
            ),
            hint=msg("Import the shop again when that run has ended"),
            shop=lease.shop,
        )
