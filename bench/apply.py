"""One field written in many shops, by the tool and by a bare client: what either takes of the processor.

The backend is the embedded one, as a process of its own. The tool plans, takes leases, journals, writes, and reads back; the bare
client holds the versions already and writes.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import anyio

from bench.fleet import world, write_fleet
from bench.measure import Figure
from bench.store import API, PAGE

SHOPS = 1_000
AT_ONCE = 16
TOOL = str(Path(sys.executable).parent / "reconciler")
ENVIRONMENT = os.environ | {"RECONCILER_BACKEND_SECRET": "bench-secret"}


def measure(folder: Path) -> list[Figure]:
    paths = write_fleet(folder / "shops", SHOPS)
    for path in paths:
        path.write_text(path.read_text().replace("email: amazon-pay@", "email: pay@"))
    (folder / "seed.json").write_text(json.dumps(world(SHOPS)))
    with _backend(folder) as port:
        (folder / "reconciler.yaml").write_text(
            f"backend: {{url: 'http://127.0.0.1:{port}/', client_id: reconciler, client_secret: 'ref+env://RECONCILER_BACKEND_SECRET'}}\n"
            "limits: {fleet_share: 100%}\npace: {requests_per_second: 1000}\n"
        )
        tool = _tool(folder)
        bare = anyio.run(_bare, port)
    return [
        Figure(
            name=f"one field written in {SHOPS:,} shops (CPU)",
            floor="bare aiohttp client",
            subject_seconds=(tool,),
            floor_seconds=(bare,),
        )
    ]


@contextmanager
def _backend(folder: Path) -> Iterator[int]:
    (folder / "backend").mkdir()
    (folder / "backend" / "reconciler.yaml").write_text("embedded: {seed: ../seed.json}\n")
    words = [TOOL, "serve", "backend", "--port", "0"]
    with subprocess.Popen(
        words, cwd=folder / "backend", env=ENVIRONMENT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stderr is not None
            told = ""
            while "127.0.0.1:" not in told:
                told = process.stderr.readline()
            yield int(told.partition("127.0.0.1:")[2].partition("/")[0].split()[0])
        finally:
            process.terminate()


def _tool(folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [TOOL, "apply", "--auto-approve"]
    done = subprocess.run(words, check=False, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


async def _bare(port: int) -> float:
    root = f"http://127.0.0.1:{port}"
    auth = aiohttp.BasicAuth("reconciler", "bench-secret")
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        async with session.post(f"{root}/oauth/token", data={"grant_type": "client_credentials"}, auth=auth) as answer:
            session.headers["Authorization"] = f"Bearer {(await answer.json())['access_token']}"
        versions = {}
        url = f"{root}{API}/integrations?limit={PAGE}"
        while url:
            async with session.get(url) as answer:
                page = await answer.json()
            versions |= {item["shopKey"]: item["amazonSettings"]["version"] for item in page["items"]}
            url = page["nextUrl"]

        async def write(shop: str, version: str) -> None:
            headers = {"If-Match": f'"{version}"', "X-SHOP-KEY": shop}
            body = {"notificationEmail": f"again@{shop}.example"}
            async with session.patch(f"{root}{API}/shops/{shop}/amazon-settings", json=body, headers=headers) as done:
                done.raise_for_status()
                await done.read()

        began = time.process_time()
        async with anyio.create_task_group() as group:
            for shop, version in versions.items():
                group.start_soon(write, shop, version)
        return time.process_time() - began
