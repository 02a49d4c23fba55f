"""The real sops and OpenBao, in an environment of their own (`make secret-programs`).

Without it the tests that need them are skipped; with `TESTS_WANT_SECRET_PROGRAMS` they fail.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

PROGRAMS = Path(__file__).parents[3] / ".venv-secret-programs" / "bin"
ROOT_TOKEN = "practice-root-token-of-the-tests"
_NEW_KEY = "import pyrage; key = pyrage.x25519.Identity.generate(); print(key, key.to_public())"


def program(name: str) -> str:
    if not (PROGRAMS / name).exists():
        wanted = os.environ.get("TESTS_WANT_SECRET_PROGRAMS")
        (pytest.fail if wanted else pytest.skip)("no programs of secrets: make secret-programs")
    return str(PROGRAMS / name)


def new_age_key() -> tuple[str, str]:
    """A private key and its recipient."""
    command = [program("python"), "-c", _NEW_KEY]
    private, public = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return private, public


def encrypt(file: Path, content: object, recipient: str) -> None:
    """As a person does, with the program sops."""
    command = [program("sops"), "encrypt", "--age", recipient, "--input-type", "json", "--output-type"]
    command += [file.suffix.removeprefix("."), "--filename-override", file.name]
    done = subprocess.run(
        command, input=json.dumps(content), capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]}
    )
    file.write_text(done.stdout)


@dataclass(frozen=True, slots=True)
class Bao:
    """A server in memory, with an engine `kv` of version 2 at `secret` and one of version 1 at `old`."""

    address: str

    def ask(self, method: str, path: str, /, **body: object) -> dict[str, Any]:
        headers = {"X-Vault-Token": ROOT_TOKEN}
        url = f"{self.address}/v1/{path}"
        answer = httpx.request(method, url, headers=headers, json=body or None, trust_env=False)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}

    def put(self, path: str, /, **keys: str) -> None:
        self.ask("POST", f"secret/data/{path}", data=keys)

    def token(self, *paths: str) -> str:
        """That may read these paths."""
        rules = "\n".join(f'path "{path}" {{ capabilities = ["read"] }}' for path in paths)
        self.ask("PUT", "sys/policies/acl/shops", policy=rules)
        created = self.ask("POST", "auth/token/create", policies=["shops"], ttl="1h")
        return str(created["auth"]["client_token"])


@contextmanager
def serving_bao() -> Iterator[Bao]:
    bao = program("bao")
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    command = [bao, "server", "-dev", "-dev-no-store-token", "-log-level=error"]
    command += [f"-dev-root-token-id={ROOT_TOKEN}", f"-dev-listen-address=127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            assert server.stdout is not None
            assert any("server started!" in line for line in server.stdout)
            found = Bao(f"http://127.0.0.1:{port}")
            found.ask("POST", "sys/mounts/old", type="kv", options={"version": "1"})
            yield found
        finally:
            server.terminate()
