"""A server on loopback that answers as Vault does, as far as its API documents it: mounts, engine kv of version 2 and 1, tokens.

Source: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2, /secret/kv/kv-v1, /system/internal-ui-mounts
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hvs.CAESIPracticeTokenOfTheTests"


class VaultServer:
    """`mounts` are paths with their version. `refusals` are statuses that the next requests get, in order. `asked` are the paths
    that were requested.
    """

    def __init__(self) -> None:
        self.mounts = {"secret": "2"}
        self.secrets: dict[str, dict[str, Any]] = {}
        self.namespace: str | None = None
        self.hidden_mounts = False
        self.forbidden: set[str] = set()
        self.refusals: list[int] = []
        self.raw: bytes | None = None
        self.asked: list[str] = []
        self.address = ""

    def answer(self, path: str, headers: Any) -> tuple[int, Any]:
        self.asked.append(path)
        if self.refusals:
            return self.refusals.pop(0), {"errors": ["Vault is sealed"]}
        if headers.get("X-Vault-Token") != TOKEN or headers.get("X-Vault-Namespace") != self.namespace:
            return 403, {"errors": ["permission denied"]}
        if path == "auth/token/lookup-self":
            return 200, {"data": {"policies": ["shops"]}}
        if path.startswith("sys/internal/ui/mounts/"):
            return self._mount(path.removeprefix("sys/internal/ui/mounts/"))
        return self._secret(path)

    def _mount(self, path: str) -> tuple[int, Any]:
        mount = next((name for name in self.mounts if path.startswith(f"{name}/")), None)
        if mount is None or self.hidden_mounts:
            return 403, {"errors": ["preflight capability check returned 403"]}
        return 200, {"data": {"path": f"{mount}/", "type": "kv", "options": {"version": self.mounts[mount]}}}

    def _secret(self, path: str) -> tuple[int, Any]:
        mount = next(name for name in self.mounts if path.startswith(f"{name}/"))
        rest = path.removeprefix(f"{mount}/")
        versioned = self.mounts[mount] == "2"
        name = f"{mount}/{rest.removeprefix('data/')}" if versioned else path
        if name in self.forbidden:
            return 403, {"errors": ["1 error occurred: permission denied"]}
        if name not in self.secrets or (versioned and not rest.startswith("data/")):
            return 404, {"errors": []}
        content = self.secrets[name]
        return 200, {"data": {"data": content, "metadata": {"version": 3}} if versioned else content}


@contextmanager
def serving_vault() -> Iterator[VaultServer]:
    vault = VaultServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = vault.answer(self.path.removeprefix("/v1/"), self.headers)
            data = json.dumps(body).encode() if vault.raw is None else vault.raw
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """The tests read `asked`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        vault.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield vault
        finally:
            server.shutdown()
            thread.join()
