"""Looking after what a run that was cut off left behind: the course of `resume`, and the beginning of every apply.

In: settings and a terminal. Out: what was found of each shop. Where nothing is unfinished, no backend is asked.
"""

from __future__ import annotations

import uuid

import anyio

from reconciler import wiring
from reconciler.cli.terminal import Terminal
from reconciler.core.approval import assemble
from reconciler.core.plan import Plan, ShopPlan
from reconciler.core.texts import Text, say
from reconciler.core.values import Origin
from reconciler.ports import Unfinished
from reconciler.wiring import Settings
from reconciler.workflows.resume import Found, Rescue, Resumed, resume


def rescue(settings: Settings, terminal: Terminal) -> tuple[Resumed, ...]:
    """Raises BackendError where nothing at all can be read, Unusable where the store cannot."""
    with wiring.history(settings) as history:
        left = () if history is None else tuple(history.unfinished())
    if not left:
        return ()
    told = anyio.run(_rescue, left, settings)
    for resumed in told:
        terminal.note(line(resumed))
    return told


async def _rescue(left: tuple[Unfinished, ...], settings: Settings) -> tuple[Resumed, ...]:
    info = wiring.run_info(settings, "resume", "")
    with wiring.store(settings) as opened:
        async with wiring.backend(settings) as backend:
            crew = Rescue(
                backend=backend,
                journal=wiring.journal(settings, opened, info, _nothing_planned(left)),
                leases=wiring.leases(opened, info),
                key=str(uuid.uuid4()),
            )
            return await resume(left, crew)


def _nothing_planned(left: tuple[Unfinished, ...]) -> Plan:
    """What the journal of a resume is about: the shops, and no writes."""
    shops = sorted({shop.shop for shop in left})
    return assemble(ShopPlan(shop=shop, origin=Origin(str(shop))) for shop in shops)


def line(resumed: Resumed) -> Text:
    """What was known, what was found, what was done; a sentence."""
    match resumed.found:
        case Found.REOPENED:
            return say("{shop}: a run that was cut off had closed it; it is open again", shop=resumed.shop)
        case Found.STANDS:
            return say(
                "{shop}: a run that was cut off left it unfinished ({intents} writes without an outcome); it is not closed by us",
                shop=resumed.shop,
                intents=resumed.intents,
            )
        case Found.HELD:
            return say("{shop}: another run is at work on it", shop=resumed.shop)
        case Found.LEFT_CLOSED:
            return resumed.why.summary if resumed.why else say("{shop}: it could not be looked at", shop=resumed.shop)
