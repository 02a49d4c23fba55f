"""Ctrl-C, SIGTERM, SIGHUP and SIGQUIT during an apply: the step under way is finished, closed shops are reopened, and nothing
new is begun.

In: the work, and the wish to stop that it looks at between two steps. Out: its result. A second signal hurries nothing but the
wait for a backend that does not reopen a shop: each is still tried, and one that stays closed is told and owed.
"""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import anyio

from reconciler.cli.terminal import Terminal
from reconciler.core.texts import say
from reconciler.workflows.stop import Stop

T = TypeVar("T")

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""Whatever asks a process to end and can be heard: also a terminal that is closed, a connection that is gone."""
_ASKED: Final = say("Interrupted: the present step is finished and closed shops are reopened, please wait")
_INSISTED: Final = say("Interrupted again: a shop that cannot be reopened is no longer waited for")


async def until_stopped(work: Callable[[], Awaitable[T]], stop: Stop, terminal: Terminal) -> T:
    results: list[T] = []
    async with anyio.create_task_group() as group:
        await group.start(_listen, stop, terminal)
        results.append(await work())
        group.cancel_scope.cancel()
    return results[0]


async def _listen(
    stop: Stop, terminal: Terminal, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED
) -> None:
    with anyio.open_signal_receiver(*SIGNALS) as signals:
        task_status.started()
        async for _signal in signals:
            if not stop.insisted:
                terminal.note(_INSISTED if stop.asked else _ASKED)
                stop.request()
