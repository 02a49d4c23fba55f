"""Looking after what a run that was cut off left behind: the course of `resume`, and the beginning of every apply.

In: settings and a terminal. Out: what was found of each shop. Where nothing is unfinished, no backend is asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from reconciler import wiring
from reconciler.cli.shell.run_async import run_async
from reconciler.cli.shell.signals import run_shielded
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.runs.recovery import RecoveredShop
from reconciler.core.values import Origin
from reconciler.ports import RequestLogEntry, UnfinishedShop
from reconciler.views.recovery import recovered_shop_line
from reconciler.wiring import Settings
from reconciler.workflows.recover import RecoveryContext, resume

Told = tuple[tuple[RecoveredShop, ...], Sequence[RequestLogEntry]]
"""What became of each shop, and what was asked of the backend."""


def recover_and_report(settings: Settings, terminal: Terminal) -> tuple[RecoveredShop, ...]:
    """Told aside, shop by shop. Raises BackendError where nothing at all can be read, Unusable where the store cannot."""
    told, _ = recover(settings, terminal)
    _tell(told, terminal)
    return told


def _tell(told: Sequence[RecoveredShop], terminal: Terminal) -> None:
    for resumed in told:
        terminal.info(recovered_shop_line(resumed))


def recover(settings: Settings, terminal: Terminal) -> Told:
    """Raises as `rescue` does; KeyboardInterrupt, once all were looked after, where a signal came meanwhile."""
    with wiring.history(settings) as history:
        left = () if history is None else tuple(history.unfinished())
    return run_async(_rescue, left, settings, terminal) if left else ((), ())


async def _rescue(left: tuple[UnfinishedShop, ...], settings: Settings, terminal: Terminal) -> Told:
    info = wiring.new_run_info(settings, "resume", "")
    with wiring.open_run_store(settings) as opened:
        async with wiring.backend(settings, terminal.log_request) as backend:
            crew = RecoveryContext(
                backend=backend,
                journal=wiring.journal(settings, opened, info, _nothing_planned(left)),
                leases=wiring.leases(opened, info),
                clock=wiring.clock(),
                left=wiring.history_of(opened).unfinished,
                key=str(uuid.uuid4()),
            )
            told, interrupted = await run_shielded(lambda: resume(left, crew), terminal)
    if interrupted:
        _tell(told, terminal)
        raise KeyboardInterrupt
    return told, backend.requests


def _nothing_planned(left: tuple[UnfinishedShop, ...]) -> Plan:
    """What the journal of a resume is about: the shops, and no writes."""
    shops = sorted({shop.shop for shop in left})
    return build_plan(ShopPlan(shop=shop, origin=Origin(str(shop))) for shop in shops)
