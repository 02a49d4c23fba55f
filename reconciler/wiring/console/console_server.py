"""The console, served: pages, health checks and metrics on one port."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from reconciler.adapters.settings.settings import Settings
from reconciler.ports import SetupError
from reconciler.wiring.console.console_access import console_options
from reconciler.wiring.runtime import clock
from reconciler.wiring.services.listening import ListenAddress, listening

if TYPE_CHECKING:
    from socket import socket

    from reconciler.console.sources import ConsoleSources
    from reconciler.serving.health import ReadyCheck

_READY_FOR: Final = 5.0
"""Seconds for which an answer of the store is believed."""


def serve_console(settings: Settings, address: ListenAddress, announce: Callable[[str], None]) -> None:
    """Until it is interrupted or ended. `announce` gets its address. Raises SetupError, all before it is announced."""
    import anyio

    from reconciler.console.app import create_console
    from reconciler.serving.listener import http_address, port_of
    from reconciler.wiring.console.sources import ConfiguredConsoleSources

    options = console_options(settings, address.host)
    with closing(ConfiguredConsoleSources(settings)) as sources, listening(address) as listener:
        console = create_console(options, sources, clock())
        announced = http_address(address.host, port_of(listener))
        anyio.run(_serve, _counted(console, sources), listener, lambda: announce(announced))


async def _serve(app: Any, listener: socket, announce: Callable[[], None]) -> None:
    from reconciler.serving.server import serve

    await serve(app, [listener], on_ready=lambda _port: announce())


def _counted(console: Any, sources: ConsoleSources) -> Any:
    from reconciler.console.routes import console_route
    from reconciler.serving.health import make_health_app, with_health
    from reconciler.serving.request_metrics import RequestMetrics

    metrics = RequestMetrics("console", console_route)
    return with_health(metrics.around(console), make_health_app(_ready_check(sources), metrics.text))


def _ready_check(sources: ConsoleSources) -> ReadyCheck:
    """Whether the store can be read; asked for at most every few seconds, however many probes there are."""
    from reconciler.core.overview.run_overview import RunQuery
    from reconciler.serving.health import READY, ReadyState, not_ready

    known: list[tuple[float, ReadyState]] = []

    async def ready() -> ReadyState:
        now = clock().monotonic()
        if known and now - known[-1][0] < _READY_FOR:
            return known[-1][1]
        try:
            await sources.runs(RunQuery())
            state = READY
        except SetupError:
            state = not_ready("store")
        known[:] = [(now, state)]
        return state

    return ready
