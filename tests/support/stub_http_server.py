"""A small real HTTP server on loopback. It sends exactly the bytes that a test sets, right or wrong."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.adapters.backend.fakes import ACCESS_TOKEN


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: each[-1] for name, each in parse_qs(urlsplit(self.target).query).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Saying = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


def answer(body: Any = None, status: int = 200, etag: str | None = '"v2"', **headers: str) -> Saying:
    """Bytes as they are, anything else as JSON. Header names with `_` for `-`."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if etag is not None:
        lines.append(f"ETag: {etag}")

    async def say(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        head = "\r\n".join([f"HTTP/1.1 {status} x", f"Content-Length: {len(content)}", *lines, "", ""])
        writer.write(head.encode() + content)
        await writer.drain()

    return say


def problem(status: int, code: str, detail: str = "so it is", **headers: str) -> Saying:
    """A refusal as the contract writes it."""
    body = {"title": "no", "status": status, "code": code, "detail": detail}
    return answer(body, status, **{"Content_Type": "application/problem+json", **headers})


def raw(content: bytes) -> Saying:
    """These bytes, then the end of the connection."""

    async def say(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(content)
        await writer.drain()
        writer.close()

    return say


async def silence(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
    """Nothing, until the server ends."""
    await asyncio.Event().wait()


def token(value: str = ACCESS_TOKEN, lasts: int = 3600) -> Saying:
    return answer({"access_token": value, "token_type": "Bearer", "expires_in": lasts}, etag=None)


class Loopback:
    """`on` sets what is said: each saying once, the last one for ever. `seen` are the requests in order. `tls`: over HTTPS."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.seen: list[Seen] = []
        self.busy = 0
        self.most = 0
        self._sayings: dict[str, list[Saying]] = {"POST /oauth/token": [token()]}
        self._tasks: set[asyncio.Task[None]] = set()

    def on(self, request: str, *sayings: Saying) -> None:
        self._sayings[request] = list(sayings)

    def asked(self, request: str) -> int:
        return sum(f"{seen.method} {seen.path}" == request for seen in self.seen)

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while not writer.is_closing():
                await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        seen = Seen(method, target, headers, body)
        self.seen.append(seen)
        self.busy += 1
        self.most = max(self.most, self.busy)
        try:
            await self._saying(seen)(seen, writer)
        finally:
            self.busy -= 1

    def _saying(self, seen: Seen) -> Saying:
        sayings = self._sayings.get(f"{seen.method} {seen.path}")
        if not sayings:
            return problem(404, "SHOP_NOT_FOUND")
        return sayings.pop(0) if len(sayings) > 1 else sayings[0]
