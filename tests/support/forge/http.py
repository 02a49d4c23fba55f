"""The HTTP side: one server for both APIs, with a log, faults on request, and a list of what was refused."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.forge.world import ForgeWorld, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeRequest:
    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    token: Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Fault:
    """Answers instead of the forge, `times` times, where `method` and `path` (a pattern) match. `status` 0: the connection ends
    without an answer. `after`: the request takes effect first.
    """

    method: str
    path: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    times: int = 1
    after: bool = False


Route = tuple[str, re.Pattern[str], frozenset[str], frozenset[str], Callable[..., Reply]]
"""Method, path, names of the query, names of the body, and what answers."""


def route(method: str, path: str, query: str, body: str, answer: Callable[..., Reply]) -> Route:
    """`{name}` in the path is one part of it."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
    return method, pattern, frozenset(query.split()), frozenset(body.split()), answer


class ForgeServer:
    """`requests` are method, path and status in order; `refused` what the stand-in does not know."""

    def __init__(self, world: ForgeWorld, routes: list[Route]) -> None:
        self.world = world
        self.requests: list[tuple[str, str, int]] = []
        self.refused: list[str] = []
        self.faults: list[Fault] = []
        self._routes = routes
        self._lock = threading.Lock()
        self.url = ""

    def answer(self, method: str, target: str, token: str, body: Any) -> Reply | None:
        """None: end the connection."""
        with self._lock:
            parts = urlsplit(target)
            fault = next(
                (f for f in self.faults if f.times and f.method == method and re.search(f.path, parts.path)), None
            )
            reply = None if fault is not None and not fault.after else self._known(method, target, token, body)
            if fault is not None:
                fault.times -= 1
                reply = Reply(status=fault.status, body=fault.body, headers=fault.headers) if fault.status else None
            self.requests.append((method, parts.path, reply.status if reply else 0))
            return reply

    def _known(self, method: str, target: str, value: str, body: Any) -> Reply:
        parts = urlsplit(target)
        token = self.world.tokens.get(value)
        if token is None:
            return Reply(status=401, body={"message": "Bad credentials"})
        query = {name: each[-1] for name, each in parse_qs(parts.query, keep_blank_values=True).items()}
        for wanted, pattern, names, keys, call in self._routes:
            found = pattern.fullmatch(parts.path)
            if found is None or wanted != method:
                continue
            if not set(query) <= names or not set(body or {}) <= keys:
                break
            request = ForgeRequest(method=method, path=parts.path, query=query, body=body, token=token)
            return call(self.world, request, **{name: unquote(text) for name, text in found.groupdict().items()})
        self.refused.append(f"{method} {target} {sorted(body or {})}")
        return Reply(status=404, body={"message": "Not Found"})


@contextmanager
def serving(server: ForgeServer) -> Iterator[ForgeServer]:
    """On a free port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(length)
            token = next((self.headers[name] for name in _TOKENS if name in self.headers), "")
            body = json.loads(content) if content else None
            reply = server.answer(self.command, self.path, token.removeprefix("Bearer "), body)
            if reply is None:
                self.close_connection = True
                return
            data = b"" if reply.body is None else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_one)
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


_TOKENS = ("Authorization", "PRIVATE-TOKEN", "JOB-TOKEN")
