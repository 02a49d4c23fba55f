"""Shops whose present state is no state of theirs: a run is at work on them, or one that was cut off may have left them closed.

In: the leases that live, and what the journal has as unfinished. Out: why each of them is not to be written down as it is.
Whoever took a shop that is closed for a moment for one that is closed would have the next apply close it for good.
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
