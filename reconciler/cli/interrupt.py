"""Ctrl-C and SIGTERM during an apply: the work is cancelled in order, so that closed shops are reopened first.

In: the work. Out: its result, or None where it was cut off. A second signal does not hurry it: a shop left closed is worse.
"""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from reconciler.cli.terminal import Terminal
from reconciler.core.texts import say

T = TypeVar("T")


async def unless_interrupted(work: Callable[[], Awaitable[T]], terminal: Terminal) -> T | None:
    result: T | None = None
    async with anyio.create_task_group() as group:
        with anyio.CancelScope() as scope:
            await group.start(_listen, scope, terminal)
            result = await work()
        group.cancel_scope.cancel()
    return result


async def _listen(
    scope: anyio.CancelScope, terminal: Terminal, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED
) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for _signal in signals:
            terminal.note(say("interrupted: shops that this run closed are being reopened, please wait"))
            scope.cancel()
