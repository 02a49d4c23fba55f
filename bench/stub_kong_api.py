"""`python -m bench.stub_kong_api SERVICES`: the routes of the Kong Admin API that `deck sync` calls, with that many services.

Prints its port; ends on SIGTERM. decK 1.4 asks for the version (`GET /`), for each kind of entity in pages
(`GET /services?size=1000`, the next page by `next`), and writes each service that differs by `PUT /services/ID`. All kinds but
services are empty. What is written is kept, so that a second run finds no difference.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from reconciler.serving.listener import bind, port_of

VERSION = {"version": "2.8.1", "configuration": {"database": "postgres", "rbac": "off"}}
SERVICES = "/services"


def service(number: int, host: str) -> dict[str, Any]:
    """A service with each field that decK compares."""
    fixed = {"port": 80, "protocol": "http", "path": "/", "retries": 5}
    limits = dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), 60000)
    return {"name": f"shop-{number}", "host": host} | fixed | limits


class KongStore:
    """An ASGI application."""

    def __init__(self, count: int) -> None:
        ids = (f"00000000-0000-4000-8000-{number:012d}" for number in range(count))
        self.services = {
            held: {"id": held, "created_at": 1, "updated_at": 1} | service(number, f"shop-{number}.example")
            for number, held in enumerate(ids)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts, more = [], True
        while more:
            message = await receive()
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        answer = json.dumps(self._answer(scope, b"".join(parts))).encode()
        headers = [(b"content-length", str(len(answer)).encode()), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _answer(self, scope: Scope, body: bytes) -> dict[str, Any]:
        path = scope["path"]
        if scope["method"] == "PUT":
            held = path.removeprefix(f"{SERVICES}/")
            self.services[held] = {"created_at": 1, "updated_at": 2} | json.loads(body)
            return self.services[held]
        if path == "/":
            return VERSION
        return self._page(scope) if path == SERVICES else {"data": [], "next": None}

    def _page(self, scope: Scope) -> dict[str, Any]:
        query = parse_qs(scope["query_string"].decode())
        size, start = int(query["size"][0]), int(query.get("offset", ["0"])[0])
        after = start + size
        if after >= len(self.services):
            return {"data": list(self.services.values())[start:], "next": None}
        following = {"next": f"{SERVICES}?offset={after}&size={size}", "offset": str(after)}
        return {"data": list(self.services.values())[start:after]} | following


if __name__ == "__main__":
    import uvicorn

    with bind("127.0.0.1", 0) as listener:
        print(port_of(listener), flush=True)
        config = uvicorn.Config(KongStore(int(sys.argv[1])), log_level="critical", lifespan="off", access_log=False)
        asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
