"""An apply is killed at every request, every journal write and every lease, with SIGKILL, in a real process. What comes after
must be whole. So is a resume that looks after such an apply, and an apply whose store is on a PostgreSQL server.

In `make test` some points are tried, so that each kind of point is met; `make soak` tries them all.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store import StoreHistory, open_store
from reconciler.adapters.store.runs.leases import active_leases
from reconciler.adapters.store.runs.process_identity import this_process
from reconciler.embedded.actors.world import World
from tests.support.postgres import Cluster, running

ROOT = Path(__file__).parent.parent.parent
TOKEN = "amzn.mws.0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
ALLOW = ["--allow", "turning-off"]
APPLY = ["apply", "--auto-approve", *ALLOW]
CLIENT = "amzn1.application-oa2-client." + "5" * 32
ENTITLED = {"commerceCreator": "RUNNING", "subscriptionApplications": True}


def settings(number: int, **more: object) -> dict[str, object]:
    return {
        "sellerId": f"A1KILLED{number:06d}",
        "clientId": CLIENT,
        "mwsAuthToken": {"state": "PRE_SET"},
        "notificationEmail": "pay@shop.example",
        **more,
    }


WORLD = {
    "shops": [
        {"shopKey": "goes-live", "entitlements": ENTITLED},
        {"shopKey": "is-closed", "storefront": "CLOSED", "amazonSettings": settings(2), "entitlements": ENTITLED},
        {"shopKey": "leaves", "amazonSettings": settings(3, useAmazon=True), "entitlements": ENTITLED},
        {"shopKey": "stays", "amazonSettings": settings(4, useAmazon=True), "entitlements": ENTITLED},
    ],
    "ipnEndpoints": [{"sellerId": "A1KILLED000003", "url": "https://ipn.platform.example/amazon-pay/leaves"}],
}
HEAD = "apiVersion: reconciler/v1\nshop: {shop}\nmaintenance: {{close_shop: allow}}\n"
SHOPS = {
    "goes-live": f"""
