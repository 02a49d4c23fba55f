"""Two applies at once over the same fleet: real processes, one served backend, one store. Each has credentials of its own, so the
backend's trail and the log of requests show who did what."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import pytest

from reconciler.embedded import EmbeddedConfig, World, create_app
from tests.cli.conftest import Run, command, environment, write_shop
from tests.contract.conftest import served
from tests.support.example_fleet import TOKEN

pytestmark = pytest.mark.system

SHOPS = ("kyoto-tea", "nara-brush", "uji-cups")
NAMES = ("first", "second")
SECONDS = 60

WAITING = """
import time
from pathlib import Path
import anyio
from reconciler.wiring import store
from reconciler.core.runs.events import StepDone
made = store.journal
class Waiting:
    '''The journal of a run that comes no further than `step` in each shop until it is let go.'''
    def __init__(self, inner):
        self.inner, self.record_lazily, self.record_intent = inner, inner.record_lazily, inner.record_intent
    async def record(self, event):
        await self.inner.record(event)
        if isinstance(event, StepDone) and event.step == {step}:
            Path("reached-" + event.shop).touch()
            deadline = time.monotonic() + 60
            while not Path("go").exists():
                assert time.monotonic() < deadline, "nobody let the run go on"
                await anyio.sleep(0.01)
store.journal = lambda *given: Waiting(made(*given))
from reconciler.cli import main
main()
"""


class Log:
    """Writes as they reach the backend: by whose access token, to which shop."""

    def __init__(self, app) -> None:
        self.app = app
        self.writes: list[tuple[bytes, str]] = []

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http" and scope["method"] != "GET" and "/oauth/" not in scope["path"]:
            shop = re.search(r"/shops/([a-z-]+)", scope["path"])
            self.writes.append((dict(scope["headers"])[b"authorization"], shop[1] if shop else scope["path"]))
        await self.app(scope, receive, send)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, World, Log]]:
    """A fleet with two sets of settings that differ in their credentials only."""
    (tmp_path / "shops").mkdir()
    for shop in SHOPS:
        write_shop(tmp_path, shop)
    seed = {"shops": [{"shopKey": shop} for shop in SHOPS]}
    application = create_app(EmbeddedConfig(database=tmp_path / "world.db", seed=seed))
    world = World.of(application)
    for name in NAMES:
        world.ensure_client(name, f"the secret of {name}")
    log = Log(application)
    with served(log) as url:
        for name in NAMES:
            (tmp_path / f"{name}.yaml").write_text(
                f"backend: {{kind: http, url: '{url}', client_id: {name}, client_secret: ref+env://SECRET_{name.upper()}}}\n"
                "pace: {requests_per_second: 1000}\n"
            )
        monkeypatch.chdir(tmp_path)
        yield tmp_path, world, log
    world.close()


def own(name: str) -> dict[str, str]:
    secrets = {f"SECRET_{each.upper()}": f"the secret of {each}" for each in NAMES}
    return environment(RECONCILER_ACTOR=f"{name}-job", RECONCILER_CONFIG=f"{name}.yaml", **secrets)


@contextmanager
def started(words: list[str], name: str) -> Iterator[subprocess.Popen[str]]:
    apply = [*words, "apply", "--auto-approve", "-o", "json"]
    run = subprocess.Popen(apply, env=own(name), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield run
    finally:
        run.kill()
        run.communicate()


def until_exists(*files: Path, run: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + SECONDS
    while not all(file.exists() for file in files):
        assert run.poll() is None, run.communicate()
        assert time.monotonic() < deadline, "the first run came nowhere"
        time.sleep(0.01)


def authors(world: World, shop: str) -> list[str]:
    """Who wrote to the shop, oldest first, each turn once."""
    return [name for name, _ in groupby(change["actor"] for change in reversed(world.changes(shop)))]


@pytest.mark.parametrize("step", [0, 1, 3], ids=["before the bracket", "within the bracket", "before reopening"])
def test_one_wins_and_the_other_names_the_holder(step: int, shared, run: Run) -> None:
    folder, world, log = shared
    with started([sys.executable, "-c", WAITING.format(step=step)], "first") as winner:
        until_exists(*(folder / f"reached-{shop}" for shop in SHOPS), run=winner)
        held = json.loads(run("leases", "-o", "json", **own("second")).stdout)["rows"]
        sent = len(log.writes)

        looked = run("plan", **own("second"))
        assert held[0]["owner"] in looked.output, "a plan that is small because of the other says so"

        with started(command(), "second") as loser:
            out, aside = loser.communicate(timeout=SECONDS)

        assert loser.returncode == 3, (out, aside)
        assert len(log.writes) == sent, "the loser wrote"
        (folder / "go").touch()
        won, reported = winner.communicate(timeout=SECONDS)

    assert winner.returncode == 0, (won, reported)
    assert [row["shop"] for row in held] == list(SHOPS)
    for row in held:
        assert re.fullmatch(rf"first-job@.+ \(pid {winner.pid}\)", row["owner"])
    report = json.loads(out)
    for shop in report["shops"]:
        assert shop["outcome"] == "refused"
        (finding,) = shop["diagnostics"]
        assert finding["slug"] == "lease-held"
        assert held[0]["owner"] in finding["summary"]
    assert TOKEN not in out + aside + won + reported

    for shop in SHOPS:
        assert authors(world, shop)[-1:] == ["first"]
        assert "second" not in authors(world, shop)
        assert world.integration(shop)["storefront"]["value"]["status"] == "OPEN"
    assert len({token for token, _ in log.writes}) == 1
    assert run("plan", **own("second")).exit_code == 0
    assert json.loads(run("leases", "-o", "json", **own("second")).stdout)["rows"] == []


def test_applies_started_at_the_same_moment_write_each_shop_one_at_a_time(shared, run: Run) -> None:
    _, world, log = shared
    with started(command(), "first") as one, started(command(), "second") as other:
        reported = [each.communicate(timeout=SECONDS) for each in (one, other)]

    codes = {one.returncode, other.returncode}
    # A run that finds some shops free, or finished by the other, has won those.
    assert codes <= {0, 3, 5}, reported
    for shop in SHOPS:
        names = [name for name in authors(world, shop) if name in NAMES]
        assert len(names) == len(set(names)), f"{shop} was written in turns: {names}"
        assert world.integration(shop)["storefront"]["value"]["status"] == "OPEN"
        tokens = [token for token, written in log.writes if written == shop]
        assert len([token for token, _ in groupby(tokens)]) == len(set(tokens)), f"{shop}: the writes interleave"
    assert run("apply", "--auto-approve", **own("first")).exit_code == 0
    assert run("plan", **own("second")).exit_code == 0
    assert json.loads(run("leases", "-o", "json", **own("second")).stdout)["rows"] == []
