"""`key create`, `key rotate` and `key list`: keys by their ids, and no key anywhere in what is printed."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Run

KEY = "0123456789abcdef" * 4


def key_file(fleet: Path) -> Path:
    return fleet / ".reconciler" / "plan.key"


def rows(run: Run, *words: str, **environment: str) -> list[dict]:
    done = run("key", *words, "-o", "json", **environment)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["rows"]


def test_where_there_is_no_key_none_is_made_by_looking(fleet: Path, run: Run) -> None:
    assert rows(run, "list") == []
    assert "No key exists yet: it is created when" in run("key", "list").stdout
    assert not key_file(fleet).exists()


def test_a_key_is_made_for_its_owner_alone_and_is_not_printed(fleet: Path, run: Run) -> None:
    done = run("key", "create")
    assert done.exit_code == 0
    key = key_file(fleet).read_text().strip()
    assert stat.S_IMODE(key_file(fleet).stat().st_mode) == 0o600
    assert key not in done.output
    assert "RECONCILER_PLAN_KEY" in done.output
    assert [row["current"] for row in rows(run, "list")] == [True]


def test_a_key_is_not_overwritten(fleet: Path, run: Run) -> None:
    run("key", "create")
    before = key_file(fleet).read_text()
    done = run("key", "create")
    assert done.exit_code == 3
    assert "S404" in done.stderr
    assert "key rotate" in done.stderr
    assert key_file(fleet).read_text() == before


def test_a_rotation_keeps_the_former_keys(fleet: Path, run: Run) -> None:
    (first,) = rows(run, "create")
    second, former = rows(run, "rotate")
    assert (former["key"], former["current"]) == (first["key"], False)
    assert second["current"]
    assert second["key"] != first["key"]
    assert [row["key"] for row in rows(run, "list")] == [second["key"], first["key"]]
    assert not [line for line in key_file(fleet).read_text().split() if line in run("key", "list").output]


def test_without_a_key_there_is_nothing_to_rotate(fleet: Path, run: Run) -> None:
    done = run("key", "rotate")
    assert done.exit_code == 1
    assert "S405" in done.stderr
    assert not key_file(fleet).exists()


@pytest.mark.parametrize("word", ["create", "rotate"])
def test_a_key_of_the_environment_is_changed_where_it_is_set(fleet: Path, run: Run, word: str) -> None:
    done = run("key", word, RECONCILER_PLAN_KEY=KEY)
    assert done.exit_code == 3
    assert "RECONCILER_PLAN_KEY" in done.stderr
    assert KEY not in done.output
    assert not key_file(fleet).exists()
    assert rows(run, "list", RECONCILER_PLAN_KEY=KEY)[0]["place"] == "RECONCILER_PLAN_KEY"


def test_a_rotation_changes_no_credentials_and_makes_nothing_incomparable(fleet: Path, run: Run) -> None:
    run("apply", "--auto-approve")
    before = run("drift")
    rows(run, "rotate")
    after = run("drift")
    assert (after.exit_code, after.stdout) == (before.exit_code, before.stdout)
    assert "S106" not in after.output
