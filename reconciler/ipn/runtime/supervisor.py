"""All that the sidecar does besides receiving, under one lease: the worker, the mails, the polling.

In: the loops, each with its name. Out: they run until they are cancelled. A fault of ours in one of them is logged and counted,
and the loop restarted; it stops neither the others nor the reception.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import anyio
import structlog

from reconciler.ipn.runtime.leader_election import LeaderElection
from reconciler.ipn.telemetry.observer import WorkerObserver
from reconciler.ports import Clock

Loop = Callable[[], Awaitable[None]]

_AGAIN: Final = 5.0
_log = structlog.get_logger()


async def run_supervised(lead: LeaderElection, loops: Mapping[str, Loop], clock: Clock, watch: WorkerObserver) -> None:
    """Until it is cancelled. Each loop then finishes the work in hand."""
    for name in loops:
        watch.expect_task(name)

    async def all_of_them() -> None:
        async with anyio.create_task_group() as group:
            for name, loop in loops.items():
                group.start_soon(_kept_going, name, loop, clock, watch)

    await lead.run(all_of_them)


async def _kept_going(name: str, loop: Loop, clock: Clock, watch: WorkerObserver) -> None:
    while True:
        try:
            await loop()
        except Exception as error:  # noqa: BLE001  # as above: logged and restarted
            _log.error("internal-error", loop=name, kind=type(error).__name__)
            watch.restarted(name)
        await clock.sleep(_AGAIN)
