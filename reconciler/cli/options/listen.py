"""Where a server listens, as options with a variable each; and the line that says that it does.

@listen_options("backend", 8765)    # host: str, port: int; RECONCILER_BACKEND_HOST, RECONCILER_BACKEND_PORT
address = listen_address("backend", host, port)    # for `wiring/services/listening.py`
announce_ready(terminal, "backend", served.url)    # once it listens
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from reconciler.cli.shell.click_ext import _, option
from reconciler.cli.shell.click_types import PORT
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.event_log import log_event

if TYPE_CHECKING:
    from reconciler.wiring.servers import ListenAddress

IPN_PORT: Final = 8766
"""Of the sidecar, unless its variable or option names another one."""

F = TypeVar("F", bound=Callable[..., Any])

_HOST: Final = _("Address to listen on.")
_PORT: Final = _("Port to listen on. 0: any free port.")
_OPS_HOST: Final = _("Address of health checks and metrics.")
_OPS_PORT: Final = _("Port of health checks and metrics. 0: any free port.")


def listen_options(service: str, default: int) -> Callable[[F], F]:
    """--host and --port."""
    return _address_options("", service, default, (_HOST, _PORT))


def ops_options(service: str, default: int) -> Callable[[F], F]:
    """--ops-host and --ops-port: of health checks and metrics, where these have a port of their own."""
    return _address_options("ops-", service, default, (_OPS_HOST, _OPS_PORT))


def listen_address(service: str, host: str, port: int, *, part: str = "", shared: bool = False) -> ListenAddress:
    """Of `listen_options`; part "ops-": of `ops_options`."""
    from reconciler.wiring.servers import ListenAddress

    option, variable = f"--{part}port", _port_variable(service, part)
    return ListenAddress(host=host, port=port, option=option, variable=variable, shared=shared)


def local_url(service: str, default: int) -> str:
    """Where `listen_options` has the service listen on this machine when nothing is said on the command line."""
    return f"http://127.0.0.1:{os.environ.get(_port_variable(service, '')) or default}"


def announce_ready(terminal: Terminal, service: str, address: str) -> None:
    """One form for all servers, once they listen: what starts them waits for this line, or for the event in a log of JSON.

    It starts in the same way in every language: `ready: backend http://127.0.0.1:8765/`.
    """
    if terminal.log == "json":
        log_event("ready", service=service, address=address)
    else:
        terminal.info(msg("ready: {service} {address} (Ctrl-C stops it)", service=service, address=address))


def _address_options(part: str, service: str, default: int, texts: tuple[str, str]) -> Callable[[F], F]:
    host_help, port_help = texts
    variable = _port_variable(service, part)
    host = option(
        f"--{part}host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help=host_help,
        envvar=variable.removesuffix("PORT") + "HOST",
    )  # fmt: skip
    port = option(
        f"--{part}port", type=PORT, metavar="PORT", default=default, show_default=True, help=port_help, envvar=variable
    )
    return lambda command: host(port(command))


def _port_variable(service: str, part: str) -> str:
    return f"RECONCILER_{service}_{part}PORT".replace("-", "_").upper()
