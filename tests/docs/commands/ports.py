"""The ports of a page: each number that pages use stands for a free port, so that pages run beside each other."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack

SHOWN = (*range(8765, 8776), 9100, 2525, 4318)
VARIABLES = {
    "RECONCILER_BACKEND_PORT": 8765,
    "RECONCILER_IPN_PORT": 8766,
    "RECONCILER_IPN_OPS_PORT": 8767,
    "RECONCILER_WATCH_PORT": 8768,
    "RECONCILER_CONSOLE_PORT": 8769,
    "RECONCILER_WORKER_PORT": 8770,
}
"""The defaults of the commands."""


class Ports:
    def __init__(self) -> None:
        with ExitStack() as stack:
            sockets = [stack.enter_context(socket.socket()) for _ in SHOWN]
            for one in sockets:
                one.bind(("127.0.0.1", 0))
            self._real = {str(shown): str(one.getsockname()[1]) for shown, one in zip(SHOWN, sockets, strict=True)}
        self._shown = {real: shown for shown, real in self._real.items()}

    def variables(self) -> dict[str, str]:
        sidecar = self._real["8766"]
        numbers = {name: self._real[str(port)] for name, port in VARIABLES.items()}
        return numbers | {"RECONCILER_IPN_SIMULATE_TO": f"http://127.0.0.1:{sidecar}"}

    def real(self, command: str) -> str:
        """As it is run."""
        return re.sub(r"(?<![\w.-])\d{4}(?![\w.-])", lambda found: self._real.get(found[0], found[0]), command)

    def shown(self, output: str) -> str:
        """As the page has it."""
        return re.sub(r"(?<!\d)\d{4,5}(?!\d)", lambda found: self._shown.get(found[0], found[0]), output)