amazon:
  enabled: true
  api: {{seller_id: A1KILLED000001, client_id: {CLIENT}, mws_auth_token: ref+env://KILL_TOKEN}}
  notification: {{email: pay@goes-live.example}}
  messages: {{order_area: {{label: Amazon Pay}}}}
payment: {{amazon_pay: {{pre_order: true, subscription: true}}}}
seller_central: {{ipn_endpoint: registered}}
""",
    "is-closed": "amazon: {enabled: true}\npayment: {amazon_pay: {pre_order: true}}\n",
    "leaves": "amazon: {enabled: false}\nseller_central: {ipn_endpoint: absent}\n",
    "stays": "amazon: {notification: {email: new@stays.example}}\n",
}
OPEN = {"goes-live": "OPEN", "is-closed": "CLOSED", "leaves": "OPEN", "stays": "OPEN"}
WANTED = {
    "goes-live": {
        "useAmazon": True,
        "sellerId": "A1KILLED000001",
        "clientId": CLIENT,
        "mwsAuthToken": "SET",
        "notificationEmail": "pay@goes-live.example",
        "use": True,
        "preOrder": True,
        "subscription": True,
        "labels": ["Amazon Pay", None],
        "endpoints": ["https://ipn.platform.example/amazon-pay/goes-live"],
    },
    "is-closed": {"useAmazon": True, "mwsAuthToken": "PRE_SET", "use": True, "preOrder": True, "subscription": False},
    "leaves": {"useAmazon": False, "mwsAuthToken": "PRE_SET", "use": False, "endpoints": []},
    "stays": {"useAmazon": True, "notificationEmail": "new@stays.example", "use": True, "preOrder": False},
}
"""As the backend spells it: not the tool's own word for it."""


class Zygote:
    """The process that forks and kills."""

    def __init__(self) -> None:
        environment = os.environ | {"KILL_TOKEN": TOKEN, "NO_COLOR": "1", "LANG": "C.UTF-8"}
        command = [sys.executable, "-m", "tests.kill.child_process"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, folder: Path, words: list[str], point: int = 0) -> tuple[int, int]:
        self.process.stdin.write(json.dumps({"folder": str(folder), "words": words, "point": point}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["ended"], answer["ticks"]

    def end(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(30) == 0


class Points(NamedTuple):
    """How many ticks a whole apply has, and where one was run."""

    count: int  # type: ignore[assignment]  # hides a method of tuple
    folder: Path


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote()
    yield zygote
    zygote.end()


@pytest.fixture(scope="module")
def pristine(tmp_path_factory, zygote: Zygote) -> Path:
    """The fleet before anything was applied; its key and store are made, so that all runs begin alike."""
    folder = tmp_path_factory.mktemp("pristine")
    (folder / "shops").mkdir()
    for shop, text in SHOPS.items():
        (folder / "shops" / f"{shop}.yaml").write_text(HEAD.format(shop=shop) + text)
    (folder / "reconciler.yaml").write_text("embedded: {seed: seed.json}\npace: {in_flight: 1}\n")
    (folder / "seed.json").write_text(json.dumps(WORLD))
    assert zygote.run(folder, ["plan"])[0] == 2
    return folder


@pytest.fixture(scope="module")
def points(pristine: Path, zygote: Zygote, tmp_path_factory) -> Points:
    folder = copy(pristine, tmp_path_factory.mktemp("whole") / "fleet")
    ended, ticks = zygote.run(folder, APPLY)
    assert ended == 0, said(folder)
    return Points(ticks, folder)


def copy(pristine: Path, folder: Path) -> Path:
    return Path(shutil.copytree(pristine, folder))


def check(folder: Path, zygote: Zygote, point: int) -> None:
    """Killed at `point`; then resume and apply, and the world is as wanted."""
    ended, _ = zygote.run(folder, APPLY, point)
    assert ended == -signal.SIGKILL, f"point {point}: {said(folder)}"
    is_whole_again(folder, zygote, f"point {point}")


def is_whole_again(folder: Path, zygote: Zygote, point: str) -> None:
    assert zygote.run(folder, ["resume"])[0] == 0, f"{point}: {said(folder)}"
    world = World.open(folder / ".reconciler" / "embedded.db")
    assert storefronts(world) == OPEN, point
    assert zygote.run(folder, APPLY)[0] == 0, f"{point}: {said(folder)}"
    assert storefronts(world) == OPEN, point
    assert {shop: {name: stands(world, shop)[name] for name in wanted} for shop, wanted in WANTED.items()} == WANTED, (
        point
    )
    world.close()
    assert zygote.run(folder, ["plan"])[0] == 0, f"{point}: the next plan is not empty: {said(folder)}"
    no_lease_is_left(folder)
    nothing_was_written_twice(folder, point)
    assert TOKEN not in said(folder)


def said(folder: Path) -> str:
    return (folder / "output.txt").read_text()


def storefronts_in(folder: Path) -> dict[str, str]:
    world = World.open(folder / ".reconciler" / "embedded.db")
    try:
        return storefronts(world)
    finally:
        world.close()


def storefronts(world: World) -> dict[str, str]:
    return {shop: world.integration(shop)["storefront"]["value"]["status"] for shop in OPEN}


def stands(world: World, shop: str) -> dict[str, object]:
    whole = world.integration(shop)
    settings, payment = whole["amazonSettings"]["value"], whole["amazonPay"]["value"]
    return {
        **settings,
        **payment,
        "mwsAuthToken": settings["mwsAuthToken"]["state"],
        "labels": [part["label"] for part in whole["systemParts"]["value"]["parts"]],
        "endpoints": [endpoint["url"] for endpoint in whole["ipnEndpoints"]["value"]["endpoints"]],
    }


def no_lease_is_left(folder: Path) -> None:
    store = open_store(store_of(folder))
    with store.reading() as connection:
        assert list(active_leases(connection, SystemClock(), this_process())) == []
    assert list(StoreHistory(store, SystemClock()).unfinished()) == []
    store.close()


def store_of(folder: Path) -> str:
    noted = folder / "store.txt"
    return noted.read_text() if noted.exists() else str(folder / ".reconciler" / "journal.db")


def nothing_was_written_twice(folder: Path, point: str) -> None:
    """Closing and reopening may happen again: a bracket that was cut short is begun anew."""
    lines = (folder / "acknowledged.txt").read_text().splitlines()
    writes = Counter(line for line in lines if "/storefront " not in line)
    assert {line for line, times in writes.items() if times > 1} == set(), point


def test_killed_at_every_seventeenth_point_nothing_is_lost(pristine, points, zygote, tmp_path, capsys) -> None:
    tried = range(1, points.count + 1, 17)
    for point in tried:
        check(copy(pristine, tmp_path / str(point)), zygote, point)
        shutil.rmtree(tmp_path / str(point))
    with capsys.disabled():
        print(f"\nkill points: {points.count}, tried here: {len(tried)} (make soak tries all)")


def kill_the_resume(left: Path, zygote: Zygote, step: int) -> int:
    """At every so manyth point, until it comes to its end. Out: how many points were tried."""
    for tried, point in enumerate(count(1, step)):
        folder = copy(left, left.parent / f"resume-{point}")
        ended, _ = zygote.run(folder, ["resume"], point)
        is_whole_again(folder, zygote, f"resume killed at {point}")
        shutil.rmtree(folder)
        if ended == 0:
            return tried
        assert ended == -signal.SIGKILL
    raise AssertionError("a resume that never ends")


@pytest.fixture
def left_closed(pristine, points, zygote, tmp_path) -> Path:
    """The apply was killed when its last closing of a shop had just been acknowledged."""
    folder = copy(pristine, tmp_path / "left")
    closing = int((points.folder / "closed.txt").read_text())
    assert zygote.run(folder, APPLY, closing)[0] == -signal.SIGKILL
    assert storefronts_in(folder) != OPEN
    return folder


def test_a_resume_that_is_killed_is_begun_again(left_closed, zygote) -> None:
    assert kill_the_resume(left_closed, zygote, 5) > 3


@pytest.mark.soak
def test_a_resume_that_is_killed_at_any_point_is_begun_again(left_closed, zygote, capsys) -> None:
    tried = kill_the_resume(left_closed, zygote, 1)
    with capsys.disabled():
        print(f"\nkill points of a resume: {tried}, all tried")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


@pytest.fixture
def on_a_server(pristine: Path, cluster: Cluster, tmp_path: Path) -> Callable[[int], Path]:
    """A fleet, by a name, whose journal and leases are in a database of its own."""

    def made(name: int) -> Path:
        folder, url = copy(pristine, tmp_path / str(name)), cluster.fresh()
        (folder / "store.txt").write_text(url)
        with (folder / "reconciler.yaml").open("a") as settings:
            settings.write(f"store: '{url}'\n")
        return folder

    return made


def test_with_the_store_on_a_server_nothing_is_lost_either(on_a_server, points, zygote) -> None:
    for point in range(7, points.count + 1, 59):
        check(on_a_server(point), zygote, point)


@pytest.mark.soak
def test_with_the_store_on_a_server_nothing_is_lost_at_every_third_point(on_a_server, points, zygote) -> None:
    for point in range(1, points.count + 1, 3):
        check(on_a_server(point), zygote, point)


@pytest.mark.soak
def test_killed_at_every_point_nothing_is_lost(pristine, points, zygote, tmp_path, capsys) -> None:
    for point in range(1, points.count + 1):
        check(copy(pristine, tmp_path / str(point)), zygote, point)
        shutil.rmtree(tmp_path / str(point))
    with capsys.disabled():
        print(f"\nkill points: {points.count}, all tried")
