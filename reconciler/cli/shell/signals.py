"""Ctrl-C, SIGTERM, SIGHUP and SIGQUIT during an apply: the step under way is finished, closed shops are reopened, and nothing
new is begun.

In: the work, and the wish to stop that it looks at between two steps. Out: its result. A second signal hurries nothing but the
wait for a backend that does not reopen a shop: each is still tried, and one that stays closed is told and owed. Looking after
what a run left behind begins nothing: it is let come to its end, and only a second signal cuts it off, since what it did not
come to stays owed.
"""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeVar

import anyio

from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics.messages import msg
from reconciler.workflows.execution.cancellation import StopToken

T = TypeVar("T")

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""Whatever asks a process to end and can be heard: also a terminal that is closed, a connection that is gone."""
_ASKED: Final = msg("Interrupted: the present step is finished and closed shops are reopened, please wait")
_INSISTED: Final = msg("Interrupted again: a shop that cannot be reopened is no longer waited for")


async def run_until_stopped(work: Callable[[], Awaitable[T]], stop: StopToken, terminal: Terminal) -> T:
    results: list[T] = []
    async with anyio.create_task_group() as group:
        await group.start(_listen, stop, terminal)
        results.append(await work())
        group.cancel_scope.cancel()
    return results[0]


async def _listen(
    stop: StopToken,
    terminal: Terminal,
    *,
    insisted: Callable[[], object] | None = None,
    task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
) -> None:
    with anyio.open_signal_receiver(*SIGNALS) as signals:
        task_status.started()
        async for _signal in signals:
            if stop.signalled and insisted is not None:
                insisted()
            elif not stop.forced:
                terminal.info(_INSISTED if stop.signalled else _ASKED)
                stop.request()


async def run_shielded(work: Callable[[], Awaitable[T]], terminal: Terminal) -> tuple[T, bool]:
    """What came of it, and whether a signal came meanwhile. A second one raises KeyboardInterrupt, at once."""
    stop, results = StopToken(), list[T]()
    async with anyio.create_task_group() as group:
        await group.start(partial(_listen, stop, terminal, insisted=group.cancel_scope.cancel))
        results.append(await work())
        group.cancel_scope.cancel()
    if not results:
        raise KeyboardInterrupt
    return results[0], stop.signalled
