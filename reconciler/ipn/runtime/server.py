"""The sidecar as a server: uvicorn, less patient, with what works beside it.

`Background`s run as long as the server does; one that fails is started again, after a while. On SIGTERM bodies that are on
their way are turned away with 503, what was read is answered, and the backgrounds finish what they have in hand.
"""

from __future__ import annotations

import asyncio
import re
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from socket import socket
from typing import Any, Final

import anyio
import h11
import structlog
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from reconciler.ipn.receive.request_limits import ShutdownToken
from reconciler.ipn.telemetry.logs import error_location
from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.lib.backoff import backoff
from reconciler.ports import Clock

Background = Callable[[], Awaitable[None]]
"""Runs until it is cancelled; then it finishes what it has in hand, in bounded time."""

HEAD: Final = 5.0
"""Seconds from a connection, or from a request's first byte, to the end of its head."""

MANY: Final = 2048
"""Connections at one time; beyond, each is answered 503."""

GRACE: Final = 20
"""Seconds for running requests once the server is stopped."""

LONGEST_HEAD: Final = 16 * 1024
"""Bytes of a request line and its headers, up to the empty line that ends them."""

_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_log = structlog.get_logger()


class BoundedHeadConnection(h11.Connection):
    """h11 bounds what is incomplete; this also bounds a head that arrives whole, before a line of it is parsed."""

    def next_event(self) -> type[h11.NEED_DATA | h11.PAUSED] | h11.Event:
        if self.their_state is h11.IDLE:
            head = self.trailing_data[0]
            if len(head) > LONGEST_HEAD and _END_OF_HEAD.search(head, 0, LONGEST_HEAD) is None:
                raise h11.RemoteProtocolError("the head is too large", error_status_hint=431)
        return super().next_event()


class SlowHeaderProtocol(H11Protocol):
    """Gives up on a peer that keeps a connection busy without a whole head, or goes on sending what was answered already."""

    head_within: float = HEAD
    metrics: Metrics
    _deadline: asyncio.TimerHandle | None = None
    _began = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn = BoundedHeadConnection(h11.SERVER, LONGEST_HEAD)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it too
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def send_400_response(self, msg: str) -> None:
        """To what is no HTTP: no request came of it that anybody else could count."""
        self.metrics.malformed()
        super().send_400_response(msg)

    def on_response_complete(self) -> None:
        self._began = True
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._disarm()

    def _look(self) -> None:
        """The time runs from the moment at which the data was due, however often a byte arrives."""
        if not self._owes():
            self._disarm()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.head_within, self.transport.abort)

    def _owes(self) -> bool:
        if self.conn.their_state is h11.IDLE:
            return not self._began or bool(self.conn.trailing_data[0])
        return self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Server(uvicorn.Server):
    """Calls back when it starts to stop. A signal ends `serve` and is not raised again."""

    def __init__(self, config: uvicorn.Config, closing: ShutdownToken) -> None:
        super().__init__(config)
        self._closing = closing

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._closing.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        if threading.current_thread() is not threading.main_thread():
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


def build_server(app: Any, closing: ShutdownToken, metrics: Metrics, *, head_within: float = HEAD) -> Server:
    """Speaks HTTP/1.1 by h11 alone; believes no header about who is connected; logs no request."""
    config = uvicorn.Config(
        app,
        http=type("Protocol", (SlowHeaderProtocol,), {"head_within": head_within, "metrics": metrics}),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MANY,
        backlog=MANY,
        timeout_graceful_shutdown=GRACE,
    )
    return Server(config, closing)


def lifespan(backgrounds: Mapping[str, Background], clock: Clock, metrics: Metrics) -> Starlette:
    """An application without routes: it lives as long as the server, and the backgrounds with it."""

    @asynccontextmanager
    async def living(_app: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            for name, background in backgrounds.items():
                metrics.expect_task(name)
                group.start_soon(_kept_up, name, background, clock, metrics)
            yield
            group.cancel_scope.cancel()

    return Starlette(lifespan=living)


async def _kept_up(name: str, background: Background, clock: Clock, metrics: Metrics) -> None:
    failures = 0
    while True:
        try:
            await background()
            return
        except Exception as error:  # noqa: BLE001  # after any error, notifications are still received
            failures += 1
            pause = backoff(failures, first=_FIRST_PAUSE, longest=_LONGEST_PAUSE)
            _log.error("background-failed", task=name, error=error_location(error), retry_in_seconds=pause)
            metrics.restarted(name)
        await clock.sleep(pause)
