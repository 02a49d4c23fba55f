"""A journal keeps what it acknowledged, however the process ends: real child processes, really killed."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.core.runs.events import StepStarted
from reconciler.core.values import ShopKey
from tests.adapters.store.fakes import info

pytestmark = pytest.mark.system

CHILD = Path(__file__).parents[1] / "journal_child_process.py"
ROOT = Path(__file__).parents[4]


def killed_after(location: str, *, shops: int, lines: int) -> list[str]:
    """What the store acknowledged as safe, up to the moment the child was killed."""
    command = [sys.executable, "-P", str(CHILD), location, str(shops)]
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **paths}) as child:
        deadline = threading.Timer(30, child.kill)
        deadline.start()
        acknowledged = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        acknowledged += child.stdout.read().splitlines(keepends=True)
        deadline.cancel()
    assert child.returncode == -9
    assert len(acknowledged) >= lines
    return [line.strip() for line in acknowledged if line.endswith("\n")]


@pytest.mark.parametrize(("shops", "lines"), [(1, 20), (32, 500)])
def test_what_was_acknowledged_is_there_and_nothing_is_half_there(location, shops, lines):
    acknowledged = killed_after(location, shops=shops, lines=lines)
    store = open_store(location)
    kept = [
        recorded.event.key
        for recorded in StoreHistory(store, SystemClock()).events("run-1")
        if isinstance(recorded.event, StepStarted)
    ]
    assert set(acknowledged) <= set(kept)
    assert len(kept) - len(acknowledged) <= shops  # each shop waits for one event at most
    for shop in range(shops):  # in order, without a gap
        own = [key for key in kept if key.startswith(f"shop-{shop}/")]
        assert own == [f"shop-{shop}/{number}" for number in range(len(own))]
    store.close()
    if "://" not in location:
        with closing(sqlite3.connect(location)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_killed_run_leaves_no_locks_and_unfinished_shops(location):
    killed_after(location, shops=3, lines=30)
    store = open_store(location)
    leases = StoreLeases(store, info("run-2"), SystemClock())
    shops = [ShopKey(f"shop-{number}") for number in range(3)]
    assert leases.all() == ()
    assert [(left.shop, left.run.run, left.closed) for left in StoreHistory(store, SystemClock()).unfinished()] == [
        (shop, "run-1", True) for shop in shops
    ]
    for shop in shops:
        assert anyio.run(leases.acquire, shop).held.fence == 2
    store.close()
