"""A watcher of 10,000 shops at the served embedded backend, as a process: how soon it alerts, and what it costs at rest.

Each figure is beside a floor of the same run: the interval of its polls, one bare request, a bare fetch of the fleet, a process
with the same imports that sends the one necessary request at each poll. Memory and requests are printed as they are.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import anyio

from bench.fleet import shop_key, world, write_fleet
from bench.ipn_servers import PASSWORD, SECRET, Served, printing_its_port, started
from bench.timing import Figure, compare
from bench.watch_floor import seconds_of_all, seconds_of_one
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.core.model.selection import Selection
from reconciler.core.values import ShopKey
from reconciler.embedded.actors.world import World
from reconciler.wiring.session import Settings, load_settings, open_session
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from reconciler.workflows.session import Session

SHOPS = 10_000
POLL = 10.0
REST = 60.0
AT_REST, SETTLES_WITHIN = 4, 20
"""Requests of a poll at rest, the floor's and ours included; how often that is measured until it holds."""
SETTLING = 3 * POLL
"""Seconds of one such measurement: a poll takes time, so that one interval may have none."""
CHANGES = 4
REQUESTS = 50
ENOUGH = 600.0
"""Seconds within which anything has to happen."""
HOOK = "RECONCILER_BENCH_HOOK"
HOOK_SECRET = "whsec_" + base64.b64encode(b"a webhook secret of the benchmark").decode()
RUNS = 3
SETTINGS = """\
backend: {{url: "http://127.0.0.1:{port}/", client_id: reconciler, client_secret: "ref+env://{secret}"}}
pace: {{requests_per_second: 1000}}
watch: {{requests_per_second: 1000, webhooks: {{backend: "ref+env://{hook}"}}}}
"""
ALERTS = """\
apiVersion: reconciler/v1
channels:
  ops: {{kind: webhook, url: "http://127.0.0.1:{port}/", secret: "ref+env://{hook}"}}
rules:
  - {{channels: [ops]}}
"""


@dataclass(slots=True)
class Receiver:
    """The other side of the channel: when the first alert of each shop came."""

    arrived: dict[str, float] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, event: Any) -> None:
        with self.changed:
            for each in event["data"]["findings"]:
                self.arrived.setdefault(each["finding"]["shop"], time.perf_counter())
            self.changed.notify_all()

    def wait_for(self, shop: str) -> float:
        with self.changed:
            assert self.changed.wait_for(lambda: shop in self.arrived, ENOUGH), f"no alert of {shop}"
            return self.arrived[shop]


@dataclass(frozen=True, slots=True)
class Bench:
    """A served backend, a fleet in sync with it, and who gets the alerts."""

    folder: Path
    backend: Served
    receiver: Receiver

    @property
    def fleet(self) -> Path:
        return self.folder / "fleet"

    @property
    def database(self) -> Path:
        return self.folder / "backend" / ".reconciler" / "embedded.db"

    def requests(self) -> int:
        """How many the backend answered so far."""
        with urlopen(f"http://127.0.0.1:{self.backend.port}/metrics") as answer:
            text = answer.read().decode()
        lines = (line for line in text.splitlines() if line.startswith("reconciler_backend_requests_total"))
        return sum(int(float(line.rpartition(" ")[2])) for line in lines)


def measure(folder: Path) -> list[Figure]:
    return of_fleet(folder, SHOPS)


def of_fleet(folder: Path, shops: int) -> list[Figure]:
    with _prepared(folder, shops) as bench:
        began = time.perf_counter()
        with started(bench.fleet, "watch", "--port", "0", variables={HOOK: HOOK_SECRET}) as watcher:
            ready = time.perf_counter() - began
            _wait_until(lambda: looked(bench) == shops)
            whole = time.perf_counter() - began
            bare = anyio.run(seconds_of_all, bench.backend.port, shops)
            figures = [
                _figure(f"watch of {shops:,} shops, start until ready", ready, "Python with its imports", imports()),
                _figure(f"watch of {shops:,} shops, the first round", whole, "a bare fetch of all", bare),
                *_at_rest(bench, watcher),
                *_alerts(bench, watcher),
            ]
        return [*figures, _one_look(bench)]


@contextmanager
def _prepared(folder: Path, shops: int) -> Iterator[Bench]:
    """In sync, with a first look, so that the channel has its baseline and the watcher continues from something."""
    own, fleet = folder / "backend", folder / "fleet"
    own.mkdir(parents=True)
    (own / "seed.json").write_text(json.dumps(world(shops)))
    (own / "reconciler.yaml").write_text("embedded: {seed: seed.json}\n")
    write_fleet(fleet / "shops", shops)
    receiver = Receiver()
    with started(own, "serve", "backend", "--port", "0") as backend, _receiving(receiver) as port:
        (fleet / "reconciler.yaml").write_text(SETTINGS.format(port=backend.port, secret=SECRET, hook=HOOK))
        (fleet / "alerts.yaml").write_text(ALERTS.format(port=port, hook=HOOK))
        for words in (
            ("init", "-q"),
            ("add", "."),
            ("-c", "user.name=b", "-c", "user.email=b@b", "commit", "-qm", "b"),
        ):
            subprocess.run(["git", *words], cwd=fleet, check=True)
        yield Bench(folder, backend, receiver)


