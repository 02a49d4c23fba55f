"""Shops whose present state is no state of theirs: a run is at work on them, or one that was cut off may have left them closed.

In: the leases that live, and what the journal has as unfinished. Out: why each of them is not to be written down as it is.
Whoever took a shop that is closed for a moment for one that is closed would have the next apply close it for good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import say
from reconciler.core.values import ShopKey
from reconciler.ports import Held, Unfinished


def unsettled(left: Sequence[Unfinished], held: Sequence[Held]) -> Mapping[ShopKey, Diagnostic]:
    return {finding.shop: finding for finding in (*_closed(left), *_busy(held)) if finding.shop is not None}


def _closed(left: Sequence[Unfinished]) -> Iterator[Diagnostic]:
    for shop in left:
        if shop.closed:
            yield found(
                codes.NOT_IMPORTED,
                say(
                    "The shop was not imported: a run that was cut off ({run}) may have left it CLOSED",
                    run=shop.run.run,
                ),
                way_on=say("Run reconciler resume, which reopens it; then import the shop again"),
                shop=shop.shop,
            )


def _busy(held: Sequence[Held]) -> Iterator[Diagnostic]:
    for lease in held:
        yield found(
            codes.NOT_IMPORTED,
            say(
                "The shop was not imported: it is being written by {owner} (run {run})",
                owner=lease.owner,
                run=lease.run,
            ),
            way_on=say("Import the shop again when that run has ended"),
            shop=lease.shop,
        )
