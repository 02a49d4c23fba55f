"""`python -m tests.hosts.slow_backend FOLDER ADDRESS PORT DELAY`: the embedded backend, each answer DELAY seconds later.

FOLDER has `seed.json` and, for TLS, `server.pem` and `server.key`; it gets `world.db` and `requests.jsonl`: each write
with its answer, in the order in which they were handled, also where the answer does not arrive. Ends at SIGTERM.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from socket import socket
from typing import Any

import anyio
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.embedded import EmbeddedConfig, World, create_app

SECRET = "the secret of the tests"
CLIENT = "tests"
API = "/admin-api/v1"


class Slow:
    """Waits beside other requests, not before them."""

    def __init__(self, application: ASGIApp, delay: float, log: Path) -> None:
        self._application = application
        self._delay = delay
        self._log = log.open("a", buffering=1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/oauth/"):
            await self._application(scope, receive, send)
            return
        await anyio.sleep(self._delay)
        if scope["method"] == "GET":
            await self._application(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        try:
            await self._application(scope, exchange.receive, exchange.send)
        finally:
            for line in exchange.lines():
                self._log.write(json.dumps(line) + "\n")


class Exchange:
    """Passes a write through, and keeps its body and its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._body = self._answer = b""
        self._status = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._body += message.get("body", b"")
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = int(message["status"])
        self._answer += message.get("body", b"")
        await self._send(message)

    def lines(self) -> list[dict[str, Any]]:
        """One, or one of each item of a request that carries many."""
        scope = self._scope
        common = {"at": time.time(), "host": scope["client"][0], "method": scope["method"]}
        if scope["path"] != f"{API}/integrations":
            shop, _, resource = scope["path"].removeprefix(f"{API}/shops/").partition("/")
            fence = dict(scope["headers"]).get(b"x-fence", b"").decode()
            return [{**common, "shop": shop, "resource": resource, "status": self._status, "fence": fence}]
        if self._status != 200:
            return [{**common, "shop": "", "resource": "integrations", "status": self._status, "fence": ""}]
        asked, answered = json.loads(self._body)["items"], json.loads(self._answer)["items"]
        return [
            {
                **common,
                "shop": item["shopKey"],
                "resource": item["resource"],
                "status": answer["status"],
                "fence": _fence(item.get("fence")),
            }
            for item, answer in zip(asked, answered, strict=True)
        ]


def _fence(given: Any) -> str:
    return f"{given['issuer']}:{given['number']}" if isinstance(given, dict) else given or ""


class Announced(uvicorn.Server):
    """Prints `ready` and the port once it answers."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        print("ready", self.servers[0].sockets[0].getsockname()[1], flush=True)


def main(folder: Path, address: str, port: int, delay: float) -> None:
    application = create_app(EmbeddedConfig(database=folder / "world.db", seed=folder / "seed.json", busy_timeout=30))
    World.of(application).ensure_client(CLIENT, SECRET)
    certificate = folder / "server.pem"
    config = uvicorn.Config(
        Slow(application, delay, folder / "requests.jsonl"),
        host=address,
        port=port,
        log_level="warning",
        lifespan="off",
        ssl_certfile=certificate if certificate.exists() else None,
        ssl_keyfile=folder / "server.key" if certificate.exists() else None,
    )
    Announced(config).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