@contextmanager
def _receiving(receiver: Receiver) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _wait_until(holds: Callable[[], bool]) -> None:
    end = time.perf_counter() + ENOUGH
    while not holds():
        if time.perf_counter() > end:
            raise RuntimeError("it did not come to that")
        time.sleep(0.2)


def _figure(name: str, seconds: float, floor: str, floor_seconds: float) -> Figure:
    return Figure(name=name, floor=floor, subject_seconds=(seconds,), floor_seconds=(floor_seconds,))


def imports() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bench.watch_floor"], check=True)
    return time.perf_counter() - began


def looked(bench: Bench) -> int:
    """How many shops were compared by now."""
    place = bench.fleet / ".reconciler" / "journal.db"
    if not place.exists():
        return 0
    with closing(open_store(place)) as store:
        return len(StoreFindings(store).compared_shops(_session(bench).target.fleet_name).shops)


def _session(bench: Bench) -> Session:
    settings = load_settings(bench.fleet / "reconciler.yaml")
    assert isinstance(settings, Settings)
    return open_session(settings)


def _at_rest(bench: Bench, watcher: Served) -> list[Figure]:
    """CPU seconds of each over the same time."""
    with printing_its_port("bench.watch_floor", str(bench.backend.port), str(POLL)) as floor:
        _wait_until_at_rest(bench)
        before, used, least = bench.requests(), watcher.cpu_seconds(), floor.cpu_seconds()
        time.sleep(REST)
        used, least = watcher.cpu_seconds() - used, floor.cpu_seconds() - least
        requests = bench.requests() - before - REST / POLL
        print(f"{watcher.memory():7.1f} MB  memory of the watcher at rest, beside {floor.memory():.1f} MB of the floor")
        print(
            f"{requests / (REST / POLL):7.2f}     requests of a poll at rest, regular looks of shops included",
            flush=True,
        )
    return [_figure("a watcher at rest for a minute (CPU)", used, "the same imports and one request a poll", least)]


def _wait_until_at_rest(bench: Bench) -> None:
    """Until the feed does not list any more what the seed wrote a moment ago: one request in a poll, and the floor's."""
    for _ in range(SETTLES_WITHIN):
        before = bench.requests()
        time.sleep(SETTLING)
        if bench.requests() - before <= AT_REST * SETTLING / POLL:
            return
    raise SystemExit("the watcher does not come to rest")


def _alerts(bench: Bench, watcher: Served) -> list[Figure]:
    """Of changes at any moment between two polls."""
    polled = tuple(_until_alert(bench, number, None) for number in range(CHANGES))
    hooked = tuple(_until_alert(bench, CHANGES + number, watcher.port) for number in range(CHANGES))
    path = f"/shops/{shop_key(0)}/integration"
    one = anyio.run(seconds_of_one, bench.backend.port, path, REQUESTS)
    return [
        Figure(
            name="a change at the backend until its alert, by polling",
            floor="the poll's interval",
            subject_seconds=polled,
            floor_seconds=(POLL,) * CHANGES,
        ),
        Figure(
            name="a change at the backend until its alert, by webhook",
            floor="one bare request",
            subject_seconds=hooked,
            floor_seconds=(one,) * CHANGES,
        ),
    ]


def _until_alert(bench: Bench, number: int, hook: int | None) -> float:
    """`hook` is the port that a webhook is sent to."""
    shop = shop_key(100 + number)
    time.sleep(POLL * number / CHANGES % POLL)
    world = World.open(bench.database)
    try:
        world.merchant_edits(shop, {"notificationEmail": f"merchant@{shop}.example"})
    finally:
        world.close()
    began = time.perf_counter()
    if hook is not None:
        _send_hook(hook, shop)
    return bench.receiver.wait_for(shop) - began


def _send_hook(port: int, shop: str) -> None:
    """As Standard Webhooks sign it."""
    body = json.dumps({"type": "shops.changed", "data": {"shopKeys": [shop]}})
    at, secret = str(int(time.time())), base64.b64decode(HOOK_SECRET.removeprefix("whsec_"))
    signed = hmac.new(secret, f"bench-{shop}.{at}.{body}".encode(), hashlib.sha256).digest()
    headers = {
        "content-type": "application/json",
        "webhook-id": f"bench-{shop}",
        "webhook-timestamp": at,
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }
    with urlopen(Request(f"http://127.0.0.1:{port}/webhooks/backend", body.encode(), headers)):
        pass


def _one_look(bench: Bench) -> Figure:
    """A recorded look at one shop, in this process."""
    os.environ[SECRET] = PASSWORD
    session, shop = _session(bench), shop_key(7)
    request = DriftRequest(selection=Selection(names=frozenset({ShopKey(shop)})), alerts=False)
    path = f"/shops/{shop}/integration"
    return compare(
        "a recorded look at one shop",
        lambda: anyio.run(detect_drift, session, request),
        "a token and one bare request",
        lambda: anyio.run(seconds_of_one, bench.backend.port, path, 1),
        RUNS,
    )
