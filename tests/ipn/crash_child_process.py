"""A process that forks the sidecar and lets it kill itself: one life per line on stdin, reported in three lines on stdout.

    {"folder": ..., "point": "settle:before", "nth": 3}  ->  {"pid": ...}  {"port": ...}  {"ended": exit code or minus the signal}

At the nth time that a point is reached, the forked process kills itself with SIGKILL. An empty point: never.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

from reconciler.adapters.backend.orders import HttpOrders
from reconciler.adapters.smtp import SmtpMailer
from reconciler.adapters.store.inbox import arrivals
from reconciler.adapters.store.inbox import work_queue as desk
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.outbox import StoreOutbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.cli.app import app
from reconciler.embedded.resources import orders
from reconciler.ipn.receive.app import PortDispatcher
from reconciler.ipn.receive.certificate_cache import CertificateCache
from reconciler.ipn.receive.receiver import Receiver
from reconciler.wiring import servers

STEPS: tuple[tuple[type, str, str], ...] = (
    (Receiver, "receive", "receive"),
    (CertificateCache, "certificate_for", "certificate"),
    (StoreInbox, "keep", "keep"),
    (HttpOrders, "find", "find"),
    (HttpOrders, "mark_paid", "mark"),
    (StoreWorkQueue, "complete", "settle"),
    (StoreOutbox, "mark", "outbox"),
    (SmtpMailer, "send", "mail"),
)
WITHIN: tuple[tuple[ModuleType, str, str], ...] = (
    (arrivals, "_kept", "keep"),
    (orders, "mark_paid", "mark"),
    (desk, "_settle", "settle"),
)
"""What writes in a transaction: killed when it has written and nothing is committed."""

POINTS = (
    "first-byte",
    *(f"{name}:{when}" for _, _, name in STEPS for when in ("before", "after")),
    *(f"{name}:within" for _, _, name in WITHIN),
    "answered",
)
"""Each step of a notification: the first byte, before, within and after the step of a room, the answer given to the socket."""


class Kill:
    def __init__(self, point: str, nth: int) -> None:
        self.point = point
        self.left = nth

    def at(self, point: str) -> None:
        if point != self.point:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def around(kind: type, method: str, name: str, kill: Kill) -> None:
    inner: Callable[..., Awaitable[Any]] = getattr(kind, method)

    async def outer(*given: Any, **named: Any) -> Any:
        kill.at(f"{name}:before")
        answer = await inner(*given, **named)
        kill.at(f"{name}:after")
        return answer

    setattr(kind, method, outer)


def inside(module: ModuleType, function: str, name: str, kill: Kill) -> None:
    inner: Callable[..., Any] = getattr(module, function)

    def outer(*given: Any, **named: Any) -> Any:
        answer = inner(*given, **named)
        kill.at(f"{name}:within")
        return answer

    setattr(module, function, outer)


def on_the_wire(kill: Kill) -> None:
    inner = PortDispatcher.__call__

    async def outer(self: Any, scope: Any, receive: Any, send: Any) -> None:
        async def printed(message: Any) -> None:
            await send(message)
            if message["type"] == "http.response.body" and scope["type"] == "http":
                kill.at("answered")

        if scope["type"] == "http":
            kill.at("first-byte")
        await inner(self, scope, receive, printed if scope["type"] == "http" else send)

    PortDispatcher.__call__ = outer  # type: ignore[method-assign]


def live(order: dict[str, Any]) -> None:
    """In the forked process: ends it."""
    os.chdir(order["folder"])
    kill = Kill(order["point"], order["nth"])
    for kind, method, name in STEPS:
        around(kind, method, name, kill)
    for module, function, name in WITHIN:
        inside(module, function, name, kill)
    on_the_wire(kill)
    telling = os.dup(1)
    serve = servers.serve_sidecar

    def printed(settings: Any, listen: Any, announce: Callable[[Any], None]) -> None:
        def ready(receiving: Any) -> None:
            announce(receiving)
            os.write(telling, json.dumps({"port": receiving.port}).encode() + b"\n")

        serve(settings, listen, ready)

    servers.serve_sidecar = printed
    with Path("output.txt").open("a") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    code = 1
    try:
        app.main(["serve", "ipn", "--port", "0", "--ops-port", "0"], prog_name="reconciler")
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stdout.flush()
        os._exit(code)


def preload() -> None:
    """What the sidecar imports when it runs is imported once, and not after each fork."""
    for room in ("adapters.backend", "adapters.store", "embedded", "ipn", "wiring"):
        package = import_module(f"reconciler.{room}")
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith((".__main__", ".env", ".catalogue")):
                import_module(module.name)


def main() -> None:
    preload()
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            live(json.loads(line))
        print(json.dumps({"pid": process}), flush=True)
        _, status = os.waitpid(process, 0)
        print(json.dumps({"ended": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
