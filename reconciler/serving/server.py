"""An application over HTTP, on sockets that are bound already, until it is stopped.

What stops it is an event of the caller, the cancellation of the task, or, where the caller gives no event, SIGINT or SIGTERM: a
signal ends `serve` and is not raised again. Then no connection is accepted any more, running requests are answered within
`GRACE` seconds, and the application's lifespan ends.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from socket import socket
from typing import Any, Final

import anyio
import uvicorn

from reconciler.lib.frozen_class import frozen
from reconciler.serving.http_protocol import HEAD, bounded_protocol
from reconciler.serving.listener import port_of
from reconciler.serving.server_log import server_log

MANY: Final = 2048
"""Connections at one time; beyond, each is answered 503."""

GRACE: Final = 20
"""Seconds for running requests once the server is stopped."""


def _nothing() -> None: ...


@frozen
class ServerHooks:
    """Called as it starts to stop, and for each answer to what is no HTTP."""

    stopping: Callable[[], None] = _nothing
    malformed: Callable[[], None] = _nothing


class Server(uvicorn.Server):
    """Calls back when it listens, and when it starts to stop.

    `by_signals`: SIGINT and SIGTERM stop it, a second SIGINT without waiting for running requests.
    """

    def __init__(
        self, config: uvicorn.Config, hooks: ServerHooks, *, on_listening: Callable[[], None], by_signals: bool
    ) -> None:
        super().__init__(config)
        self._hooks = hooks
        self._on_listening = on_listening
        self._by_signals = by_signals

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_listening()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._hooks.stopping()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        if not self._by_signals or threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


async def serve(  # all but the application and its sockets by keyword
    app: Any,
    listeners: Sequence[socket],
    *,
    on_ready: Callable[[int], None],
    stop: anyio.Event | None = None,
    hooks: ServerHooks | None = None,
    head_within: float = HEAD,
) -> None:
    """Returns once it has stopped; closes the sockets. `on_ready` gets the port of the first one as soon as it listens.

    `stop`: the caller stops it, and handles signals. None: signals stop it.
    """
    server = build_server(
        app,
        hooks or ServerHooks(),
        head_within=head_within,
        on_listening=lambda: on_ready(port_of(listeners[0])),
        by_signals=stop is None,
    )
    with server_log():
        await _serve_until_stopped(server, listeners, stop)


async def _serve_until_stopped(server: Server, listeners: Sequence[socket], stop: anyio.Event | None) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(_stop_when_asked, server, stop)
        with anyio.CancelScope(shield=True):
            await server.serve(sockets=list(listeners))
        group.cancel_scope.cancel()


async def _stop_when_asked(server: Server, stop: anyio.Event | None) -> None:
    """Also where the task is cancelled."""
    try:
        await (anyio.sleep_forever() if stop is None else stop.wait())
    finally:
        server.should_exit = True


def build_server(
    app: Any,
    hooks: ServerHooks,
    *,
    head_within: float = HEAD,
    on_listening: Callable[[], None] = _nothing,
    by_signals: bool = True,
) -> Server:
    """Speaks HTTP/1.1 by h11 alone; believes no header about who is connected; logs no request."""
    config = uvicorn.Config(
        app,
        http=bounded_protocol(head_within, hooks.malformed),
        ws="none",
        lifespan="auto",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MANY,
        backlog=MANY,
        timeout_graceful_shutdown=GRACE,
    )
    return Server(config, hooks, on_listening=on_listening, by_signals=by_signals)
