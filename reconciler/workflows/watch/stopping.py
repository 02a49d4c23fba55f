"""The request to stop a watcher, shared with the applies that it makes: a process has one receiver of signals."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from reconciler.core.diagnostics.messages import Message


class SharedStop:
    """Implements ports.interaction.StopSignals for what runs within another that listens already."""

    def __init__(self) -> None:
        self.requested = anyio.Event()
        self._forced = False
        self._listeners: list[tuple[Callable[[], None], Callable[[], None]]] = []

    def stop(self) -> None:
        self.requested.set()
        for on_stop, _ in tuple(self._listeners):
            on_stop()

    def force(self) -> None:
        self._forced = True
        for _, on_force in tuple(self._listeners):
            on_force()

    @asynccontextmanager
    async def listening(
        self,
        on_stop: Callable[[], None],
        on_force: Callable[[], None],
        *,
        said: Message | None = None,  # noqa: ARG002  # who listens to the signals speaks
    ) -> AsyncIterator[None]:
        listener = (on_stop, on_force)
        self._listeners.append(listener)
        try:
            if self.requested.is_set():
                on_stop()
            if self._forced:
                on_force()
            yield
        finally:
            self._listeners.remove(listener)
