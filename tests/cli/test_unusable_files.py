"""Files that cannot be used, and folders that cannot be made, end a command at once with a diagnostic."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize(("folder", "more"), [("undo", ()), ("waves", ("--waves", "canary,100%"))])
@pytest.mark.parametrize("make", [lambda place: place.write_text("a file"), lambda place: place.symlink_to("no/where")])
def test_a_folder_of_state_that_cannot_be_made(make, folder: str, more, output: str, fleet: Path, run: Run) -> None:  # noqa: PLR0917  # cases
    place = fleet / ".reconciler" / folder
    place.parent.mkdir()
    make(place)
    result = run("apply", "kyoto-tea", "--auto-approve", "-o", output, *more)
    assert result.exit_code == 1
    assert "S401" in result.output
    assert "cannot be created" in " ".join(result.output.split())
    assert (output == "json") is ("reconciler/failure" in result.stdout)


def test_a_store_that_cannot_be_created_says_which_setting_names_it(fleet: Path, run: Run) -> None:
    settings = fleet / "reconciler.yaml"
    settings.write_text(f"store: seed.json/journal.db\n{settings.read_text()}")
    result = run("apply", "kyoto-tea", "--auto-approve")
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "seed.json/journal.db cannot be created: Not a directory = help: Set `store` to a file in a folder" in said


@pytest.mark.parametrize(
    "words", [("apply", "./pipe"), ("show-plan", "./pipe"), ("onboard", "pipe"), ("import", "--from", "pipe")]
)
def test_a_pipe_is_refused_at_once(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    os.mkfifo(fleet / "pipe")
    result = run(*words)
    assert result.exit_code == 1
    assert "not a regular file" in " ".join(result.output.split())


@pytest.mark.parametrize("file", ["seed.json", ".reconciler/plan.key"])
def test_a_pipe_as_seed_or_key_is_refused_at_once(file: str, fleet: Path, run: Run) -> None:
    (fleet / ".reconciler").mkdir()
    (fleet / file).unlink(missing_ok=True)
    os.mkfifo(fleet / file, 0o600)
    result = run("plan", "--out", "plan.json")
    assert result.exit_code == 1
    assert "not a regular file" in " ".join(result.output.split())


def test_a_cell_that_is_too_long_is_called_so(fleet: Path, run: Run) -> None:
    (fleet / "table.csv").write_text(f"shop,order\nnara-ink,{'x' * 131_073}\n")
    result = run("onboard", "table.csv")
    assert result.exit_code == 1
    assert "longer than 131072 characters" in " ".join(result.output.split())


def test_a_run_that_is_refused_entirely_offers_no_undo(fleet: Path, run: Run) -> None:
    assert run("plan", "uji-cups", "--out", "saved.json").exit_code in (2, 3)
    result = run("apply", "./saved.json", "--auto-approve")
    assert result.exit_code == 3
    assert "undo" not in result.output
    assert not (fleet / ".reconciler" / "undo").exists()
