"""`reconciler backend check` as a process, at the embedded backend as a process, on both databases."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reconciler.core.conformance.clauses import CLAUSES
from reconciler.embedded import World
from tests.cli.conftest import command, environment, process
from tests.conformance.served_backend import serving_backend, world_of
from tests.conformance.shops import NAMED, OTHERS, SECRET, SEED, TOKEN
from tests.support import postgres

SECRETS = {"OPERATOR_SECRET": SECRET, "SHOP_TOKEN": TOKEN}


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "backend.sqlite")
    return request.getfixturevalue("cluster").fresh()


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return str(tmp_path / "backend.sqlite")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "seed.json").write_text(json.dumps(SEED))
    (tmp_path / "shops").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check_words(url: str, *shops: str) -> list[str]:
    named = [word for shop in shops for word in ("--shop", shop)]
    given = ["--client-id", "operator", "--client-secret", "ref+env://OPERATOR_SECRET"]
    return ["backend", "check", url, *named, *given]


def check(url: str, *words: str, shops: tuple[str, ...] = NAMED) -> subprocess.CompletedProcess[str]:
    return process(*check_words(url, *shops), *words, env=environment(**SECRETS))


def settings_of(world: World, shop: str) -> dict[str, Any]:
    """All that a check has to restore."""
    found: Any = world.integration(shop)
    kept = ("amazonSettings", "amazonPay", "storefront", "systemParts", "ipnEndpoints")
    return {part: found[part]["value"] for part in kept}


def test_every_clause_is_kept_and_the_shops_are_as_before(folder: Path, database: str) -> None:
    with serving_backend(database, folder / "seed.json") as url, world_of(database) as world:
        before = {shop: settings_of(world, shop) for shop in NAMED}
        words = [*check_words(url, *NAMED), "--token", "ref+env://SHOP_TOKEN"]
        files = ["-o", "json", "-o", "junit=report.xml", "-o", "markdown=report.md", "-o", "text=report.txt"]
        ended = subprocess.run(
            command(*words, *files),
            env=environment(**SECRETS),
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )
        document = json.loads(ended.stdout)
        not_kept = {each["id"]: each for each in document["clauses"] if each["outcome"] != "kept"}
        assert {name: each["outcome"] for name, each in not_kept.items()} == {"K407": "not-checked"}, not_kept
        assert ended.returncode == 0, ended.stderr
        assert [each["id"] for each in document["clauses"]] == list(CLAUSES)
        assert {shop: settings_of(world, shop) for shop in NAMED} == before
        assert document["written"] == list(NAMED)
        assert [world.changes(shop) for shop in OTHERS] == [[], []]
    assert {each["name"] for each in document["measurements"]} > {"read-median", "write-p95", "read-after-write"}
    written = "".join(Path(name).read_text() for name in ("report.xml", "report.md", "report.txt")) + ended.stdout
    assert TOKEN not in written
    assert SECRET not in written
    assert "No clause broken; 95 kept, 1 not checked" in Path("report.txt").read_text()
    cases = ET.parse("report.xml").findall(".//testcase")  # written by this test's own process
    assert len(cases) == len(CLAUSES)
    assert [case.get("name") for case in cases if case.find("skipped") is not None] == [f"K407 {CLAUSES['K407'].title}"]


def test_a_shop_that_is_open_and_enabled_is_refused_before_anything_is_written(folder: Path, sqlite: str) -> None:
    with serving_backend(sqlite, folder / "seed.json") as url, world_of(sqlite) as world:
        ended = check(url, shops=("first-shop", "live-shop"))
        assert ended.returncode == 3
        assert "Shop live-shop is open and Amazon Pay is enabled" in ended.stderr
        assert [world.changes(shop) for shop in ("first-shop", "live-shop")] == [[], []]
        allowed = check(url, "--read-only", "-o", "json", shops=("live-shop",))
        assert allowed.returncode == 0, allowed.stderr
        outcomes = {each["id"]: each["outcome"] for each in json.loads(allowed.stdout)["clauses"]}
        assert {outcome for name, outcome in outcomes.items() if CLAUSES[name].writes} == {"not-checked"}
        assert outcomes["K116"] == "kept"
        assert world.changes("live-shop") == []


def test_an_interrupted_check_restores_the_shops_and_says_so(folder: Path, sqlite: str) -> None:
    with serving_backend(sqlite, folder / "seed.json") as url, world_of(sqlite) as world:
        before = settings_of(world, "first-shop")
        words = command(*check_words(url, "first-shop"), "-o", "json")
        running = subprocess.Popen(
            words, env=environment(**SECRETS), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        wait_for_difference(world, before)
        running.send_signal(signal.SIGINT)
        out, _aside = running.communicate(timeout=120)
        document = json.loads(out)
        assert running.returncode == 5
        assert document["interrupted"]
        assert document["unrestored"] == []
        assert document["counts"]["not_checked"] > 10
        assert document["counts"]["broken"] == 0
        assert settings_of(world, "first-shop") == before


def wait_for_difference(world: World, before: dict[str, Any]) -> None:
    """Until a clause has changed the shop."""
    deadline = time.monotonic() + 120
    while settings_of(world, "first-shop") == before:
        assert time.monotonic() < deadline, "no clause wrote to the shop"


def test_a_client_of_a_shop_checks_its_shop_alone(folder: Path, sqlite: str) -> None:
    with serving_backend(sqlite, folder / "seed.json") as url:
        words = ["backend", "check", url, "--shop", "first-shop", "--client-id", "first", "-o", "json"]
        given = ["--client-secret", "ref+env://FIRST_SECRET", "--only", "access", "--only", "paging", "--only", "K211"]
        ended = process(*words, *given, env=environment(FIRST_SECRET="first-secret"))
        found = {each["id"]: each["outcome"] for each in json.loads(ended.stdout)["clauses"]}
    assert found["K211"] == found["K105"] == "kept"
    assert found["K501"] == "not-checked"
    assert "broken" not in found.values(), ended.stdout
