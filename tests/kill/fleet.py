"""A fleet that is applied in a real process, the process that makes it fail, and what must hold afterwards."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.leases import active_leases
from reconciler.adapters.store.runs.process_identity import this_process
from reconciler.embedded.actors.world import World

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


class Ended(NamedTuple):
    """How a run ended: its exit code, minus the signal, or `stopped` or `started` where it still is. How far it came."""

    ended: int | str
    ticks: int
    requests: int


class Zygote:
    """The process that forks the tool and makes it fail."""

    def __init__(self) -> None:
        environment = os.environ | {"KILL_TOKEN": TOKEN, "NO_COLOR": "1", "LANG": "C.UTF-8"}
        command = [sys.executable, "-m", "tests.kill.child_process"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, folder: Path, words: list[str], point: int = 0, **fault: object) -> Ended:
        return self.ask(folder=str(folder), words=words, point=point, **fault)

    def ask(self, **order: object) -> Ended:
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Ended(**json.loads(self.process.stdout.readline()))

    def end(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(30) == 0


class Points(NamedTuple):
    """How many ticks a whole apply has, and where one was run."""

    count: int  # type: ignore[assignment]  # hides a method of tuple
    requests: int
    folder: Path


def copy(pristine: Path, folder: Path) -> Path:
    return Path(shutil.copytree(pristine, folder))


def check(folder: Path, zygote: Zygote, point: int) -> None:
    """Killed at `point`; then resume and apply, and the world is as wanted."""
    ended = zygote.run(folder, APPLY, point).ended
    assert ended == -signal.SIGKILL, f"point {point}: {said(folder)}"
    is_whole_again(folder, zygote, f"point {point}")


def is_whole_again(folder: Path, zygote: Zygote, point: str) -> None:
    """After a resume and another apply."""
    assert zygote.run(folder, ["resume"])[0] == 0, f"{point}: {said(folder)}"
    world = World.open(folder / ".reconciler" / "embedded.db")
    assert storefronts(world) == OPEN, point
    assert zygote.run(folder, APPLY)[0] == 0, f"{point}: {said(folder)}"
    assert storefronts(world) == OPEN, point
    assert {
        shop: {name: current_settings(world, shop)[name] for name in wanted} for shop, wanted in WANTED.items()
    } == WANTED, point
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


def current_settings(world: World, shop: str) -> dict[str, object]:
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
    """Closing and reopening may happen again: an interrupted closure is repeated."""
    lines = (folder / "acknowledged.txt").read_text().splitlines()
    writes = Counter(line for line in lines if "/storefront " not in line)
    assert {line for line, times in writes.items() if times > 1} == set(), point
