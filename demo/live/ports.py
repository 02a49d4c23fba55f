"""Which ports the demo's servers listen on: fixed ones, so that addresses can be remembered, unless variables say otherwise."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"


class Unusable(Exception):
    """The demo cannot start: the key of a message, its values, and the name of what it concerns."""

    def __init__(self, key: str, concerns: str | None = None, **values: object) -> None:
        super().__init__(key)
        self.key, self.concerns, self.values = key, concerns, values


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPort:
    variable: str
    default: int


PORTS = {
    "backend": DemoPort(variable="DEMO_PORT", default=8765),
    "sidecar": DemoPort(variable="DEMO_IPN_PORT", default=8766),
    "metrics": DemoPort(variable="DEMO_OPS_PORT", default=8767),
    "watcher": DemoPort(variable="DEMO_WATCH_PORT", default=8768),
    "console": DemoPort(variable="DEMO_CONSOLE_PORT", default=8769),
    "mail": DemoPort(variable="DEMO_MAIL_PORT", default=8770),
}


def choose_ports(environment: Mapping[str, str]) -> dict[str, int]:
    """By name. A variable with 0 is a free port. Raises Unusable where a port cannot be listened on."""
    wanted = {name: _wanted(port, environment) for name, port in PORTS.items()}
    held: list[socket.socket] = []  # until all are chosen, so that no free port is chosen twice
    try:
        for name, number in wanted.items():
            held.append(_listening(name, number))
            wanted[name] = held[-1].getsockname()[1]
    finally:
        for each in held:
            each.close()
    return wanted


def _wanted(port: DemoPort, environment: Mapping[str, str]) -> int:
    given = environment.get(port.variable) or str(port.default)
    if not (given.isascii() and given.isdigit() and int(given) <= 65535):
        raise Unusable("not_a_port", variable=port.variable, given=given)
    return int(given)


def _listening(name: str, number: int) -> socket.socket:
    try:
        return socket.create_server((HOST, number))
    except OSError as error:
        key = "port_taken" if error.errno == errno.EADDRINUSE else "port_refused"
        other = number + 1000 if number < 60000 else 0
        reason = os.strerror(error.errno or 0)
        raise Unusable(key, name, port=number, variable=PORTS[name].variable, other=other, reason=reason) from None
