"""`python -m bench.stub_admin_api SHOPS`: the admin API's responses for the fleet of `bench.fleet`, made in advance.

Prints its port; ends on SIGTERM. Clients are measured with it, so it is a separate process, does as little as possible per
request, and ignores writes: the pages are the embedded backend's own, of one shop, repeated for all. `/integrations` has pages
with an ETag; `/shops/KEY/integration` returns one shop; a PATCH is answered as done.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
from starlette.types import Receive, Scope, Send

from bench.fleet import client_id, seller_id, shop_key, shop_number, world
from reconciler.embedded.app import create_app
from reconciler.embedded.config import EmbeddedConfig
from reconciler.serving.listener import bind, port_of

API = "/admin-api/v1"
PAGE = 500
PREPARED = 200_000
TOKEN = b'{"access_token": "bench-token", "token_type": "Bearer", "expires_in": 3600}'
_OWN = (shop_key, seller_id, client_id)


def integrations(numbers: Iterable[int], pattern: str) -> Iterator[dict[str, Any]]:
    """The embedded backend's response for each shop, made from that for the first one."""
    for number in numbers:
        text = pattern
        for name in _OWN:
            text = text.replace(name(0), name(number))
        yield json.loads(text)


def first_integration() -> str:
    """The embedded backend's response for the first shop, as JSON."""
    return json.dumps(asyncio.run(_first()), ensure_ascii=False)


async def _first() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(EmbeddedConfig(database=Path(folder) / "world.db", seed=world(1)))
        app.state.world.ensure_client("bench", "secret")
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://one.invalid") as http:
            form = {"grant_type": "client_credentials"}
            token = (await http.post("/oauth/token", data=form, auth=("bench", "secret"))).json()["access_token"]
            page = await http.get(f"{API}/integrations", headers={"Authorization": f"Bearer {token}"})
    item: dict[str, Any] = page.raise_for_status().json()["items"][0]
    return item


class Store:
    """An ASGI application. Up to `PREPARED` shops, every response is prepared as bytes."""

    def __init__(self, count: int, port: int) -> None:
        self._count = count
        self._port = port
        self._pattern = first_integration()
        self._ones: dict[str, bytes] = {}
        self._pages: dict[str, tuple[bytes, bytes]] = {}
        for start in range(0, count if count <= PREPARED else 0, PAGE):
            items = list(self._items(start))
            self._ones |= {item["shopKey"]: _bytes(item) for item in items}
            self._pages[str(start)] = self._page(start, items)

    def _items(self, start: int) -> Iterator[dict[str, Any]]:
        return integrations(range(start, min(start + PAGE, self._count)), self._pattern)

    def _page(self, start: int, items: list[dict[str, Any]]) -> tuple[bytes, bytes]:
        after = start + PAGE
        url = f"http://127.0.0.1:{self._port}{API}/integrations?limit={PAGE}&environment=PRODUCTION&cursor={after}"
        body = _bytes({"items": items, "nextUrl": url if after < self._count else None})
        return body, f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        while (await receive()).get("more_body"):
            pass
        status, body, headers = self._answer(scope)
        length = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": [*length, *headers]})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, scope: Scope) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        path = scope["path"]
        if path == "/oauth/token":
            return 200, TOKEN, []
        if path == f"{API}/integrations":
            cursor = parse_qs(scope["query_string"].decode()).get("cursor", ["0"])[0]
            body, tag = self._pages.get(cursor) or self._page(int(cursor), list(self._items(int(cursor))))
            held = dict(scope["headers"]).get(b"if-none-match")
            return (304, b"", [(b"etag", tag)]) if held == tag else (200, body, [(b"etag", tag)])
        return self._one(path.removeprefix(f"{API}/shops/"))

    def _one(self, rest: str) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        shop, _, resource = rest.partition("/")
        one = self._ones.get(shop) or _bytes(next(integrations([shop_number(shop)], self._pattern)))
        if resource == "integration":
            return 200, one, [(b"etag", b'"1"')]
        part = "amazonPay" if resource.startswith("payment") else "amazonSettings"
        value = json.loads(one)[part]["value"]
        return 200, _bytes(value), [(b"etag", b'"2"')]


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


if __name__ == "__main__":
    import uvicorn

    with bind("127.0.0.1", 0) as listener:
        held = port_of(listener)
        app = Store(int(sys.argv[1]), held)
        print(held, flush=True)
        config = uvicorn.Config(app, log_level="critical", lifespan="off", access_log=False)
        asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
