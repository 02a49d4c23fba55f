"""A PostgreSQL that is stopped, not killed, in the middle of a closure: the run stops in order, and every shop is open again."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.embedded import World
from tests.cli.served_shops import SECONDS, SHOPS, Gate, applying, closed
from tests.support.postgres import Cluster, running

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


@pytest.fixture
def on_a_server(cluster: Cluster, shops: tuple[World, Gate]) -> tuple[World, Gate]:
    with Path("reconciler.yaml").open("a") as settings:
        settings.write(f"store: {cluster.fresh()}\ntimeouts: {{store: 1}}\n")
    return shops


@pytest.mark.parametrize("stopped", [False, True])
def test_a_store_that_hangs_ends_the_run_and_keeps_no_shop_closed(
    stopped: bool, on_a_server: tuple[World, Gate], cluster: Cluster, tmp_path: Path
) -> None:
    world, gate = on_a_server
    gate.let_through.clear()
    with (tmp_path / "out").open("w") as out, applying(stdout=out.fileno(), stderr=out.fileno()) as child:
        assert gate.reached.wait(SECONDS)
        assert closed(world)
        with cluster.paused():
            if stopped:
                child.send_signal(signal.SIGINT)
            gate.let_through.set()
            child.communicate(timeout=SECONDS)
    assert child.returncode != 0
    assert closed(world) == []
    assert "does not answer" in " ".join((tmp_path / "out").read_text().split())
    with applying("-q", *SHOPS) as again:
        again.communicate(timeout=SECONDS)
    assert again.returncode == 0
    assert closed(world) == []
