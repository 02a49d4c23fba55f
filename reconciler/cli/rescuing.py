"""Looking after what a run that was cut off left behind: the course of `resume`, and the beginning of every apply.

In: settings and a terminal. Out: what was found of each shop. Where nothing is unfinished, no backend is asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from reconciler import wiring
from reconciler.cli.shell.run_async import in_loop
from reconciler.cli.shell.signals import to_its_end
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.planning.fingerprint import assemble
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.runs.recovery import Resumed
from reconciler.core.values import Origin
from reconciler.ports import RequestLine, Unfinished
from reconciler.views.recovery import resumed_line
from reconciler.wiring import Settings
from reconciler.workflows.recover import Rescue, resume

Told = tuple[tuple[Resumed, ...], Sequence[RequestLine]]
"""What became of each shop, and what was asked of the backend."""


def rescue(settings: Settings, terminal: Terminal) -> tuple[Resumed, ...]:
    """Told aside, shop by shop. Raises BackendError where nothing at all can be read, Unusable where the store cannot."""
    told, _ = look_after(settings, terminal)
    _tell(told, terminal)
    return told


def _tell(told: Sequence[Resumed], terminal: Terminal) -> None:
    for resumed in told:
        terminal.note(resumed_line(resumed))


def look_after(settings: Settings, terminal: Terminal) -> Told:
    """Raises as `rescue` does; KeyboardInterrupt, once all were looked after, where a signal came meanwhile."""
    with wiring.history(settings) as history:
        left = () if history is None else tuple(history.unfinished())
    return in_loop(_rescue, left, settings, terminal) if left else ((), ())


async def _rescue(left: tuple[Unfinished, ...], settings: Settings, terminal: Terminal) -> Told:
    info = wiring.run_info(settings, "resume", "")
    with wiring.store(settings) as opened:
        async with wiring.backend(settings, terminal.heard) as backend:
            crew = Rescue(
                backend=backend,
                journal=wiring.journal(settings, opened, info, _nothing_planned(left)),
                leases=wiring.leases(opened, info),
                clock=wiring.clock(),
                left=wiring.history_of(opened).unfinished,
                key=str(uuid.uuid4()),
            )
            told, interrupted = await to_its_end(lambda: resume(left, crew), terminal)
    if interrupted:
        _tell(told, terminal)
        raise KeyboardInterrupt
    return told, backend.requests


def _nothing_planned(left: tuple[Unfinished, ...]) -> Plan:
    """What the journal of a resume is about: the shops, and no writes."""
    shops = sorted({shop.shop for shop in left})
    return assemble(ShopPlan(shop=shop, origin=Origin(str(shop))) for shop in shops)
