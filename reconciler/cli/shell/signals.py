"""Ctrl-C, SIGTERM, SIGHUP and SIGQUIT while a run writes: it stops at the next safe point, and is not killed.

After the first signal the current step is finished, closed shops are reopened, and nothing new starts. A second one only shortens
the wait for a backend that does not reopen a shop: each is still tried, and one that stays closed is reported and pending.
"""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import anyio

from reconciler.cli.shell.output_streams import STOP_PATIENCE
from reconciler.core.diagnostics.messages import Message, msg

if TYPE_CHECKING:
    from reconciler.cli.shell.terminal import Terminal

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""All signals that ask a process to end and can be handled: also a closed terminal, a lost connection."""
_STOPPING: Final = msg("Interrupted: finishing the current step and reopening closed shops, please wait")
SERVICE_STOPPING: Final = msg("Stopping: finishing what is in progress")
"""Of a process that is idle most of the time: a signal interrupts nothing."""
_FORCED: Final = msg("Interrupted again: no longer waiting for shops that cannot be reopened")


@dataclass(slots=True)
class _Listener:
    on_stop: Callable[[], None]
    on_force: Callable[[], None]
    stopping: Message
    received: int = 0


class TerminalSignals:
    """Implements ports.interaction.StopSignals for a process of its own. Of listeners within each other the innermost one hears a
    signal; the outer one hears the next when that has ended.
    """

    def __init__(self, terminal: Terminal, stopping: Message = _STOPPING) -> None:
        self._terminal = terminal
        self._stopping = stopping
        self._listeners: list[_Listener] = []

    @asynccontextmanager
    async def listening(
        self, on_stop: Callable[[], None], on_force: Callable[[], None], *, said: Message | None = None
    ) -> AsyncIterator[None]:
        """What is raised inside is raised as it is, not in the group that a task group makes of it."""
        listener = _Listener(on_stop, on_force, self._stopping if said is None else said)
        self._listeners.append(listener)
        try:
            if len(self._listeners) > 1:
                yield
                return
            raised: Exception | KeyboardInterrupt | None = None
            async with anyio.create_task_group() as group:
                await group.start(self._receive)
                try:
                    yield
                except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # it is raised again below
                    raised = error
                group.cancel_scope.cancel()
            if raised is not None:
                raise raised
        finally:
            self._listeners.remove(listener)

    async def _receive(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        """One receiver for all listeners: the end of another one would take the handlers of the process away."""
        with anyio.open_signal_receiver(*SIGNALS) as signals:
            task_status.started()
            async for _signal in signals:
                self._terminal.streams.stderr.patience = STOP_PATIENCE
                self._heard(self._listeners[-1])

    def _heard(self, listener: _Listener) -> None:
        listener.received += 1
        if listener.received == 1:
            self._terminal.info(listener.stopping)
            listener.on_stop()
        elif listener.received == 2:  # the second of two messages
            self._terminal.info(_FORCED)
            listener.on_force()
