"""The store of `bench.stub_admin_api` as a separate process, and how the tool and a bare client use it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

from bench.stub_admin_api import API, PAGE
from reconciler.adapters.backend import BackendConfig
from reconciler.core.values import Secret, SecretRef


@contextmanager
def serving(shops: int) -> Iterator[int]:
    """Its port."""
    words = [sys.executable, "-m", "bench.stub_admin_api", str(shops)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def config(port: int) -> BackendConfig:
    return BackendConfig(
        base_url=f"http://127.0.0.1:{port}",
        client_id="bench",
        client_secret=Secret("bench-secret", SecretRef("ref+bench://x")),
    )


async def bare_fetch(port: int) -> int:
    """Every page, as JSON; how many shops were on them."""
    url: str | None = f"http://127.0.0.1:{port}{API}/integrations?limit={PAGE}&environment=PRODUCTION"
    shops = 0
    async with aiohttp.ClientSession() as session:
        while url is not None:
            async with session.get(url) as answer:
                page = json.loads(await answer.read())
            shops += len(page["items"])
            url = page["nextUrl"]
    return shops
