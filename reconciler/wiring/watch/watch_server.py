"""The watcher's pages for programs: health, readiness, metrics and webhooks, in a thread with an event loop of its own.

A look at a large fleet keeps the watcher's own loop busy for seconds; a health check still gets an answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from socket import socket
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.to_thread

from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.serving.health import READY, ReadyState, make_health_app, not_ready, with_health
from reconciler.serving.server import serve
from reconciler.views.watch_metrics import render_watch_metrics
from reconciler.wiring.runtime import clock

if TYPE_CHECKING:
    from reconciler.workflows.session import Session
    from reconciler.workflows.watch.status import WatchStatus

_KEPT: Final = 15.0
"""Seconds for which what was read from the store is shown again."""
_NEEDED: Final = frozenset({"start", "look", "step"})
"""Parts without which nothing is watched."""


def ready_state(status: WatchStatus) -> ReadyState:
    """Only the leader works; one on standby is ready to lead."""
    if not status.leader:
        return ReadyState(word="standby")
    failing = frozenset(status.parts.failing)
    if failing & _NEEDED:
        return not_ready("failing")
    if not status.started:
        return not_ready("starting")
    return ReadyState(word="degraded") if failing else READY


class WatchMetrics:
    """Of the watcher, and of the fleet as the store has it."""

    def __init__(self, session: Session, status: WatchStatus) -> None:
        self._session = session
        self._status = status
        self._stored = b""
        self._read_from = 0.0

    def text(self) -> bytes:
        numbers = self._status.numbers(self._session.target.fleet_name)
        return render_watch_metrics(numbers).encode() + self._of_fleet()

    def _of_fleet(self) -> bytes:
        """Empty while the store cannot be read."""
        from reconciler.views.prometheus import render_metrics
        from reconciler.workflows.findings.metrics import read_metrics

        if time.monotonic() >= self._read_from:
            self._read_from = time.monotonic() + _KEPT
            try:
                read = read_metrics(self._session.findings, self._session.target.fleet_name, format_utc(clock().now()))
                self._stored = render_metrics(read).encode()
            except SetupError:
                self._stored = b""
        return self._stored


class WatchServer:
    """`other` answers all other paths; None: nothing else is there."""

    def __init__(self, status: WatchStatus, metrics: Callable[[], bytes], other: Any = None) -> None:
        async def ready() -> ReadyState:
            return ready_state(status)

        health = make_health_app(ready, metrics)
        self._app = health if other is None else with_health(other, health)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: anyio.Event | None = None
        self._stopped = False

    async def run(self, listener: socket, on_ready: Callable[[], None]) -> None:
        """Until `stop`, or cancelled."""
        here = asyncio.get_running_loop()

        def serving() -> None:
            anyio.run(self._serve, listener, lambda: here.call_soon_threadsafe(on_ready))

        try:
            await anyio.to_thread.run_sync(serving, abandon_on_cancel=True)
        finally:
            self.stop()

    def stop(self) -> None:
        """What is being answered is finished."""
        self._stopped = True
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    async def _serve(self, listener: socket, on_ready: Callable[[], object]) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), anyio.Event()
        if self._stopped:
            self._stop.set()

        def announce(_port: int) -> None:
            on_ready()

        await serve(self._app, [listener], on_ready=announce, stop=self._stop)
