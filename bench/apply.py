"""CPU time of writing one field in many shops: the tool, compared with other clients, and its wall time with and without bulk
writes.

The backend is the embedded one, in a separate process. The tool plans, takes leases, journals, writes and reads back. The first
client already has the versions and only writes. The second is the minimal safe apply: under a mark that reserves the shop, it
syncs the intent and the outcome of each write to disk, and reads the shop back. Both send a request for each shop. The third is
decK (`bench.deck`), which does none of that.

The tool works on `IN_FLIGHT` shops at once. Wall time is what tool and backend take together: on few cores mostly the latter's.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import aiohttp
import anyio

from bench.deck import deck_seconds, deck_version
from bench.fleet import world, write_fleet
from bench.stub_admin_api import API, PAGE
from bench.timing import Figure, NotMeasured

SHOPS = 1_000
AT_ONCE = 16
IN_FLIGHT = 100
_DURABLE = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
TOOL = str(Path(sys.executable).parent / "reconciler")
_SINGLY = """
from reconciler.adapters.backend import BackendConfig
from reconciler.cli import main
BackendConfig.takes_several = property(lambda config: False)
main()
"""
"""The tool as it is over a backend without bulk writes."""
ENVIRONMENT = os.environ | {"RECONCILER_BACKEND_SECRET": "bench-secret"}


def measure(folder: Path) -> list[Figure | NotMeasured]:
    return _measured(folder, SHOPS)


def scale(folder: Path) -> list[Figure | NotMeasured]:
    """The same with ten times as many shops: what a start costs counts for less."""
    return _measured(folder, 10 * SHOPS)


def _measured(folder: Path, shops: int) -> list[Figure | NotMeasured]:
    paths = write_fleet(folder / "shops", shops)
    _change(paths, "amazon-pay@", "pay@")
    (folder / "seed.json").write_text(json.dumps(world(shops)))
    with _backend(folder) as port:
        (folder / "reconciler.yaml").write_text(
            f"backend: {{url: 'http://127.0.0.1:{port}/', client_id: reconciler, client_secret: 'ref+env://RECONCILER_BACKEND_SECRET'}}\n"
            f"limits: {{fleet_share: 100%}}\npace: {{requests_per_second: 1000, in_flight: {IN_FLIGHT}}}\n"
        )
        tool, together = _tool(folder, [TOOL])
        _change(paths, "email: pay@", "email: billing@")
        _, singly = _tool(folder, [sys.executable, "-c", _SINGLY])
        bare = anyio.run(_bare, port)
        safe = anyio.run(_safe, port, folder / "bare.db")
    return [
        Figure(
            name=f"one field written in {shops:,} shops (CPU)",
            floor="bare aiohttp client",
            subject_seconds=(tool,),
            floor_seconds=(bare,),
        ),
        Figure(
            name=f"the same, {shops:,} shops (CPU)",
            floor="bare client that syncs and reads back",
            subject_seconds=(tool,),
            floor_seconds=(safe,),
        ),
        Figure(
            name=f"the same, {shops:,} shops (wall time)",
            floor="one request per write and read-back",
            subject_seconds=(together,),
            floor_seconds=(singly,),
        ),
        _beside_deck(folder, shops, tool),
    ]


def _beside_deck(folder: Path, shops: int, tool: float) -> Figure | NotMeasured:
    name = f"the same, {shops:,} shops (CPU)"
    version = deck_version()
    if version is None:
        return NotMeasured(name=name, why="decK is not installed (Debian: apt install deck)")
    deck = deck_seconds(folder, shops)
    return Figure(
        name=name, floor=f"{version}, one field of as many services", subject_seconds=(tool,), floor_seconds=(deck,)
    )


def _change(paths: list[Path], before: str, after: str) -> None:
    for path in paths:
        path.write_text(path.read_text().replace(before, after))


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
            line = ""
            while "127.0.0.1:" not in line:
                line = process.stderr.readline()
            yield int(line.partition("127.0.0.1:")[2].partition("/")[0].split()[0])
        finally:
            process.terminate()


def _tool(folder: Path, tool: list[str]) -> tuple[float, float]:
    """CPU and wall time."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    words = [*tool, "apply", "--auto-approve"]
    done = subprocess.run(words, check=False, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, seconds


async def _bare(port: int) -> float:
    async with _session(port) as (session, versions):
        started_at = time.process_time()
        async with anyio.create_task_group() as group:
            for shop, version in versions.items():
                group.start_soon(_write, session, shop, version, "again")
        return time.process_time() - started_at


async def _safe(port: int, path: Path) -> float:
    async with _session(port) as (session, versions):
        started_at = time.process_time()
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            for words in (*_DURABLE, "CREATE TABLE told (shop, what)", "CREATE TABLE held (shop PRIMARY KEY)"):
                database.execute(words)
            places = anyio.CapacityLimiter(AT_ONCE)
            async with anyio.create_task_group() as group:
                for shop, version in versions.items():
                    group.start_soon(_in_turn, places, session, database, shop, version)
        return time.process_time() - started_at


async def _in_turn(
    places: anyio.CapacityLimiter, session: aiohttp.ClientSession, database: sqlite3.Connection, shop: str, version: str
) -> None:
    """Runs as many at once as there are connections: a wait for the disk must not make a kept connection stale."""
    async with places:
        await _one_safely(session, database, shop, version)


async def _one_safely(session: aiohttp.ClientSession, database: sqlite3.Connection, shop: str, version: str) -> None:
    _commit(database, ("INSERT INTO held VALUES (?)", (shop,)), ("INSERT INTO told VALUES (?, ?)", (shop, "begun")))
    _commit(database, ("INSERT INTO told VALUES (?, ?)", (shop, f"notificationEmail from {version}")))
    await _write(session, shop, version, "once-more")
    _commit(database, ("INSERT INTO told VALUES (?, ?)", (shop, "written")))
    async with session.get(f"{API}/shops/{shop}/integration", headers={"X-SHOP-KEY": shop}) as answer:
        assert "once-more" in (await answer.json())["amazonSettings"]["value"]["notificationEmail"]
    _commit(
        database, ("INSERT INTO told VALUES (?, ?)", (shop, "as wanted")), ("DELETE FROM held WHERE shop = ?", (shop,))
    )


def _commit(database: sqlite3.Connection, *statements: tuple[str, tuple[str, ...]]) -> None:
    database.execute("BEGIN IMMEDIATE")
    for statement in statements:
        database.execute(*statement)
    database.execute("COMMIT")


@asynccontextmanager
async def _session(port: int) -> AsyncIterator[tuple[aiohttp.ClientSession, dict[str, str]]]:
    """Signed in, and with the version of each shop's Amazon設定."""
    auth = aiohttp.BasicAuth("reconciler", "bench-secret")
    connector = aiohttp.TCPConnector(limit=AT_ONCE, keepalive_timeout=2.0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector) as session:
        async with session.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=auth) as answer:
            session.headers["Authorization"] = f"Bearer {(await answer.json())['access_token']}"
        versions = {}
        url = f"{API}/integrations?limit={PAGE}"
        while url:
            async with session.get(url) as answer:
                page = await answer.json()
            versions |= {item["shopKey"]: item["amazonSettings"]["version"] for item in page["items"]}
            url = page["nextUrl"]
        yield session, versions


async def _write(session: aiohttp.ClientSession, shop: str, version: str, mail: str) -> None:
    headers = {"If-Match": f'"{version}"', "X-SHOP-KEY": shop}
    body = {"notificationEmail": f"{mail}@{shop}.example"}
    async with session.patch(f"{API}/shops/{shop}/amazon-settings", json=body, headers=headers) as done:
        done.raise_for_status()
        await done.read()
