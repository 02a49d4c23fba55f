"""What a watcher cannot do without, alone: a client of the backend, and a process that asks for changes at each poll.

python -m bench.watch_floor PORT POLL    asks every POLL seconds until it is terminated; prints 0 once it has its token
"""

from __future__ import annotations

import base64
import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import aiohttp
import anyio

from bench.ipn_servers import PASSWORD
from bench.stub_admin_api import API, PAGE
from reconciler.adapters.backend.wire.times import to_wire

IMPORTS = ("cli.commands.services.watch", "wiring.session", "workflows.drift.detect", "views.prometheus")
"""Modules below the package, with all that they import."""
CLIENT = "reconciler"


@dataclass(slots=True)
class BareClient:
    """Of the backend at `port`."""

    port: int
    http: aiohttp.ClientSession
    token: str = ""

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def sign_in(self) -> None:
        basic = base64.b64encode(f"{CLIENT}:{PASSWORD}".encode()).decode()
        form, headers = {"grant_type": "client_credentials"}, {"authorization": f"Basic {basic}"}
        async with self.http.post(f"{self.base}/oauth/token", data=form, headers=headers) as answer:
            answer.raise_for_status()
            self.token = (await answer.json())["access_token"]

    async def get(self, address: str) -> bytes:
        """`address` is whole, or below the API."""
        url = address if "://" in address else f"{self.base}{API}{address}"
        headers = {"authorization": f"Bearer {self.token}"}
        if "/shops/" in address:
            headers["x-shop-key"] = address.split("/")[2]
        async with self.http.get(url, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def fetch_all(self) -> int:
        """Every page of the fleet, as JSON; how many shops there are."""
        url: str | None = f"/integrations?limit={PAGE}&environment=PRODUCTION"
        shops = 0
        while url is not None:
            page = json.loads(await self.get(url))
            shops += len(page["items"])
            url = page["nextUrl"]
        return shops


async def seconds_of_one(port: int, path: str, times: int) -> float:
    """Of one request, on average, one after another."""
    async with aiohttp.ClientSession() as http:
        client = BareClient(port, http)
        await client.sign_in()
        await client.get(path)
        began = time.perf_counter()
        for _ in range(times):
            await client.get(path)
        return (time.perf_counter() - began) / times


async def seconds_of_all(port: int, shops: int) -> float:
    async with aiohttp.ClientSession() as http:
        client = BareClient(port, http)
        await client.sign_in()
        began = time.perf_counter()
        if await client.fetch_all() != shops:
            raise RuntimeError("not all shops were read")
        return time.perf_counter() - began


async def poll(port: int, seconds: float) -> None:
    async with aiohttp.ClientSession() as http:
        client = BareClient(port, http)
        await client.sign_in()
        print(0, flush=True)
        while True:
            since = to_wire(datetime.now(UTC) - timedelta(minutes=2))
            await client.get(f"/integrations?{urlencode({'limit': PAGE, 'updatedSince': since})}")
            await anyio.sleep(seconds)


def import_all() -> None:
    for name in IMPORTS:
        __import__(f"reconciler.{name}")


if __name__ == "__main__":
    import_all()
    if len(sys.argv) > 1:
        anyio.run(poll, int(sys.argv[1]), float(sys.argv[2]))
