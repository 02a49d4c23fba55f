"""An apply is killed at every request and every journal write, with SIGKILL, in a real process. What comes after must be whole.

In `make test` every thirteenth point is tried, so that each kind of point is met; `make soak` tries them all.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store import StoreHistory, open_store
from reconciler.adapters.store.leases import living
from reconciler.adapters.store.processes import this_process
from reconciler.embedded.world import World

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


class Zygote:
    """The process that forks and kills."""

    def __init__(self) -> None:
        environment = os.environ | {"KILL_TOKEN": TOKEN, "NO_COLOR": "1", "LANG": "C.UTF-8"}
        command = [sys.executable, "-m", "tests.kill.child"]
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
def points(pristine: Path, zygote: Zygote, tmp_path_factory) -> int:
    """How many ticks a whole apply has."""
    folder = copy(pristine, tmp_path_factory.mktemp("whole") / "fleet")
    ended, ticks = zygote.run(folder, APPLY)
    assert ended == 0, (folder / "output.txt").read_text()
    return ticks


def copy(pristine: Path, folder: Path) -> Path:
    return Path(shutil.copytree(pristine, folder))


def check(folder: Path, zygote: Zygote, point: int) -> None:
    """Killed at `point`; then resume and apply, and the world is as wanted."""
    output = folder / "output.txt"

    ended, _ = zygote.run(folder, APPLY, point)
    assert ended == -signal.SIGKILL, f"point {point}: {output.read_text()}"
    assert zygote.run(folder, ["resume"])[0] == 0, f"point {point}: {output.read_text()}"
    world = World.open(folder / ".reconciler" / "embedded.db")
    assert {shop: world.integration(shop)["storefront"]["value"]["status"] for shop in OPEN} == OPEN, f"point {point}"
    assert zygote.run(folder, APPLY)[0] == 0, f"point {point}: {output.read_text()}"
    assert {shop: world.integration(shop)["storefront"]["value"]["status"] for shop in OPEN} == OPEN, f"point {point}"
    assert zygote.run(folder, ["plan"])[0] == 0, f"point {point}: the next plan is not empty: {output.read_text()}"
    world.close()
    no_lease_is_left(folder)
    nothing_was_written_twice(folder, point)
    assert TOKEN not in output.read_text()


def no_lease_is_left(folder: Path) -> None:
    store = open_store(folder / ".reconciler" / "journal.db")
    with store.reading() as connection:
        assert list(living(connection, SystemClock(), this_process())) == []
    assert list(StoreHistory(store, SystemClock()).unfinished()) == []
    store.close()


def nothing_was_written_twice(folder: Path, point: int) -> None:
    """Closing and reopening may happen again: a bracket that was cut short is begun anew."""
    lines = (folder / "acknowledged.txt").read_text().splitlines()
    writes = Counter(line for line in lines if "/storefront " not in line)
    assert {line for line, times in writes.items() if times > 1} == set(), f"point {point}"


def test_killed_at_every_thirteenth_point_nothing_is_lost(pristine, points, zygote, tmp_path, capsys) -> None:
    tried = range(1, points + 1, 13)
    for point in tried:
        check(copy(pristine, tmp_path / str(point)), zygote, point)
        shutil.rmtree(tmp_path / str(point))
    with capsys.disabled():
        print(f"\nkill points: {points}, tried here: {len(tried)} (make soak tries all)")


@pytest.mark.soak
def test_killed_at_every_point_nothing_is_lost(pristine, points, zygote, tmp_path, capsys) -> None:
    for point in range(1, points + 1):
        check(copy(pristine, tmp_path / str(point)), zygote, point)
        shutil.rmtree(tmp_path / str(point))
    with capsys.disabled():
        print(f"\nkill points: {points}, all tried")
