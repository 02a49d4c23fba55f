"""The fleet before the first apply, the number of points in an apply of it, and a store on a server."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.kill.fleet import APPLY, HEAD, OPEN, SHOPS, WORLD, Points, Zygote, copy, said, storefronts_in
from tests.support.postgres import Cluster, running


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote()
    yield zygote
    zygote.end()


@pytest.fixture(scope="module")
def pristine(tmp_path_factory, zygote: Zygote) -> Path:
    """The fleet before the first apply; its key and store exist, so that all runs start in the same state."""
    folder = tmp_path_factory.mktemp("pristine")
    (folder / "shops").mkdir()
    for shop, text in SHOPS.items():
        (folder / "shops" / f"{shop}.yaml").write_text(HEAD.format(shop=shop) + text)
    (folder / "reconciler.yaml").write_text("embedded: {seed: seed.json}\npace: {in_flight: 1}\n")
    (folder / "seed.json").write_text(json.dumps(WORLD))
    assert zygote.run(folder, ["plan"])[0] == 3
    return folder


@pytest.fixture(scope="module")
def points(pristine: Path, zygote: Zygote, tmp_path_factory) -> Points:
    folder = copy(pristine, tmp_path_factory.mktemp("whole") / "fleet")
    whole = zygote.run(folder, APPLY)
    assert whole.ended == 0, said(folder)
    return Points(whole.ticks, whole.requests, folder)


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


@pytest.fixture
def left_closed(pristine, points, zygote, tmp_path) -> Path:
    """The apply was killed when its last closing of a shop had just been acknowledged."""
    folder = copy(pristine, tmp_path / "left")
    closing = int((points.folder / "closed.txt").read_text())
    assert zygote.run(folder, APPLY, closing)[0] == -signal.SIGKILL
    assert storefronts_in(folder) != OPEN
    return folder
